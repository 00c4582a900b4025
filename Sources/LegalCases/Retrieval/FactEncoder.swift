package import Embedders
internal import Synchronization
internal import Tensors

/// A text encoder, as facts need it.
package protocol FactEncoder: Sendable {
    var name: String { get }
    /// Tells whether vectors were made with this model.
    var fingerprint: String { get }
    var dimension: Int { get }
    /// Characters of a text that are surely read: a Chinese character is a token.
    var window: Int { get }

    /// Unit vectors, one a text.
    func embed(_ texts: [String]) throws -> [[Float]]
}

/// A sentence encoder of the BERT family.
package struct EncodedFacts: FactEncoder {
    private let embedder: TextEmbedder
    package let name: String
    /// Tokens that are no characters: at the beginning, the end, and a few in reserve.
    private static let reserve = 8

    package init(_ embedder: TextEmbedder, name: String) {
        self.embedder = embedder
        self.name = name
    }

    package var fingerprint: String { embedder.modelFingerprint }
    package var dimension: Int { embedder.dimension }
    package var window: Int { max(16, embedder.maximumTokens - Self.reserve) }

    package func embed(_ texts: [String]) throws -> [[Float]] {
        let matrix = try embedder.embed(texts, as: .passage)
        return (0..<texts.count).map {
            Array(matrix.elements[$0 * dimension..<($0 + 1) * dimension])
        }
    }
}

/// A fact's place among others: of the whole, and of each of its windows.
struct FactEmbedding: Sendable, Equatable {
    /// Mean of the windows, of unit length.
    var mean: [Float]
    /// Empty where the fact is one window: it is the mean then.
    var windows: [[Float]]

    /// Of one fact, at most: the rest of a longer one is not embedded.
    static let windowLimit = 24

    static func embeddings(of facts: [String], by encoder: any FactEncoder) throws -> [Self] {
        let cut = facts.map { FactWindows.cut($0, length: encoder.window, limit: windowLimit) }
        let rows = try encoder.embed(cut.flatMap { $0 })
        var start = 0
        return cut.map { windows in
            let own = Array(rows[start..<start + windows.count])
            start += windows.count
            return FactEmbedding(mean: mean(own), windows: own.count > 1 ? own : [])
        }
    }

    private static func mean(_ rows: [[Float]]) -> [Float] {
        var sum = rows.first ?? []
        for row in rows.dropFirst() {
            for (place, value) in row.enumerated() { sum[place] += value }
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? sum.map { $0 / length } : sum
    }
}

/// Cuts long facts into pieces that an encoder reads whole.
enum FactWindows {
    /// - Returns: pieces of `length` characters, each beginning with the last fifth of the one
    ///   before; at most `limit`, at least one.
    static func cut(_ fact: String, length: Int, limit: Int) -> [String] {
        let characters = Array(fact)
        guard characters.count > length else { return [fact] }
        let step = max(1, length - length / 5)
        var pieces: [String] = []
        var start = 0
        while start < characters.count, pieces.count < limit {
            pieces.append(String(characters[start..<min(start + length, characters.count)]))
            if start + length >= characters.count { break }
            start += step
        }
        return pieces
    }
}

/// An encoder that remembers its last texts: a fact is embedded once for the classifier and for the
/// search.
final class RememberingEncoder: FactEncoder {
    private let encoder: any FactEncoder
    private let last = Mutex<(texts: [String], rows: [[Float]])>(([], []))

    init(_ encoder: any FactEncoder) { self.encoder = encoder }

    var name: String { encoder.name }
    var fingerprint: String { encoder.fingerprint }
    var dimension: Int { encoder.dimension }
    var window: Int { encoder.window }

    func embed(_ texts: [String]) throws -> [[Float]] {
        if let rows = last.withLock({ $0.texts == texts ? $0.rows : nil }) { return rows }
        let rows = try encoder.embed(texts)
        last.withLock { $0 = (texts, rows) }
        return rows
    }
}
