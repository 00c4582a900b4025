import Tensors

/// Tokenised texts cut into batches of similar length for the workers, and the answers put back
/// into the order of the texts.
struct TextBatches {
    /// Indices of texts, longest texts first.
    private let batches: [[Int]]
    private let texts: [[Int]]

    /// Tokens in a batch: enough for good products, few enough to stay in the caches.
    private static let tokenBudget = 1024

    init(_ texts: [[Int]]) {
        let order = texts.indices.sorted { (texts[$1].count, $0) < (texts[$0].count, $1) }
        let total = texts.reduce(0) { $0 + $1.count }
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
            room -= texts[index].count
        }
        self.batches = batches
        self.texts = texts
    }

    /// `encode` makes a row of each text it is given; the rows come back in the order of all texts.
    func embed(
        dimension: Int, _ encode: @Sendable ([[Int]]) throws -> Matrix
    ) throws -> Matrix {
        let (batches, texts) = (self.batches, self.texts)
        let parts = try Parallelism.map(batches.count) { index in
            try encode(batches[index].map { texts[$0] })
        }
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
}
