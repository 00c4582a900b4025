internal import Corpus
internal import Storage

/// Tells moments that show and say the same, as those of two copies of a film in other formats.
///
/// A fixed camera shows the same for an hour while other things are said, and a jingle is heard
/// over many pictures: only what agrees in every channel that either has is the same.
struct DuplicateFinder {
    /// Cosine from which two vectors are of the same thing, encoded anew.
    private static let sameCosine: Float = 0.98

    let searcher: Searcher
    private var kept: [(place: Int, vectors: [Channel: [Float]])] = []

    init(searcher: Searcher) { self.searcher = searcher }

    /// What a moment shows and says; empty when words alone found it.
    func vectors(of moment: MomentMerger.Moment) throws -> [Channel: [Float]] {
        var vectors: [Channel: [Float]] = [:]
        for channel in [Channel.frames, .meaning] {
            guard let match = moment.evidence[channel]?.match else { continue }
            vectors[channel] = try searcher.vectors[channel]?.vector(of: match)
        }
        return vectors
    }

    /// The place of a kept moment that is the same as this one.
    func original(of vectors: [Channel: [Float]]) -> Int? {
        guard !vectors.isEmpty else { return nil }
        return kept.first { Self.areSame($0.vectors, vectors) }?.place
    }

    mutating func keep(_ vectors: [Channel: [Float]], at place: Int) {
        kept.append((place, vectors))
    }

    private static func areSame(_ left: [Channel: [Float]], _ right: [Channel: [Float]]) -> Bool {
        guard left.keys == right.keys else { return false }
        return left.allSatisfy { channel, vector in
            guard let other = right[channel] else { return false }
            // Both are of unit length.
            return product(vector, other) >= sameCosine
        }
    }

    /// Eight sums side by side: one alone waits for each addition.
    private static func product(_ left: [Float], _ right: [Float]) -> Float {
        let count = min(left.count, right.count)
        return left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                func eight(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> SIMD8<Float> {
                    bytes.loadUnaligned(fromByteOffset: 4 * place, as: SIMD8<Float>.self)
                }
                var sums = SIMD8<Float>()
                let whole = count / 8 * 8
                for place in stride(from: 0, to: whole, by: 8) {
                    sums += eight(left, place) * eight(right, place)
                }
                return (whole..<count).reduce(sums.sum()) {
                    $0 + left.loadUnaligned(fromByteOffset: 4 * $1, as: Float.self)
                        * right.loadUnaligned(fromByteOffset: 4 * $1, as: Float.self)
                }
            }
        }
    }
}
