/// What a case may lead to.
package struct CaseOutcome: Sendable, Equatable {
    package var charge: String
    package var months: Int
    package var fineYuan: Int
    package var isLife: Bool
    package var isDeath: Bool
    package var suspect: String

    package init(
        charge: String, months: Int, fineYuan: Int, isLife: Bool, isDeath: Bool, suspect: String
    ) {
        self.charge = charge
        self.months = months
        self.fineYuan = fineYuan
        self.isLife = isLife
        self.isDeath = isDeath
        self.suspect = suspect
    }

    package var sentence: Sentence {
        Sentence(months: months, isLife: isLife, isDeath: isDeath)
    }
}

/// An outcome, and how far it can be relied on.
package struct OutcomeEstimate: Sendable, Equatable {
    package enum Source: String, Sendable {
        case precedents
        case languageModel = "language model"
    }

    package var source: Source
    package var outcome: CaseOutcome
    /// Where the middle half of the precedents lies.
    package var monthsRange: ClosedRange<Int>
    package var fineRange: ClosedRange<Int>
}

/// The estimate that needs no language model.
package enum PrecedentEstimate {
    /// The similarity-weighted median of the term and the fine, and the weighted majority of charge,
    /// life and death.
    /// - Returns: nil without precedents.
    package static func estimate(
        from precedents: [Precedent], likeliestCharge: String?, fact: String
    ) -> OutcomeEstimate? {
        guard !precedents.isEmpty else { return nil }
        // Squared: a precedent half as alike counts a quarter.
        let weights = precedents.map { max($0.score, 0.01) * max($0.score, 0.01) }
        let records = precedents.map(\.stored.record)
        func majority(_ holds: (Sentence) -> Bool) -> Bool {
            let sum = zip(records, weights).reduce(0) {
                $0 + (holds($1.0.sentence) ? $1.1 : 0)
            }
            return sum * 2 > weights.reduce(0, +)
        }
        let isDeath = majority(\.isDeath)
        let isLife = !isDeath && majority { $0.isLife || $0.isDeath }
        // Terms of those that have one: life and death have 0.
        let termed = zip(records, weights).filter {
            !$0.0.sentence.isLife && !$0.0.sentence.isDeath
        }
        let months = termed.map { (value: Double($0.0.sentence.months), weight: $0.1) }
        let fines = zip(records, weights).map { (value: Double($0.fineYuan), weight: $1) }
        func at(_ share: Double, _ values: [(value: Double, weight: Double)]) -> Int {
            Int(WeightedMedian.quantile(share, of: values).rounded())
        }
        var charges: [String: Double] = [:]
        for (record, weight) in zip(records, weights) {
            charges[record.charges[0], default: 0] += weight
        }
        let commonest = charges.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
        return OutcomeEstimate(
            source: .precedents,
            outcome: CaseOutcome(
                charge: likeliestCharge ?? commonest,
                months: isLife || isDeath ? 0 : at(0.5, months), fineYuan: at(0.5, fines),
                isLife: isLife, isDeath: isDeath, suspect: Suspect.name(in: fact) ?? ""),
            monthsRange: at(0.25, months)...at(0.75, months),
            fineRange: at(0.25, fines)...at(0.75, fines))
    }
}

enum WeightedMedian {
    /// The value below which `share` of the weight lies; between two values at an exact half, their
    /// mean. 0 without values.
    static func quantile(_ share: Double, of values: [(value: Double, weight: Double)]) -> Double {
        let sorted = values.filter { $0.weight > 0 }.sorted { $0.value < $1.value }
        let wanted = share * sorted.reduce(0) { $0 + $1.weight }
        var sum = 0.0
        for (place, item) in sorted.enumerated() {
            sum += item.weight
            if abs(sum - wanted) < 1e-12, place + 1 < sorted.count {
                return (item.value + sorted[place + 1].value) / 2
            }
            if sum > wanted { return item.value }
        }
        return sorted.last?.value ?? 0
    }
}

/// The accused, as courts name them: 被告人 and a name of two to four characters.
enum Suspect {
    static func name(in fact: String) -> String? {
        guard let range = fact.firstRange(of: "被告人") else { return nil }
        let rest = fact[range.upperBound...]
        guard let mark = rest.prefix(2).firstIndex(of: "某") else { return nil }
        let after = rest[rest.index(after: mark)...]
        // 某某, 某甲: one character more belongs to the name when it is such a mark.
        let marks: Set<Character> = ["某", "甲", "乙", "丙", "丁", "戊", "一", "二", "三"]
        let more = after.first.map { marks.contains($0) } ?? false
        return String(rest[..<mark]) + "某" + (more ? after.prefix(1) : "")
    }
}
