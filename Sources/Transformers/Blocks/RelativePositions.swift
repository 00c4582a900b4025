import Checkpoints
import Glibc
import Tensors

/// What a token's distance from another adds to its attention: one number for each head and each
/// bucket of distances, the same in all layers (Raffel et al. 2019, "Exploring the Limits of
/// Transfer Learning", section 2.1; as MPNet has it).
struct RelativePositions: Sendable {
    private let headCount: Int
    /// Heads × distances, from `-Self.reach` to `Self.reach`.
    private let table: [Float]

    static let bucketCount = 32
    /// From here on all distances fall into one bucket on each side.
    private static let reach = 128

    /// - Parameter name: of a tensor of buckets × heads.
    init(_ weights: CheckpointWeights, _ name: String, headCount: Int) throws {
        self.headCount = headCount
        let values = try weights.matrix(name, rows: Self.bucketCount, columns: headCount)
        table = values.withUnsafeElements { values in
            (0..<headCount).flatMap { head in
                (-Self.reach...Self.reach).map {
                    values[Self.bucket(ofDistance: $0) * headCount + head]
                }
            }
        }
    }

    /// - Parameter distance: a key's place minus the query's.
    static func bucket(ofDistance distance: Int) -> Int {
        let half = bucketCount / 2
        let side = distance > 0 ? half : 0
        let steps = abs(distance)
        let exact = half / 2
        guard steps >= exact else { return side + steps }
        // In single precision as the reference: at powers of two the last bit decides.
        let ratio =
            logf(Float(steps) / Float(exact)) / Float(log(Double(reach) / Double(exact)))
        return side + min(half - 1, exact + Int(ratio * Float(half - exact)))
    }

    /// For sequences of up to `longest` tokens.
    func bias(longest: Int) -> SelfAttention.Bias {
        let distances = 2 * longest - 1
        let values = Matrix(rows: headCount, columns: distances) { values in
            for head in 0..<headCount {
                let middle = head * (2 * Self.reach + 1) + Self.reach
                for place in 0..<distances {
                    let distance = min(Self.reach, max(-Self.reach, place - (longest - 1)))
                    values[head * distances + place] = table[middle + distance]
                }
            }
        }
        return SelfAttention.Bias(values: values)
    }
}
