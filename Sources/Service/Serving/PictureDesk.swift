package import Corpus
internal import Foundation
internal import IsolatedDecoding
internal import Synchronization

/// Decodes pictures that came from outside, in a process that can do no harm.
///
/// Processes are kept for the next picture: starting one takes longer than most pictures.
package final class PictureDesk: Sendable {
    /// Pictures decoded at the same time; further ones wait.
    private static let processes = 2

    /// `@unchecked Sendable`: a worker is in `idle`, where nobody uses it, or lent to one thread.
    private struct Lendable: @unchecked Sendable {
        let worker: DecodingWorker
    }

    private let idle = Mutex<[Lendable]>([])
    private let permits = DispatchSemaphore(value: processes)
    private let executable: String

    /// - Parameter executable: this program, unless a test has another.
    package init(executable: String = "/proc/self/exe") { self.executable = executable }

    /// Starts a process for the first picture and does not wait for it. That it cannot be started is
    /// told to whoever sends a picture.
    func prepare() {
        let worker = idle.withLock { $0.popLast() } ?? Lendable(worker: newWorker())
        try? worker.worker.prepare()
        idle.withLock { $0.append(worker) }
    }

    private func newWorker() -> DecodingWorker {
        DecodingWorker(executable: executable, limits: Self.limits)
    }

    /// - Parameter bytes: of a picture's file: JPEG, PNG, WebP or GIF.
    package func picture(from bytes: [UInt8]) throws -> Picture {
        try Failure.translating { try decoded(bytes) }
    }

    private func decoded(_ bytes: [UInt8]) throws -> Picture {
        let format = PictureFormat(of: bytes)
        guard let format else {
            throw Failure(
                .badRequest,
                "The file is no picture that can be searched for: send JPEG, PNG, "
                    + "WebP or GIF.")
        }
        permits.wait()
        defer { permits.signal() }
        let lent =
            idle.withLock { $0.popLast() }
            ?? Lendable(worker: newWorker())
        defer { idle.withLock { $0.append(lent) } }
        // The process opens a path and takes nothing else.
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("reel-picture-\(UUID().uuidString).\(format.rawValue)")
        guard
            FileManager.default.createFile(
                atPath: file.path, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
        else {
            throw Failure(
                .inputOutput,
                "The picture cannot be put into \(file.deletingLastPathComponent().path)"
                    + " to be looked at. Free some space there.")
        }
        defer { try? FileManager.default.removeItem(at: file) }
        return try read(file.path, by: lent.worker)
    }

    private func read(_ path: String, by worker: DecodingWorker) throws -> Picture {
        var request = DecodingRequest(path: path)
        request.wantsSubtitles = false
        var found: Picture?
        do {
            try worker.read(request) { event in
                if case .opened(let description) = event, description.kind != .image {
                    throw Failure(
                        .badRequest,
                        "The file is not a picture but \(description.kind.withArticle).")
                }
                if case .keyFrame(_, let picture, _, _) = event { found = found ?? picture }
            }
        } catch IsolatedDecodingError.missingLibrary(let sentence) {
            throw IsolatedDecodingError.missingLibrary(sentence)
        } catch let error as IsolatedDecodingError {
            // The name is ours and means nothing to whoever sent the picture.
            throw Failure(
                .badRequest,
                error.description.replacingOccurrences(of: path, with: "the picture"))
        }
        guard let found else {
            throw Failure(.badRequest, "The picture cannot be decoded: there is no image in it.")
        }
        return found
    }

    /// A picture of a query is small work: what takes longer is made to.
    private static var limits: WorkerLimits {
        var limits = WorkerLimits()
        limits.processorSeconds = 10
        limits.silentSeconds = 20
        limits.fileSeconds = 20
        return limits
    }
}

/// Told by the first bytes, whatever a name or a header says.
enum PictureFormat: String {
    case jpg, png, webp, gif

    init?(of bytes: [UInt8]) {
        func begins(_ text: String, at offset: Int = 0) -> Bool {
            bytes.count >= offset + text.utf8.count
                && bytes[offset..<offset + text.utf8.count].elementsEqual(text.utf8)
        }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if begins("RIFF"), begins("WEBP", at: 8) {
            self = .webp
        } else if begins("GIF87a") || begins("GIF89a") {
            self = .gif
        } else {
            return nil
        }
    }
}
