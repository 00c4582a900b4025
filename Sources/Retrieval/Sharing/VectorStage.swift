internal import Corpus
internal import Storage
internal import Tensors

/// The part of a search that networks and vectors do, for all searches that come at the same time:
/// their texts and pictures go through each network together, and their points past each space's
/// rows together. Reading the weights and the rows takes longer than multiplying them with one
/// query, so that twelve queries cost little more than one.
///
/// One batch at a time, on all cores, and all of it in one place: were networks and rows batched
/// apart, the searches would stand in four small queues instead of one long one.
final class VectorStage: Sendable {
    /// What is near to a query in one space.
    struct Near: Sendable {
        /// The query's point, of unit length.
        var vector: [Float]
        /// Best first.
        var matches: [AssetVectors.Match]
    }

    struct Answer: Sendable {
        /// A channel with nothing to go by is left out.
        var near: [Channel: Near] = [:]
        /// Of the batch, whose members share it.
        var secondsByStage: [SearchStage: Double] = [:]
    }

    private struct Request: Sendable {
        var target: QueryVector
        var channels: [Channel]
        /// False for points alone.
        var scans: Bool
    }

    private let vectors: [Channel: AssetVectors]
    private let count: Int
    private let workers: Int
    private let load: Load?
    private let combiner: Combiner<Request, Answer>

    /// - Parameters:
    ///   - count: rows to find for each query.
    ///   - workers: cores to use at most.
    ///   - load: whose share of the cores a search may use that looks at rows of its own; nil for
    ///     all of them.
    init(
        _ vectors: [Channel: AssetVectors], embedder: QueryEmbedder, count: Int, workers: Int,
        load: Load?
    ) {
        self.vectors = vectors
        self.count = count
        self.workers = workers
        self.load = load
        let batch = Batch(vectors: vectors, embedder: embedder, count: count, workers: workers)
        combiner = Combiner { try batch.answers(to: $0) }
    }

    /// - Parameter isWanted: leaves assets out; such a query has rows of its own and looks at them
    ///   alone.
    func answer(
        _ target: QueryVector, _ channels: [Channel], where isWanted: ((AssetID) -> Bool)?
    ) throws -> Answer {
        var answer = try combiner.output(
            of: Request(target: target, channels: channels, scans: isWanted == nil))
        guard isWanted != nil else { return answer }
        for (channel, near) in answer.near {
            let start = ContinuousClock.now
            answer.near[channel]?.matches = try nearest(channel, to: near.vector, where: isWanted)
            answer.secondsByStage[channel.stage] = start.duration(to: .now) / .seconds(1)
        }
        return answer
    }

    /// The rows nearest to one point.
    func nearest(
        _ channel: Channel, to vector: [Float], where isWanted: ((AssetID) -> Bool)?
    ) throws -> [AssetVectors.Match] {
        try vectors[channel]?.nearest(
            count, to: vector, workers: min(workers, load?.share ?? workers), where: isWanted) ?? []
    }

    /// The work on some requests.
    private struct Batch: Sendable {
        let vectors: [Channel: AssetVectors]
        let embedder: QueryEmbedder
        let count: Int
        let workers: Int

        /// From so many requests on each channel keeps to a core of its own: rows that are shared
        /// out among cores have to be ruled out anew on each.
        private static let manyRequests = 4

        func answers(to requests: [Request]) throws -> [Answer] {
            let channels = [Channel.frames, .meaning].filter { channel in
                requests.contains { $0.channels.contains(channel) }
            }
            let found = try found(for: requests, channels)
            return requests.indices.map { index in
                var answer = Answer()
                for (channel, found) in zip(channels, found) {
                    guard requests[index].channels.contains(channel) else { continue }
                    answer.near[channel] = found.near[index]
                    // The channels' networks work at the same time.
                    answer.secondsByStage[.embed] = max(
                        answer.secondsByStage[.embed] ?? 0, found.embedSeconds)
                    answer.secondsByStage[channel.stage] = found.scanSeconds
                }
                return answer
            }
        }

        /// What one channel has for each of the requests.
        private struct Found: Sendable {
            var points: [[Float]?]
            var near: [Near?] = []
            var embedSeconds: Double
            var scanSeconds = 0.0
        }

        private func found(for requests: [Request], _ channels: [Channel]) throws -> [Found] {
            guard requests.count >= Self.manyRequests else {
                // A few have both cores for each step.
                var found = try Parallelism.map(channels.count) {
                    try embed(requests, channels[$0])
                }
                for (place, channel) in channels.enumerated() {
                    try scan(channel, for: requests, &found[place], workers: workers)
                }
                return found
            }
            return try Parallelism.map(channels.count) { place in
                try Parallelism.$limit.withValue(1) {
                    var found = try embed(requests, channels[place])
                    try scan(channels[place], for: requests, &found, workers: 1)
                    return found
                }
            }
        }

        private func embed(_ requests: [Request], _ channel: Channel) throws -> Found {
            let start = ContinuousClock.now
            let asking = requests.map { $0.channels.contains(channel) ? $0.target : nil }
            let points = try QueryVector.points(of: asking, in: channel, by: embedder)
            return Found(points: points, embedSeconds: start.duration(to: .now) / .seconds(1))
        }

        private func scan(
            _ channel: Channel, for requests: [Request], _ found: inout Found, workers: Int
        ) throws {
            found.near = found.points.map { $0.map { Near(vector: $0, matches: []) } }
            guard let space = vectors[channel] else { return }
            let start = ContinuousClock.now
            let asking = requests.indices.filter { found.points[$0] != nil && requests[$0].scans }
            let matches = try space.nearest(
                count, toEach: asking.compactMap { found.points[$0] }, workers: workers)
            for (index, matches) in zip(asking, matches) { found.near[index]?.matches = matches }
            found.scanSeconds = start.duration(to: .now) / .seconds(1)
        }
    }
}
