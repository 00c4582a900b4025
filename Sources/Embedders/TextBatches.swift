import Tensors

/// Tokenised texts cut into batches of similar length for the workers, and the answers put back
/// into the order of the texts.
struct TextBatches<Text: Sendable> {
    /// Indices of texts, longest texts first.
    private let batches: [[Int]]
    private let texts: [Text]

    /// Tokens in a batch: enough for good products, few enough for their states to stay in a core's
    /// second cache.
    private static var tokenBudget: Int { 256 }

    init(_ texts: [Text], tokenCount: (Text) -> Int) {
        let counts = texts.map(tokenCount)
        let order = texts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
        let total = counts.reduce(0, +)
        let share = (total + Parallelism.workers - 1) / Parallelism.workers
        let budget = max(1, min(Self.tokenBudget, share))
        var batches: [[Int]] = []
        var room = 0
        for index in order {
            if room <= 0 {
                batches.append([])
                room = budget
            }
            batches[batches.count - 1].append(index)
            room -= counts[index]
        }
        self.batches = batches
        self.texts = texts
    }

    /// `encode` makes a row of each text it is given; the rows come back in the order of all texts.
    func embed(
        dimension: Int, _ encode: @Sendable ([Text]) throws -> Matrix
    ) throws -> Matrix {
        let parts = try parts(encode)
        return Matrix(rows: texts.count, columns: dimension) { output in
            for (batch, part) in zip(batches, parts) {
                for (row, index) in batch.enumerated() {
                    let place = index * dimension
                    _ = UnsafeMutableBufferPointer(
                        rebasing: output[place..<place + dimension]
                    )
                    .update(fromContentsOf: part[row])
                }
            }
        }
    }

    /// `score` makes a number of each text it is given; they come back in the order of all texts.
    func scores(_ score: @Sendable ([Text]) throws -> [Float]) throws -> [Float] {
        var scores = [Float](repeating: 0, count: texts.count)
        for (batch, part) in zip(batches, try parts(score)) {
            for (place, index) in batch.enumerated() { scores[index] = part[place] }
        }
        return scores
    }

    private func parts<Part: Sendable>(
        _ body: @Sendable ([Text]) throws -> Part
    ) throws -> [Part] {
        let (batches, texts) = (self.batches, self.texts)
        return try Parallelism.map(batches.count) { index in
            try body(batches[index].map { texts[$0] })
        }
    }
}

extension TextBatches where Text == [Int] {
    init(_ texts: [[Int]]) { self.init(texts, tokenCount: \.count) }
}
