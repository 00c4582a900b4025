import CKernels

/// Scaled dot-product attention of sequences to themselves (Vaswani et al. 2017, equation 1), for
/// all heads.
package struct SelfAttention {
    package var headCount: Int
    package var headWidth: Int
    /// Whether a token sees only itself and those before it.
    package var isCausal: Bool

    package init(headCount: Int, headWidth: Int, isCausal: Bool) {
        self.headCount = headCount
        self.headWidth = headWidth
        self.isCausal = isCausal
    }

    /// What is added to the scores, heads × distances, from −(longest − 1) to longest − 1.
    package struct Bias {
        package var values: Matrix

        package init(values: Matrix) { self.values = values }

        fileprivate var longest: Int { (values.columns + 1) / 2 }
    }

    /// What each token gathers.
    /// - Parameters:
    ///   - projections: rows of queries, keys and values side by side, tokens × 3 · heads · width.
    ///   - sequences: the rows of each.
    ///   - context: tokens × heads · width.
    package func gather(
        _ projections: UnsafePointer<Float>, _ sequences: [Range<Int>], _ bias: Bias?,
        into context: UnsafeMutablePointer<Float>
    ) {
        let longest = sequences.reduce(0) { max($0, $1.count) }
        precondition(
            bias.map { $0.longest >= longest && $0.values.rows == headCount } ?? true,
            "The bias is laid out for all heads and the longest sequence.")
        guard let bias else {
            return gather(projections, sequences, biasStart: nil, 0, longest, into: context)
        }
        bias.values.withUnsafeElements { values in
            // Of distance 0 in the first head.
            let start = values.baseAddress.map { $0 + bias.longest - 1 }
            gather(
                projections, sequences, biasStart: start, bias.values.columns, longest,
                into: context)
        }
    }

    private func gather(
        _ projections: UnsafePointer<Float>, _ sequences: [Range<Int>],
        biasStart: UnsafePointer<Float>?, _ biasStride: Int, _ longest: Int,
        into context: UnsafeMutablePointer<Float>
    ) {
        let width = headCount * headWidth
        // Unsafe only by type: each worker writes a part of its own.
        nonisolated(unsafe) let (projections, biasStart, context) = (
            projections, biasStart, context
        )
        Parallelism.split(
            sequences.count * headCount,
            atLeast: max(1, Self.leastScores / max(1, longest * longest))
        ) { part in
            let room = ScratchMemory<Float>(count: reel_attention_room(longest, headWidth))
            for place in part {
                let (sequence, index) = place.quotientAndRemainder(dividingBy: headCount)
                let rows = sequences[sequence]
                let first = projections + rows.lowerBound * 3 * width + index * headWidth
                var head = reel_attention_head(
                    queries: first, keys: first + width, values: first + 2 * width,
                    stride: 3 * width, tokens: rows.count, width: headWidth,
                    scale: 1 / Float(headWidth).squareRoot(), causal: isCausal ? 1 : 0,
                    bias: biasStart.map { $0 + index * biasStride },
                    context: context + rows.lowerBound * width + index * headWidth,
                    context_stride: width)
                reel_attention(&head, room.start)
            }
        }
    }

    /// Scores of a piece of work that another worker is worth its call for.
    private static let leastScores = 1 << 9
}
