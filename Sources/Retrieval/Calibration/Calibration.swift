internal import Corpus
internal import Foundation
internal import Glibc
internal import Storage

/// What unrelated queries find in one library, so that a score can be told from chance.
///
/// A raw score says little: the cosine of a query with the nearest of a million frames is high
/// whatever the query. So queries that have nothing to do with the library are asked when it is
/// indexed, and a score is reported as a **false alarm rate**: the share of such queries whose
/// best find scores as high. Cosines are first centred: the mean of the unrelated queries and the
/// mean of the library's vectors are what everything there has in common, and say nothing.
struct Calibration: Sendable, Equatable, Codable {
    /// Raised when the meaning of any number changes; another version is measured anew.
    static let currentVersion = 1

    var version = Calibration.currentVersion
    /// By `Channel`; those that compare vectors.
    var spaces: [String: Space] = [:]
    var keywords = KeywordNull()
    /// By the channels that ran together: the distribution of the best joint evidence, for two
    /// channels and more.
    var joint: [String: NullDistribution] = [:]

    /// One channel of vectors.
    struct Space: Sendable, Equatable, Codable {
        /// Of the model.
        var fingerprint: String
        var centring: Centring
        var null: NullDistribution
    }

    /// A rate is never said to be lower: a few hundred queries do not tell.
    static let lowestRate = 1e-3

    static func falseAlarmRate(of statistic: Double, by null: NullDistribution) -> Double {
        max(lowestRate, null.falseAlarmRate(of: statistic))
    }

    /// Nil for a channel that is not calibrated.
    func null(of channel: Channel) -> NullDistribution? { spaces[channel.rawValue]?.null }

    /// What several channels say about one moment together, from their own rates: the sum of
    /// −ln (Fisher's method), compared with the best sums of unrelated queries.
    /// - Parameter rates: of the channels that found something here.
    /// - Parameter ran: all that were asked.
    func falseAlarmRate(of rates: [Channel: Double], ran: Set<Channel>) -> Double? {
        if ran.count == 1, let channel = ran.first { return rates[channel] ?? 1 }
        guard let null = joint[Self.key(ran)] else { return nil }
        return max(Self.lowestRate, null.falseAlarmRate(of: Self.evidence(rates)))
    }

    static func evidence(_ rates: [Channel: Double]) -> Double {
        // In declaration order, so that equal sums are equal.
        Channel.allCases.reduce(0) { $0 - (rates[$1].map { log(max($0, lowestRate)) } ?? 0) }
    }

    static func key(_ channels: Set<Channel>) -> String {
        Channel.allCases.filter(channels.contains).map(\.rawValue).joined(separator: "+")
    }
}

/// Takes out of cosines what all queries, and all vectors of a library, have in common.
struct Centring: Sendable, Equatable, Codable {
    /// Mean of unrelated queries' vectors.
    var query: [Float]
    /// Mean of the library's vectors, drawn towards zero where these are few.
    var row: [Float]

    /// - Parameter rowCount: how many vectors the mean is of.
    init(query: [Float], row: [Float], rowCount: Int) {
        self.query = query
        // Ten vectors of zero more: the mean of one vector is that vector, and would take all.
        let share = Float(rowCount) / Float(rowCount + 10)
        self.row = row.map { $0 * share }
    }

    /// Cosines of (query − mean query) with (row − mean row), for rows of unit length, from inner
    /// products alone.
    /// - Parameters:
    ///   - raw: of the query with each row.
    ///   - products: of the means with each row.
    func cosines(
        of vector: [Float], raw: [Float], with products: [RowMeans.Products]
    ) -> [Double] {
        func product(_ left: [Float], _ right: [Float]) -> Double {
            zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let queryWithRowMean = product(vector, row)
        let means = product(query, row)
        let rowMeanSquared = product(row, row)
        let querySquared =
            product(vector, vector) - 2 * product(vector, query) + product(query, query)
        return raw.indices.map { index in
            let rowSquared = 1 - 2 * Double(products[index].withRowMean) + rowMeanSquared
            let lengths = (max(querySquared, 1e-9) * max(rowSquared, 1e-9)).squareRoot()
            let product =
                Double(raw[index]) - queryWithRowMean - Double(products[index].withQueryMean)
                + means
            return min(1, max(-1, product / lengths))
        }
    }
}

/// What share of their worth unrelated words find in one passage, by how many words there are.
struct KeywordNull: Sendable, Equatable, Codable {
    /// Queries with more words are compared with these.
    static let mostTerms = 8

    /// For 1…`mostTerms` words the best shares found, ascending.
    var shares: [[Double]] = []

    /// - Parameters:
    ///   - share: of the query's worth that the passage covers, 0…1.
    ///   - termCount: words of the query that count.
    func falseAlarmRate(of share: Double, termCount: Int) -> Double? {
        guard !shares.isEmpty, termCount > 0 else { return nil }
        let known = shares[min(termCount, shares.count) - 1]
        guard !known.isEmpty else { return nil }
        // They ascend.
        var (low, high) = (0, known.count)
        while low < high {
            let middle = (low + high) / 2
            if known[middle] >= share - 1e-9 { high = middle } else { low = middle + 1 }
        }
        let above = known.count - low
        let rate = (Double(above) + 0.5) / (Double(known.count) + 1)
        // Every word in one passage is what was asked for, however common the words are.
        return share > 0.999 ? min(rate, 0.01) : rate
    }
}

extension Calibration {
    /// Nil when it was made by another version or for other models.
    init?(_ stored: StoredCalibration, fingerprints: [Channel: String]) {
        guard
            let read = try? JSONDecoder().decode(
                Calibration.self, from: Data(stored.data.utf8)),
            read.version == Self.currentVersion,
            read.spaces.allSatisfy({ name, space in
                Channel(rawValue: name).map { fingerprints[$0] == space.fingerprint } ?? false
            })
        else { return nil }
        self = read
    }

    func stored(generation: Int64) throws -> StoredCalibration {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return StoredCalibration(
            generation: generation,
            data: String(decoding: try encoder.encode(self), as: UTF8.self))
    }
}
