internal import Tensors

/// A fact to find precedents for.
package struct PrecedentQuery: Sendable, Equatable {
    package var fact: String
    /// Conditions of the user's; charges named here take the place of the classifier's.
    package var filter = CaseFilter()
    package var top = 5
    package var ranking = CaseTextRanking()
    /// How much meaning counts beside words, 0 or more.
    package var meaningShare = 1.0
    package var shares = PrecedentShares()
    /// Ids that may not be found.
    package var excluded: Set<Int64> = []

    package init(fact: String) { self.fact = fact }
}

/// A case that was found.
package struct Precedent: Sendable, Equatable {
    package var stored: StoredCase
    /// 0…1.
    package var score: Double
    /// 0…1 of the best; nil when the channel did not find it.
    package var keywords: Double?
    package var meaning: Double?
    /// How alike the elements are, 0…1.
    package var elements: Double
}

package struct PrecedentAnswer: Sendable {
    /// Which part of the library was searched.
    package enum Scope: Sendable, Equatable {
        /// Cases with any of the charges the classifier chose.
        case predicted([String])
        /// Cases with any of the charges the user named.
        case named([String])
        /// Everything, and why.
        case whole(Reason)
    }

    package enum Reason: String, Sendable {
        case unsure = "the classifier is not sure of any charge"
        case noClassifier = "no classifier was trained: reel cases train"
    }

    package var scope: Scope
    /// What the classifier says; nil without one.
    package var judgement: ChargeJudgement?
    /// Of the query's fact.
    package var elements: CaseElements
    /// Best first.
    package var precedents: [Precedent]
}

/// Finds precedents: classify, search inside the class by words and meaning, rank by what decides.
package struct PrecedentSearch {
    /// Cases of each channel that are fused.
    private static let depth = 100

    let library: CaseLibrary
    let index: CaseTextIndex
    let classifier: (any ChargeClassifier)?
    let meaning: (index: MeaningIndex, encoder: any FactEncoder)?

    package func search(_ query: PrecedentQuery) throws -> PrecedentAnswer {
        let fact = try FactText.checked(query.fact)
        var filter = query.filter
        let judgement = try classifier?.judgement(of: fact)
        let scope = scope(filter, judgement)
        if case .predicted(let charges) = scope { filter.charges = charges }
        let allowed = try library.ids(filter)
        let order = try PrecedentOrder(query: fact, index: index, shares: query.shares)
        let depth = max(Self.depth, query.top * 4)
        let isExcluded = query.excluded.contains
        let found = try index.search(
            fact, top: depth + query.excluded.count, allowed: allowed, ranking: query.ranking)
        let near = try meaning.map { meaning in
            let embedding = try FactEmbedding.embeddings(of: [fact], by: meaning.encoder)[0]
            return try meaning.index.search(
                embedding, top: depth + query.excluded.count, allowed: allowed,
                workers: Parallelism.workers)
        }
        let fused = PrecedentFusion.fused(
            keywords: found.filter { !isExcluded($0.id) },
            meaning: near?.filter { !isExcluded($0.id) }, meaningShare: query.meaningShare)
        let stored = try library.cases(fused.prefix(max(query.top * 4, 50)).map(\.id))
        let byID = Dictionary(stored.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let read = fused.compactMap { candidate in
            byID[candidate.id].map { (candidate: candidate, stored: $0) }
        }
        let cosines = try read.map { try order.likeness(of: $0.stored.record.fact) }
        let highest = max(cosines.max() ?? 0, 1e-9)
        let precedents = zip(read, cosines).map { found, cosine in
            let likeness = order.elementLikeness(found.stored.elements)
            return Precedent(
                stored: found.stored,
                score: query.shares.score(
                    found.candidate.score, likeness: cosine / highest, elements: likeness),
                keywords: found.candidate.keywords, meaning: found.candidate.meaning,
                elements: likeness)
        }
        .sorted { ($0.score, $0.stored.id) > ($1.score, $1.stored.id) }
        return PrecedentAnswer(
            scope: scope, judgement: judgement, elements: ElementReader.elements(of: fact),
            precedents: Array(precedents.prefix(query.top)))
    }

    private func scope(
        _ filter: CaseFilter, _ judgement: ChargeJudgement?
    ) -> PrecedentAnswer.Scope {
        guard filter.charges.isEmpty else { return .named(filter.charges) }
        guard let judgement else { return .whole(.noClassifier) }
        guard judgement.isSure else { return .whole(.unsure) }
        return .predicted(judgement.chosen.map(\.name))
    }
}

extension PrecedentSearch {
    /// - Parameter models: of this library; without a classifier everything is searched.
    package init(_ library: CaseLibrary, _ models: CaseModels) {
        self.init(
            library: library, index: models.index, classifier: models.classifier,
            meaning: models.meaning)
    }
}

/// Merges what words and meaning found.
enum PrecedentFusion {
    struct Candidate: Sendable, Equatable {
        var id: Int64
        /// 0…1.
        var score: Double
        var keywords: Double?
        var meaning: Double?
    }

    /// The weighted mean of the channels' scores, each as a share of its best; best first.
    static func fused(
        keywords: [CaseTextIndex.Match], meaning: [CaseTextIndex.Match]?, meaningShare: Double
    ) -> [Candidate] {
        var candidates: [Int64: Candidate] = [:]
        let best = keywords.first?.score ?? 1
        for match in keywords {
            let share = match.score / best
            candidates[match.id] = Candidate(id: match.id, score: share, keywords: share)
        }
        if let meaning, meaningShare > 0 {
            let highest = meaning.first?.score ?? 1
            let lowest = meaning.last?.score ?? 0
            for match in meaning {
                let share = highest > lowest ? (match.score - lowest) / (highest - lowest) : 1
                candidates[match.id, default: Candidate(id: match.id, score: 0)].meaning = share
            }
            for (id, candidate) in candidates {
                let sum = (candidate.keywords ?? 0) + meaningShare * (candidate.meaning ?? 0)
                candidates[id]?.score = sum / (1 + meaningShare)
            }
        }
        return candidates.values.sorted { ($0.score, $0.id) > ($1.score, $1.id) }
    }
}
