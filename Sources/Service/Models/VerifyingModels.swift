internal import Checkpoints
internal import Foundation
internal import ModelHub

/// Models compared with what is recorded of them, byte by byte.
extension Application {
    /// - Parameters:
    ///   - names: as every other command takes them; none for all that are there.
    ///   - report: gets each model when it has been read.
    package func verifyModels(
        _ names: [String], progress: (_ path: String) -> Void,
        report: (ModelVerification) throws -> Void, isCancelled: () -> Bool
    ) throws {
        try Failure.translating {
            let paths =
                names.isEmpty ? models().map(\.path) : try names.map { try requireModelFolder($0) }
            for path in paths {
                let checks = try FileCheck.all(
                    in: path, progress: { progress(path + "/" + $0) }, isCancelled: isCancelled)
                try report(
                    ModelVerification(
                        name: Self.label(ofModelAt: path), path: path,
                        files: checks.map(ModelVerification.File.init),
                        problem: try problem(ofModelAt: path, isCancelled: isCancelled)))
            }
        }
    }

    /// What is wrong with the weights, where they have a structure to check.
    private func problem(ofModelAt path: String, isCancelled: () -> Bool) throws -> String? {
        do {
            if MappedFile.hasEntry(path + "/" + LowRankAdapter.configurationFile) {
                _ = try LowRankAdapter(path: path)
            }
            guard MappedFile.hasEntry(path + "/config.json") else { return nil }
            for file in try ModelDirectory(path: path).weights().files {
                try file.requireWhole()
                if let name = try file.firstTensorNotFinite(isCancelled: isCancelled) {
                    return "The tensor \(name) in \(file.path) holds NaN or infinity: scores made "
                        + "with it mean nothing."
                }
            }
            return nil
        } catch let error as CheckpointError {
            return error.description
        }
    }
}

extension ModelVerification.File {
    fileprivate init(_ check: FileCheck) {
        self.init(path: check.path, size: check.size, state: .unrecorded)
        switch check.state {
        case .right(let digest):
            state = .right
            self.digest = digest.text
        case .wrong(let expected, let found):
            state = .wrong
            digest = found.text
            self.expected = expected.text
        case .missing: state = .missing
        case .unrecorded: state = .unrecorded
        }
    }
}
