internal import Corpus
internal import Dispatch
internal import Storage
internal import Tensors

/// The part of a search that networks and vectors do, for all searches that come at the same time:
/// their texts and pictures go through each network together, and their points past each space's
/// rows together. Reading the weights and the rows takes longer than multiplying them with one
/// query, so that twelve queries cost little more than one.
///
/// All of a batch in one place: were networks and rows batched apart, the searches would stand in four
/// small queues instead of one long one. When a batch begins, and on how many cores, `SearchTraffic`
/// says.
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
        /// The search is at work again, outside the stage, from before the next batch is taken.
        var presence: SearchTraffic.Presence?
    }

    /// What a batch has for one of its members, who picks the matches out: all of them at once.
    private struct Outcome: Sendable {
        var points: [Channel: Point] = [:]
        var secondsByStage: [SearchStage: Double] = [:]
        var presence: SearchTraffic.Presence?

        struct Point: Sendable {
            var vector: [Float]
            /// Nil when no rows were looked at.
            var search: AssetVectors.Search?
            /// Which of the search's queries.
            var query = 0
        }
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
    private let combiner: Combiner<Request, Outcome>
    let traffic: SearchTraffic

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
        let traffic = SearchTraffic(cores: workers) { load?.count ?? 1 }
        self.traffic = traffic
        combiner = Combiner(turn: traffic.turn) { requests in
            let batch = Batch(
                vectors: vectors, embedder: embedder, count: count, workers: traffic.coresForBatch)
            let outcomes = try Parallelism.$limit.withValue(batch.workers) {
                try batch.outcomes(of: requests)
            }
            return outcomes.map { outcome in
                var outcome = outcome
                outcome.presence = traffic.enter()
                return outcome
            }
        }
    }

    /// - Parameters:
    ///   - isWanted: leaves assets out; such a query has rows of its own and looks at them alone.
    ///   - presence: of the search, which ends when it waits for the stage.
    func answer(
        _ target: QueryVector, _ channels: [Channel], where isWanted: ((AssetID) -> Bool)?,
        leaving presence: SearchTraffic.Presence?
    ) throws -> Answer {
        let outcome = try combiner.output(
            of: Request(target: target, channels: channels, scans: isWanted == nil),
            whenWaiting: { presence?.leave() })
        var answer = Answer(
            secondsByStage: outcome.secondsByStage, presence: outcome.presence)
        for (channel, point) in outcome.points {
            let start = ContinuousClock.now
            answer.near[channel] = Near(
                vector: point.vector,
                matches: isWanted == nil
                    ? point.search?.matches(point.query) ?? []
                    : try nearest(channel, to: point.vector, where: isWanted))
            answer.secondsByStage[channel.stage, default: 0] +=
                start.duration(to: .now) / .seconds(1)
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

        func outcomes(of requests: [Request]) throws -> [Outcome] {
            let channels = [Channel.frames, .meaning].filter { channel in
                requests.contains { $0.channels.contains(channel) }
            }
            let found = try found(for: requests, channels)
            return requests.indices.map { index in
                var outcome = Outcome()
                for (channel, found) in zip(channels, found) {
                    guard requests[index].channels.contains(channel) else { continue }
                    outcome.points[channel] = found.points[index]
                    // The channels' networks work at the same time.
                    outcome.secondsByStage[.embed] = max(
                        outcome.secondsByStage[.embed] ?? 0, found.embedSeconds)
                    outcome.secondsByStage[channel.stage] = found.scanSeconds
                }
                return outcome
            }
        }

        /// What one channel has for each of the requests.
        private struct Found: Sendable {
            /// Nil for those with nothing to go by.
            var points: [Outcome.Point?]
            var embedSeconds: Double
            var scanSeconds = 0.0
        }

        /// From so many requests on each step is spread over the batch's cores by itself: the channels'
        /// networks and rows are of different sizes, and a core each would leave one idle.
        private static let manyRequests = 4

        private func found(for requests: [Request], _ channels: [Channel]) throws -> [Found] {
            var found =
                requests.count >= Self.manyRequests
                ? try channels.map { try embed(requests, $0) }
                : try Parallelism.map(channels.count) { try embed(requests, channels[$0]) }
            try scan(channels, for: requests, &found)
            return found
        }

        private func embed(_ requests: [Request], _ channel: Channel) throws -> Found {
            let start = ContinuousClock.now
            let asking = requests.map { $0.channels.contains(channel) ? $0.target : nil }
            let points = try QueryVector.points(of: asking, in: channel, by: embedder)
            return Found(
                points: points.map { $0.map { Outcome.Point(vector: $0) } },
                embedSeconds: start.duration(to: .now) / .seconds(1))
        }

        /// All channels' rows side by side: each thread begins with another channel, and helps with
        /// the others when it is done.
        private func scan(
            _ channels: [Channel], for requests: [Request], _ found: inout [Found]
        ) throws {
            let start = ContinuousClock.now
            var searches: [(place: Int, search: AssetVectors.Search)] = []
            for (place, channel) in channels.enumerated() {
                var vectors: [[Float]] = []
                for index in requests.indices where requests[index].scans {
                    guard let point = found[place].points[index] else { continue }
                    found[place].points[index]?.query = vectors.count
                    vectors.append(point.vector)
                }
                let search = try self.vectors[channel]?.search(
                    count, forEach: vectors, helpers: workers)
                guard let search else { continue }
                searches.append((place, search))
                for index in requests.indices where requests[index].scans {
                    found[place].points[index]?.search = search
                }
            }
            let running = searches.map(\.search)
            let threads = running.map(\.usefulHelpers).max() ?? 0
            func eachThread(_ body: @Sendable (AssetVectors.Search) -> Void) {
                DispatchQueue.concurrentPerform(iterations: threads) { thread in
                    for step in running.indices { body(running[(thread + step) % running.count]) }
                }
            }
            eachThread { $0.help() }
            for search in running { search.ruleOut() }
            eachThread { $0.score() }
            let seconds = start.duration(to: .now) / .seconds(1)
            for (place, _) in searches { found[place].scanSeconds = seconds }
        }
    }
}
