internal import Glibc

/// The terms a classifier knows, each with how much it says (inverse document frequency).
struct TermVocabulary: Sendable {
    /// Ascending: a term's place is its number.
    let keys: [UInt64]
    /// ln((1 + cases) / (1 + cases with the term)) + 1, as scikit-learn smooths it.
    let inverseFrequencies: [Float]
    /// Places of `keys` by the top bits of their hash; −1 where there is none.
    private let buckets: [Int32]

    init(keys: [UInt64], inverseFrequencies: [Float]) {
        self.keys = keys
        self.inverseFrequencies = inverseFrequencies
        var size = 16
        while size < keys.count * 2 { size *= 2 }
        var buckets = [Int32](repeating: -1, count: size)
        for (number, key) in keys.enumerated() {
            var place = Int(truncatingIfNeeded: FactTerms.mixed(key)) & (size - 1)
            while buckets[place] >= 0 { place = (place + 1) & (size - 1) }
            buckets[place] = Int32(number)
        }
        self.buckets = buckets
    }

    /// The terms that enough of the cases have; of more than `limit`, the commonest.
    init(
        caseFrequencies table: CountTable, cases: Int, minimumCases: Int, limit: Int
    ) {
        var kept = table.entries.filter { $0.count >= UInt32(max(1, minimumCases)) }
        if kept.count > limit {
            kept.sort { ($1.count, $0.key) < ($0.count, $1.key) }
            kept.removeLast(kept.count - limit)
        }
        kept.sort { $0.key < $1.key }
        self.init(
            keys: kept.map(\.key),
            inverseFrequencies: kept.map {
                Float(log(Double(1 + cases) / Double(1 + Int($0.count))) + 1)
            })
    }

    var count: Int { keys.count }

    func number(of key: UInt64) -> Int? {
        let mask = buckets.count - 1
        var place = Int(truncatingIfNeeded: FactTerms.mixed(key)) & mask
        while buckets[place] >= 0 {
            let number = Int(buckets[place])
            if keys[number] == key { return number }
            place = (place + 1) & mask
        }
        return nil
    }

    /// A fact as a vector of unit length: TF-IDF of its known terms.
    func vector(
        of counts: [(key: UInt64, count: UInt32)], isSublinear: Bool
    ) -> FactVector {
        var entries: [(number: UInt32, value: Float)] = []
        entries.reserveCapacity(counts.count)
        var squares: Float = 0
        for (key, count) in counts {
            guard let number = number(of: key) else { continue }
            let frequency = isSublinear && count > 1 ? 1 + logf(Float(count)) : Float(count)
            let value = frequency * inverseFrequencies[number]
            squares += value * value
            entries.append((UInt32(number), value))
        }
        entries.sort { $0.number < $1.number }
        let scale = squares > 0 ? 1 / squares.squareRoot() : 0
        return FactVector(
            numbers: entries.map(\.number), values: entries.map { $0.value * scale },
            knownShare: counts.isEmpty ? 0 : Double(entries.count) / Double(counts.count))
    }
}

/// A fact's known terms and their weights.
struct FactVector: Sendable, Equatable {
    /// Of terms, ascending.
    var numbers: [UInt32]
    var values: [Float]
    /// Of the fact's different terms, how many the vocabulary has, 0…1.
    var knownShare: Double
}
