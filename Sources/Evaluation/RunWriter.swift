internal import Glibc

/// Writes rankings in TREC's format so that every reader keeps their order.
///
/// Readers sort by score, most of them in single precision, and break ties by name. So scores are
/// made to fall strictly as `Float`, by the smallest steps there are, and written with all the
/// digits that tell them apart.
package struct RunWriter: Sendable {
    private let name: String
    /// Leaves room below for millions of smallest steps.
    private static let limit: Float = 1e38
    package private(set) var bytes: [UInt8] = []

    /// - Parameter name: of the system, the last field of every line.
    package init(name: String) throws(EvaluationError) {
        try Self.refuseBlanks(name)
        self.name = name
    }

    /// Adds a query's documents, best first; scores must not be NaN.
    package mutating func add(
        query: String, ranking: [(document: String, score: Double)]
    ) throws(EvaluationError) {
        try Self.refuseBlanks(query)
        var last = Float.infinity
        for (rank, (document, score)) in ranking.enumerated() {
            precondition(!score.isNaN, "A score is a number.")
            try Self.refuseBlanks(document)
            let score = min(max(-Self.limit, Float(score)), min(Self.limit, last.nextDown))
            last = score
            bytes += "\(query) Q0 \(document) \(rank + 1) \(score) \(name)\n".utf8
        }
    }

    package func write(to path: String) throws(EvaluationError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, errorNumber: errno) }
        var written = 0
        var failure: Int32?
        bytes.withUnsafeBytes { buffer in
            while written < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    failure = errno
                    return
                }
                written += count
            }
        }
        if close(descriptor) != 0, failure == nil { failure = errno }
        if let failure { throw .cannotWrite(path: path, errorNumber: failure) }
    }

    private static func refuseBlanks(_ name: String) throws(EvaluationError) {
        guard !name.isEmpty, !name.utf8.contains(where: FieldReader.isBlank),
            name.utf8.first != FieldReader.hash, !name.utf8.contains(0)
        else { throw .nameWithBlanks(name) }
    }
}
