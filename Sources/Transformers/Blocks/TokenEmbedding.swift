import Tensors

/// Looks tokens up in an embedding and adds where they stand.
enum TokenEmbedding {
    static func check(
        _ texts: [[Int]], vocabularySize: Int, maximumLength: Int
    ) throws(TransformerError) {
        for text in texts {
            guard !text.isEmpty else { throw .emptySequence }
            guard text.count <= maximumLength else {
                throw .sequenceTooLong(length: text.count, limit: maximumLength)
            }
            for id in text where id < 0 || id >= vocabularySize {
                throw .tokenOutOfRange(id: id, vocabularySize: vocabularySize)
            }
        }
    }

    /// Row by row tokens[id] + positions[place], texts end to end. Places count from 0; with a
    /// padding token they count from behind its id, and padding itself stands at its id.
    static func sum(
        _ tokens: WeightMatrix, _ positions: WeightMatrix, _ texts: [[Int]],
        paddingID: Int? = nil
    ) -> Matrix {
        let width = tokens.columns
        let firstPlace = paddingID.map { $0 + 1 } ?? 0
        return tokens.withUnsafeElements { tokens in
            positions.withUnsafeElements { positions in
                Matrix(rows: texts.reduce(0) { $0 + $1.count }, columns: width) { output in
                    var row = 0
                    for text in texts {
                        var next = firstPlace
                        for id in text {
                            let place = id == paddingID ? id : next
                            if id != paddingID { next += 1 }
                            for column in 0..<width {
                                output[row * width + column] =
                                    tokens[id * width + column] + positions[place * width + column]
                            }
                            row += 1
                        }
                    }
                }
            }
        }
    }

    /// Adds each token's row of `segments`: row 0 to the first tokens of a text, as many as
    /// `firstSegmentCounts` says, row 1 to the rest. Without counts all are of segment 0.
    static func addSegments(
        _ segments: WeightMatrix, _ texts: [[Int]], firstSegmentCounts: [Int]?,
        to matrix: inout Matrix
    ) {
        let width = matrix.columns
        segments.withUnsafeElements { segments in
            matrix.withUnsafeMutableElements { elements in
                var row = 0
                for (index, text) in texts.enumerated() {
                    let first = firstSegmentCounts?[index] ?? text.count
                    for place in text.indices {
                        let from = place < first ? 0 : width
                        for column in 0..<width {
                            elements[row * width + column] += segments[from + column]
                        }
                        row += 1
                    }
                }
            }
        }
    }
}
