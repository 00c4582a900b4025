internal import Corpus
internal import Dispatch
internal import Storage
internal import Synchronization
internal import Tensors

/// The part of a search that networks and vectors do, for all searches that come at the same time:
/// their texts and pictures go through each network together, and their points past each space's
/// rows together. Reading the weights and the rows takes longer than multiplying them with one
/// query, so that twelve queries cost little more than one.
///
/// One batch at a time, on all cores, and all of it in one place: were networks and rows batched
/// apart, the searches would stand in four small queues instead of one long one. A batch begins
/// when few others are at work (`SearchTraffic`).
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
        let batch = Batch(vectors: vectors, embedder: embedder, count: count, workers: workers)
        let traffic = SearchTraffic(cores: workers)
        self.traffic = traffic
        combiner = Combiner(gather: traffic.waitForCompany) { requests in
            try batch.answers(to: requests).map { answer in
                var answer = answer
                answer.presence = traffic.enter()
                return answer
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
        var answer = try combiner.output(
            of: Request(target: target, channels: channels, scans: isWanted == nil),
            whenWaiting: { presence?.leave() })
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

        /// From so many requests on each step is spread over the cores by itself: the channels'
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
            return Found(points: points, embedSeconds: start.duration(to: .now) / .seconds(1))
        }

        /// All channels' rows side by side: each thread begins with another channel, and helps with
        /// the others when it is done.
        private func scan(
            _ channels: [Channel], for requests: [Request], _ found: inout [Found]
        ) throws {
            var searches: [(place: Int, asking: [Int], search: AssetVectors.Search)] = []
            for (place, channel) in channels.enumerated() {
                let points = found[place].points
                found[place].near = points.map { $0.map { Near(vector: $0, matches: []) } }
                let asking = requests.indices.filter { points[$0] != nil && requests[$0].scans }
                let search = try vectors[channel]?.search(
                    count, forEach: asking.compactMap { points[$0] }, helpers: workers)
                if let search { searches.append((place, asking, search)) }
            }
            let start = ContinuousClock.now
            let running = searches.map(\.search)
            let ends = Mutex([ContinuousClock.Instant](repeating: start, count: running.count))
            let threads = running.map(\.usefulHelpers).max() ?? 0
            DispatchQueue.concurrentPerform(iterations: threads) { thread in
                for step in running.indices {
                    let place = (thread + step) % running.count
                    running[place].help()
                    ends.withLock { $0[place] = .now }
                }
            }
            let lasts = ends.withLock { $0 }
            for (index, (place, asking, search)) in searches.enumerated() {
                for (request, matches) in zip(asking, search.matches()) {
                    found[place].near[request]?.matches = matches
                }
                found[place].scanSeconds = start.duration(to: lasts[index]) / .seconds(1)
            }
        }
    }
}
