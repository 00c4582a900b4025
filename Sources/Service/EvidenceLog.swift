internal import Corpus
internal import Foundation

/// A log of answers with what they rest on, a line of JSON each, every line holding the hash of the
/// one before: whoever changes, drops or moves a line breaks the chain after it.
///
///     {"hash":"<SHA-256 of the record's bytes>","record":{…,"previous":"<hash before>"}}
///
/// The last hash stands for all of the log: keep it elsewhere to see that nothing was cut off.
package struct EvidenceLog: Sendable {
    /// Before the first line.
    private static let beginning = String(repeating: "0", count: 64)
    private static let limit = 16 << 20  // bytes of a line

    private let path: String

    package init(path: String) { self.path = path }

    private struct Record: Encodable {
        struct Evidence: Encodable {
            let id: Int
            let asset: String
            let digest: String
        }

        struct Sentence: Encodable {
            let text: String
            let citations: [Int]
            let supported: Bool
            let score: Double
        }

        let schemaVersion = 1
        let previous: String
        let time: String
        let question: String
        let generation: Int64
        let evidence: [Evidence]
        let prompts: [String: String]
        let model: String
        let seed: Int?
        let answer: [Sentence]?

        enum CodingKeys: String, CodingKey {
            case previous, time, question, generation, evidence, prompts, model, seed, answer
            case schemaVersion = "schema_version"
        }
    }

    /// Adds an answer at the end, and returns when it is on the disk.
    package func append(_ answer: LibraryAnswer) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                .cannotCreate,
                "The log \(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        // Two programs add one after the other; the lock goes with the descriptor.
        guard flock(descriptor, LOCK_EX) == 0 else {
            throw Failure(.busy, "The log \(path) is in use and cannot be locked.")
        }
        let previous = try Self.lastHash(in: handle, path: path)
        let line = try Self.line(of: answer, after: previous)
        do {
            try handle.write(contentsOf: Data(line.utf8))
            try handle.synchronize()
        } catch {
            throw Failure(.inputOutput, "The log \(path) could not be written: \(error)")
        }
    }

    private static func line(of answer: LibraryAnswer, after previous: String) throws -> String {
        let record = try JSONLine.text(
            of: Record(
                previous: previous, time: Date.now.ISO8601Format(), question: answer.question,
                generation: answer.generation,
                evidence: answer.evidence.map {
                    Record.Evidence(
                        id: $0.id, asset: $0.asset.id.description, digest: $0.digest)
                }, prompts: answer.prompts, model: answer.model ?? "extractive",
                seed: answer.seed,
                answer: answer.sentences?.map {
                    Record.Sentence(
                        text: $0.text, citations: $0.citations, supported: $0.isSupported,
                        score: ($0.score * 10_000).rounded() / 10_000)
                }))
        return "{\"hash\":\"\(hash(Array(record.utf8)))\",\"record\":\(record)}\n"
    }

    private static func hash(_ record: some Sequence<UInt8>) -> String {
        hexadecimal(SHA256.digest(of: record))
    }

    private static func lastHash(in handle: FileHandle, path: String) throws -> String {
        let size = try handle.seekToEnd()
        guard size > 0 else { return beginning }
        let length = min(size, UInt64(limit))
        try handle.seek(toOffset: size - length)
        let bytes = Array(try handle.read(upToCount: Int(length)) ?? Data())
        guard bytes.last == 0x0A,
            let last = bytes.dropLast().split(separator: 0x0A).last,
            let line = Line(last)
        else {
            throw Failure(
                .badData,
                "The log \(path) ends in something that is no line of it. Check it with reel "
                    + "verify-log \(path), or begin another.")
        }
        return line.hash
    }

    /// A line cut into its parts, which are not checked yet.
    private struct Line {
        private static let opening = Array("{\"hash\":\"".utf8)
        private static let middle = Array("\",\"record\":".utf8)

        let hash: String
        let record: ArraySlice<UInt8>
        let previous: String

        private struct Chained: Decodable { let previous: String }

        init?(_ bytes: ArraySlice<UInt8>) {
            let start = bytes.startIndex + Self.opening.count
            let end = start + 64
            let body = end + Self.middle.count
            guard bytes.count > body - bytes.startIndex, bytes.starts(with: Self.opening),
                bytes[end...].starts(with: Self.middle), bytes.last == UInt8(ascii: "}")
            else { return nil }
            hash = String(decoding: bytes[start..<end], as: UTF8.self)
            record = bytes[body...].dropLast()
            guard let chained = try? JSONDecoder().decode(Chained.self, from: Data(record)) else {
                return nil
            }
            previous = chained.previous
        }
    }

    /// Goes through the chain from its beginning.
    /// - Parameter kept: a hash that was kept elsewhere, which the log must still hold.
    package func verify(holding kept: String? = nil) throws -> EvidenceLogCheck {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure(.noInput, "The log \(path) cannot be read.")
        }
        var check = EvidenceLogCheck(lines: 0, last: Self.beginning, problem: nil)
        var holdsKept = kept == nil
        var lines = Array(bytes).split(separator: 0x0A, omittingEmptySubsequences: false)
        let isWhole = lines.last?.isEmpty == true
        if isWhole { lines.removeLast() }
        for (place, bytes) in lines.enumerated() {
            let number = place + 1
            guard let line = Line(bytes), isWhole || number < lines.count else {
                check.problem = "Line \(number) is not a line of such a log."
                return check
            }
            guard line.previous == check.last else {
                check.problem =
                    "Line \(number) does not follow the line before it: one was changed, moved or "
                    + "left out."
                return check
            }
            guard Self.hash(line.record) == line.hash else {
                check.problem = "Line \(number) was changed after it was written."
                return check
            }
            check.lines = number
            check.last = line.hash
            if line.hash == kept { holdsKept = true }
        }
        if !holdsKept, let kept {
            check.problem = "The log does not hold the line \(kept): its end was cut off."
        }
        return check
    }
}

/// What `reel verify-log` prints.
package struct EvidenceLogCheck: Sendable, Equatable, Encodable {
    package let schemaVersion = 1
    /// Good ones from the beginning.
    package var lines: Int
    /// Hash of the last good one; zeros when there is none.
    package var last: String
    /// Nil when the chain is whole.
    package var problem: String?

    enum CodingKeys: String, CodingKey {
        case lines, last, problem
        case schemaVersion = "schema_version"
    }
}
