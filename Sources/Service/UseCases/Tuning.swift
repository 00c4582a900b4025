package import Corpus
internal import Foundation

/// Channel weights to be fitted to golden queries.
package struct TuningRequest: Sendable {
    /// JSON Lines.
    package var queries: String
    /// How queries are searched; its weights are where tuning begins, and what it must beat.
    package var search: SearchRequest
    /// Put weights that win into the project's settings.
    package var writes = false

    package init(queries: String, search: SearchRequest) {
        self.queries = queries
        self.search = search
    }
}

/// What tuning found, and whether queries that it did not see agree.
package struct TuningReport: Encodable, Sendable {
    package enum Verdict: String, Encodable, Sendable {
        /// The held-out half got better.
        case better
        /// It got worse: the weights are refused.
        case worse
        /// Nothing to gain.
        case same
    }

    let schemaVersion = 1
    package var weightsBefore: [Channel: Double]
    package var weightsAfter: [Channel: Double]
    /// Over the half that the weights were fitted to.
    package var training: OutcomeComparison
    /// Over the other half.
    package var heldOut: OutcomeComparison
    package var verdict: Verdict
    /// The settings file that now holds the weights.
    package var written: String?

    enum CodingKeys: String, CodingKey {
        case training, verdict, written
        case schemaVersion = "schema_version"
        case weightsBefore = "weights_before"
        case weightsAfter = "weights_after"
        case heldOut = "held_out"
    }

    package func encode(to encoder: any Encoder) throws {
        func named(_ weights: [Channel: Double]) -> [String: Double] {
            Dictionary(uniqueKeysWithValues: weights.map { ($0.rawValue, $1) })
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schemaVersion, forKey: .schemaVersion)
        try container.encode(named(weightsBefore), forKey: .weightsBefore)
        try container.encode(named(weightsAfter), forKey: .weightsAfter)
        try container.encode(training, forKey: .training)
        try container.encode(heldOut, forKey: .heldOut)
        try container.encode(verdict, forKey: .verdict)
        try container.encodeIfPresent(written, forKey: .written)
    }
}

extension Application {
    /// Fits channel weights to one half of the golden queries and tries them on the other.
    package func tune(
        _ request: TuningRequest, progress: (_ searches: Int) -> Void, isCancelled: () -> Bool
    ) throws -> TuningReport {
        try Failure.translating {
            let halves = try QueryHalves(GoldenQuery.read(request.queries), path: request.queries)
            let before = request.search.weights
            let session = try SearchSession(application: self, for: request.search)
            guard session.missing.isEmpty else {
                throw Failure(
                    .badRequest,
                    session.missing.joined(separator: " ")
                        + " Or name the channels to tune with --channels.")
            }
            var searches = 0
            func outcomes(
                _ queries: [GoldenQuery], _ weights: [Channel: Double]
            ) throws -> [LibraryEvaluation.Outcome] {
                guard !isCancelled() else { throw CancellationError() }
                var search = request.search
                search.weights = weights
                searches += queries.count
                defer { progress(searches) }
                return try session.outcomes(of: queries, as: search)
            }
            let channels = Channel.allCases.filter { before[$0] != nil }
            let after = try WeightSearch(channels: channels).best(startingAt: before) {
                LibraryEvaluation(try outcomes(halves.training, $0)).mrr
            }
            let heldOut = OutcomeComparison(
                before: try outcomes(halves.heldOut, before),
                after: try outcomes(halves.heldOut, after))
            var report = TuningReport(
                weightsBefore: before, weightsAfter: after,
                training: OutcomeComparison(
                    before: try outcomes(halves.training, before),
                    after: try outcomes(halves.training, after)),
                heldOut: heldOut, verdict: Self.verdict(heldOut))
            if request.writes, report.verdict == .better {
                try configuration.writeWeights(after)
                report.written = configuration.projectFile
            }
            return report
        }
    }

    private static func verdict(_ heldOut: OutcomeComparison) -> TuningReport.Verdict {
        let gain = heldOut.mrrAfter - heldOut.mrrBefore
        return gain > 1e-9 ? .better : gain < -1e-9 ? .worse : .same
    }
}

/// Golden queries cut into two halves that any run cuts alike.
struct QueryHalves {
    /// Fewer would leave a half that chance decides.
    private static let fewest = 8

    var training: [GoldenQuery] = []
    var heldOut: [GoldenQuery] = []

    init(_ queries: [GoldenQuery], path: String) throws(Failure) {
        var seen: Set<String> = []
        let distinct = queries.filter { seen.insert($0.query).inserted }
        guard distinct.count >= Self.fewest else {
            throw Failure(
                .badData,
                "\(path) has \(distinct.count) different queries. Tuning needs \(Self.fewest) or "
                    + "more, to fit weights to one half and try them on the other.")
        }
        // Each kind is shared out evenly, in an order that no person chose.
        let ordered = distinct.map {
            (golden: $0, key: ($0.kind ?? "") + hexadecimal(SHA256.digest(of: $0.query.utf8)))
        }.sorted { $0.key < $1.key }
        for (place, entry) in ordered.enumerated() {
            if place.isMultiple(of: 2) {
                training.append(entry.golden)
            } else {
                heldOut.append(entry.golden)
            }
        }
    }
}
