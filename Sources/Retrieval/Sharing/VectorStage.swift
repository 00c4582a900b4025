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

        func answers(to requests: [Request]) throws -> [Answer] {
            var answers = [Answer](repeating: Answer(), count: requests.count)
            var seconds: [SearchStage: Double] = [:]
            let start = ContinuousClock.now
            let points = try self.points(of: requests)
            seconds[.embed] = start.duration(to: .now) / .seconds(1)
            for channel in [Channel.frames, .meaning] {
                let start = ContinuousClock.now
                try scan(channel, points[channel] ?? [], for: requests, into: &answers)
                seconds[channel.stage] = start.duration(to: .now) / .seconds(1)
            }
            for (index, request) in requests.enumerated() {
                answers[index].secondsByStage[.embed] = seconds[.embed]
                for channel in request.channels where request.scans {
                    answers[index].secondsByStage[channel.stage] = seconds[channel.stage]
                }
            }
            return answers
        }

        /// By channel each request's point, or nil.
        private func points(of requests: [Request]) throws -> [Channel: [[Float]?]] {
            let channels = [Channel.frames, .meaning].filter { channel in
                requests.contains { $0.channels.contains(channel) }
            }
            // Each channel is a network of its own: they work at the same time.
            let points = try Parallelism.map(channels.count) { place in
                let channel = channels[place]
                let asking = requests.map { $0.channels.contains(channel) ? $0.target : nil }
                return try QueryVector.points(of: asking, in: channel, by: embedder)
            }
            return Dictionary(uniqueKeysWithValues: zip(channels, points))
        }

        private func scan(
            _ channel: Channel, _ points: [[Float]?], for requests: [Request],
            into answers: inout [Answer]
        ) throws {
            guard let space = vectors[channel] else { return }
            let asking = points.indices.filter { points[$0] != nil && requests[$0].scans }
            let found = try space.nearest(
                count, toEach: asking.compactMap { points[$0] }, workers: workers)
            for (index, point) in points.enumerated() {
                if let point { answers[index].near[channel] = Near(vector: point, matches: []) }
            }
            for (index, matches) in zip(asking, found) {
                answers[index].near[channel]?.matches = matches
            }
        }
    }
}
