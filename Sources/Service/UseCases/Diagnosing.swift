internal import Checkpoints
internal import Embedders
internal import Foundation
internal import HTTPTransfer
internal import IsolatedDecoding
internal import MediaDecoding
internal import SQLite
internal import ScreenText
internal import Speech
internal import Storage
internal import Tensors
internal import UnicodeText

/// One thing `doctor` looked at.
package struct Diagnosis: Sendable, Equatable, Encodable {
    package enum State: String, Sendable, Encodable {
        case good
        /// The program works, on less than it could.
        case warning
        case bad
    }

    package var subject: String
    package var state: State
    package var detail: String
}

extension Application {
    /// Looks at the machine, the libraries, the models and the library in use.
    /// - Parameter deep: reads every byte of the library.
    package func diagnose(deep: Bool) throws -> [Diagnosis] {
        machine() + ModelRole.allCases.map(diagnosis(of:))
            + [languageModelDiagnosis(), librarysHealth(deep: deep)]
    }

    /// Makes again what can be made again, and drops what is damaged.
    /// - Returns: what was done, a sentence each.
    package func repair() throws -> [String] {
        try Failure.translating { try LibraryRepair(root: configuration.indexPath).done }
    }

    /// Sentences about damage that are told one by one.
    private static let damageLimit = 20

    private func machine() -> [Diagnosis] {
        let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1e9
        return [
            Diagnosis(subject: "reel", state: .good, detail: Application.version),
            Diagnosis(
                subject: "machine", state: .good,
                detail: "\(ProcessInfo.processInfo.activeProcessorCount) cores "
                    + "(\(configuration.workers) used), \(String(format: "%.0f", memory)) GB"),
            blas(),
            decoding(),
            Diagnosis(
                subject: "libraries", state: .good,
                detail: "SQLite \(SQLiteLibrary.version), ICU \(UnicodeTables.icuVersion)"),
            loadable("media files") { "libavcodec \(try LibAVLibrary.codecVersion())" },
            loadable("text on screen") { "Tesseract \(try TesseractLibrary.version())" },
            loadable("speech") {
                try PocketSphinxLibrary.load()
                return "PocketSphinx"
            },
            loadable("network") { try CurlLibrary.version() },
        ]
    }

    /// A library that is loaded when it is needed: whether it can be, and which it is.
    private func loadable(_ subject: String, load: () throws -> String) -> Diagnosis {
        do {
            return Diagnosis(subject: subject, state: .good, detail: try load())
        } catch TransferError.missingLibrary(let sentence) {
            return Diagnosis(subject: subject, state: .bad, detail: sentence)
        } catch {
            return Diagnosis(subject: subject, state: .bad, detail: Failure(error).description)
        }
    }

    /// Debian's OpenBLAS picks its kernels by the processor, unless a variable says otherwise.
    private func blas() -> Diagnosis {
        let forced = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"]
        return Diagnosis(
            subject: "OpenBLAS", state: .good,
            detail:
                "kernels for \(OpenBLAS.coreName), our own for \(InstructionSet.current.rawValue)"
                + (forced.map { " (OPENBLAS_CORETYPE says \($0))" } ?? ""))
    }

    /// Starts a decoding process, and asks what holds it in.
    private func decoding() -> Diagnosis {
        let subject = "decoding"
        do {
            let confinement = try DecodingWorker().probe()
            let missing = [
                confinement.filtersSystemCalls ? nil : "this kernel filters no system calls",
                confinement.limitsResources ? nil : "memory and files cannot be limited",
            ].compactMap { $0 }
            return Diagnosis(
                subject: subject, state: missing.isEmpty ? .good : .warning,
                detail: "in a process of its own, "
                    + (missing.isEmpty
                        ? "without network, without writing, its memory and time limited"
                        : "but " + missing.joined(separator: " and ")))
        } catch {
            return Diagnosis(subject: subject, state: .bad, detail: Failure(error).description)
        }
    }

    private func diagnosis(of role: ModelRole) -> Diagnosis {
        let subject = "model for \(role.space.rawValue)"
        do {
            guard let model = try model(role) else {
                return Diagnosis(
                    subject: subject, state: .warning, detail: missingModelNote(role))
            }
            let supported =
                switch role {
                case .frames: ImageEmbedder.modelTypes
                case .meaning: TextEmbedder.modelTypes
                }
            guard supported.contains(model.modelType) else {
                throw CheckpointError.unsupportedModel(
                    path: model.path, found: model.modelType, supported: supported)
            }
            return Diagnosis(
                subject: subject, state: .good,
                detail: "\(model.modelType) in \(model.path), \(try model.fingerprint().prefix(8))")
        } catch {
            return Diagnosis(subject: subject, state: .bad, detail: Failure(error).description)
        }
    }

    private func librarysHealth(deep: Bool) -> Diagnosis {
        let subject = "library \(configuration.indexPath)"
        do {
            let library = try LibraryReader(root: configuration.indexPath)
            let check = try LibraryCheck(root: configuration.indexPath, deep: deep)
            let damage = check.damage
            guard damage.isEmpty else {
                return Diagnosis(
                    subject: subject, state: .bad,
                    detail: damage.prefix(Self.damageLimit).joined(separator: " ")
                        + (damage.count > Self.damageLimit
                            ? " And \(damage.count - Self.damageLimit) more." : "")
                        + (check.isRepairable
                            ? " Mend it: reel doctor --repair"
                            : " Build it again: reel index --rebuild FOLDER"))
            }
            let assets = try library.assets()
            return Diagnosis(
                subject: subject, state: .good,
                detail: "\(assets.count) assets, generation \(library.generation), no damage found"
                    + (deep ? " in any byte of it" : ""))
        } catch StorageError.noLibrary(let path) {
            return Diagnosis(
                subject: subject, state: .warning,
                detail: StorageError.noLibrary(path: path).description)
        } catch {
            return Diagnosis(subject: subject, state: .bad, detail: Failure(error).description)
        }
    }
}
