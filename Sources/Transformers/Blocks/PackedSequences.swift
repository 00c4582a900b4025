package import Tensors

/// Sequences of different lengths laid end to end as the rows of one matrix. No row is padding, so
/// nothing is masked and nothing is computed in vain; only attention looks at the bounds.
package struct PackedSequences: Sendable {
    /// The rows of each sequence.
    package let bounds: [Range<Int>]

    package init(lengths: some Sequence<Int>) {
        var start = 0
        bounds = lengths.map { length in
            precondition(length > 0, "A sequence has at least one token.")
            defer { start += length }
            return start..<start + length
        }
    }

    package var count: Int { bounds.count }
    package var rowCount: Int { bounds.last?.upperBound ?? 0 }
    var longest: Int { bounds.reduce(0) { max($0, $1.count) } }
}

/// What an encoder says about every token.
package struct HiddenStates: Sendable {
    /// Tokens × hidden size.
    package var matrix: Matrix
    package let sequences: PackedSequences
}
