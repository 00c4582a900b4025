internal import LegalCases

/// What rules read from a fact; only what was found is said.
package struct CaseElementsDocument: Encodable, Sendable, Equatable {
    package var largestAmountYuan: Double?
    package var injury: String?
    package var weapon: String?
    package var role: String?
    package var year: Int?
    /// 自首, 坦白, 累犯, 前科, 赔偿, 谅解, 未遂: those that are there.
    package var circumstances: [String]

    enum CodingKeys: String, CodingKey {
        case injury, weapon, role, year, circumstances
        case largestAmountYuan = "largest_amount_yuan"
    }

    init(_ elements: CaseElements) {
        largestAmountYuan = elements.largestAmount
        injury = elements.injury?.name
        weapon = elements.weapon?.name
        role = elements.role?.name
        year = elements.year
        circumstances = [
            (elements.hasSurrendered, "自首"), (elements.hasConfessed, "坦白"),
            (elements.isRecidivist, "累犯"), (elements.hasRecord, "前科"),
            (elements.hasCompensated, "赔偿"), (elements.isForgiven, "谅解"),
            (elements.isAttempt, "未遂"),
        ].filter(\.0).map(\.1)
    }
}

/// A precedent, for people and as JSON.
package struct PrecedentDocument: Encodable, Sendable, Equatable {
    package var rank: Int
    package var id: Int64
    /// 0…1.
    package var score: Double
    /// Each 0…1; nil for a channel that did not find it.
    package var keywords: Double?
    package var meaning: Double?
    package var elementLikeness: Double
    package var charges: [String]
    package var articles: [Int]
    package var months: Int
    package var isLife: Bool
    package var isDeath: Bool
    package var fineYuan: Int
    package var elements: CaseElementsDocument
    package var fact: String

    enum CodingKeys: String, CodingKey {
        case rank, id, score, keywords, meaning, charges, articles, elements, fact
        case elementLikeness = "element_likeness"
        case months = "imprisonment_months"
        case isLife = "life_imprisonment"
        case isDeath = "death_penalty"
        case fineYuan = "fine_yuan"
    }

    init(_ precedent: Precedent, rank: Int) {
        let record = precedent.stored.record
        self.rank = rank
        id = precedent.stored.id
        score = rounded(precedent.score)
        keywords = precedent.keywords.map(rounded)
        meaning = precedent.meaning.map(rounded)
        elementLikeness = rounded(precedent.elements)
        charges = record.charges
        articles = record.articles
        months = record.sentence.months
        isLife = record.sentence.isLife
        isDeath = record.sentence.isDeath
        fineYuan = record.fineYuan
        elements = CaseElementsDocument(precedent.stored.elements)
        fact = record.fact
    }
}

/// `reel cases search`.
package struct PrecedentsDocument: Encodable, Sendable {
    package let schemaVersion = 1
    /// Charges whose cases were searched; empty for the whole library.
    package var searchedCharges: [String]
    /// How the search was narrowed, or why it was not.
    package var scope: String
    package var charges: [ClassificationDocument.Charge]
    /// What is to be known of the classifier before believing it.
    package var notes: [String]
    /// Of the fact that was asked about.
    package var elements: CaseElementsDocument
    package var hits: [PrecedentDocument]
    package var milliseconds: Double

    enum CodingKeys: String, CodingKey {
        case scope, charges, notes, elements, hits, milliseconds
        case schemaVersion = "schema_version"
        case searchedCharges = "searched_charges"
    }

    init(_ answer: PrecedentAnswer, by method: CaseModels.Method?, milliseconds: Double) {
        notes = method?.notes ?? []
        switch answer.scope {
        case .predicted(let charges):
            searchedCharges = charges
            scope = "cases with the charges that the classifier found"
        case .named(let charges):
            searchedCharges = charges
            scope = "cases with the charges that were named"
        case .whole(let reason):
            searchedCharges = []
            scope = "the whole library: \(reason.rawValue)"
        }
        charges = (answer.judgement?.charges ?? []).prefix(5).map {
            .init(charge: $0.name, probability: rounded($0.probability))
        }
        elements = CaseElementsDocument(answer.elements)
        hits = answer.precedents.enumerated().map { PrecedentDocument($1, rank: $0 + 1) }
        self.milliseconds = rounded(milliseconds)
    }
}

/// An outcome with the method's keys, or with English ones.
package struct OutcomeDocument: Encodable, Sendable, Equatable {
    package var outcome: CaseOutcomeValues
    package var isChinese: Bool

    /// The six values.
    package struct CaseOutcomeValues: Sendable, Equatable {
        package var charge: String
        package var months: Int
        package var fineYuan: Int
        package var isLife: Bool
        package var isDeath: Bool
        package var suspect: String
    }

    init(_ outcome: CaseOutcome, isChinese: Bool) {
        self.outcome = CaseOutcomeValues(
            charge: outcome.charge, months: outcome.months, fineYuan: outcome.fineYuan,
            isLife: outcome.isLife, isDeath: outcome.isDeath, suspect: outcome.suspect)
        self.isChinese = isChinese
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { return nil }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        func key(_ key: OutcomeKey) -> Key { Key(isChinese ? key.rawValue : key.english) }
        try container.encode(outcome.charge, forKey: key(.charge))
        try container.encode(outcome.months, forKey: key(.months))
        try container.encode(outcome.fineYuan, forKey: key(.fine))
        try container.encode(outcome.suspect, forKey: key(.suspect))
        // The method writes yes and no as words.
        if isChinese {
            try container.encode(outcome.isLife ? "是" : "否", forKey: key(.life))
            try container.encode(outcome.isDeath ? "是" : "否", forKey: key(.death))
        } else {
            try container.encode(outcome.isLife, forKey: key(.life))
            try container.encode(outcome.isDeath, forKey: key(.death))
        }
    }
}

/// `reel cases predict`.
package struct PredictionDocument: Encodable, Sendable {
    package struct Vote: Encodable, Sendable, Equatable {
        package var temperature: Double
        package var outcome: OutcomeDocument?
        /// Why there is no outcome.
        package var fault: String?
        /// Keys in which this vote differs from the outcome.
        package var dissents: [String]
    }

    package let schemaVersion = 1
    /// `precedents` or `language model`.
    package var source: String
    package var note: String
    package var outcome: OutcomeDocument
    package var outcomeInEnglish: OutcomeDocument
    /// From, to.
    package var monthsRange: [Int]
    package var fineRange: [Int]
    /// Of each of the English keys, share of votes that say the same, 0…1; empty without votes.
    package var agreement: [String: Double]
    package var votes: [Vote]
    package var precedents: PrecedentsDocument

    enum CodingKeys: String, CodingKey {
        case source, note, outcome, agreement, votes, precedents
        case schemaVersion = "schema_version"
        case outcomeInEnglish = "outcome_en"
        case monthsRange = "imprisonment_months_range"
        case fineRange = "fine_yuan_range"
    }
}
