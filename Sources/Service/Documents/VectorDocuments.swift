internal import VectorSearch

/// What `reel vectors build` and `info` print.
package struct VectorBuildDocument: Encodable, Sendable {
    package var kind: String
    package var metric: String
    package var dimension: Int
    package var count: Int
    package var deleted: Int
    package var parts: Int
    package var bytes: Int
    package var bytesPerVector: Double
    package var lists: Int?
    package var subquantizers: Int?
    package var bits: Int?
    package var targetRecall: Float?
    package var drift: Float?
    package var shouldRetrain: Bool
    package var points: [Point]
    package var seconds: Double?

    package struct Point: Encodable, Sendable {
        package var recall: Float
        package var probes: Int
        package var shortlist: Int
    }

    enum CodingKeys: String, CodingKey {
        case kind, metric, dimension, count, deleted, parts, bytes
        case bytesPerVector = "bytes_per_vector"
        case lists, subquantizers, bits
        case targetRecall = "target_recall"
        case drift
        case shouldRetrain = "should_retrain"
        case points, seconds
    }

    init(_ summary: VectorCollection.Summary, seconds: Double?) {
        kind = summary.kind
        metric = summary.metric
        dimension = summary.dimension
        count = summary.count
        deleted = summary.deletedCount
        parts = summary.partCount
        bytes = summary.byteCount
        bytesPerVector = Double(bytes) / Double(max(1, count + deleted))
        lists = summary.lists
        subquantizers = summary.subquantizers
        bits = summary.bits
        targetRecall = summary.targetRecall
        drift = summary.drift
        shouldRetrain = summary.shouldRetrain
        points = summary.points.map {
            Point(recall: $0.recall, probes: $0.probes, shortlist: $0.shortlist)
        }
        self.seconds = seconds
    }
}

/// What `reel vectors search` prints.
package struct VectorSearchDocument: Encodable, Sendable {
    package var queries: Int
    package var seconds: Double
    package var queriesPerSecond: Double
    /// Until the index could be asked.
    package var openSeconds: Double

    enum CodingKeys: String, CodingKey {
        case queries, seconds
        case queriesPerSecond = "queries_per_second"
        case openSeconds = "open_seconds"
    }
}
