internal import Answering
package import Corpus
internal import Embedders
internal import Retrieval
internal import Storage

/// A question as a person asks it.
package struct AnswerRequest: Sendable {
    package var question: String
    /// How the library is searched for evidence; its words are the question's.
    package var search: SearchRequest
    /// Passages of evidence at most; nil for the standard.
    package var passages: Int?

    package init(question: String) {
        self.question = question
        search = SearchRequest(query: question)
    }

    /// A question is words: nothing in it is an operator.
    fileprivate var evidenceSearch: SearchRequest {
        var search = search
        search.query = question
        search.isLiteral = true
        search.top = Self.moments
        // Sentences are judged one by one afterwards.
        search.reranks = false
        return search
    }

    private static let moments = 12

    fileprivate var evidenceSettings: EvidenceSettings {
        var settings = EvidenceSettings()
        settings.passages = passages ?? settings.passages
        settings.minimumConfidence = max(settings.minimumConfidence, search.minimumConfidence)
        return settings
    }
}

/// What the library says to a question.
package struct LibraryAnswer: Sendable {
    package struct Sentence: Sendable, Equatable {
        package var text: String
        /// Ids of `evidence`.
        package var citations: [Int]
        /// False for a sentence that its evidence does not bear out.
        package var isSupported: Bool
        /// How well the evidence answers or supports it, 0…1.
        package var score: Double
    }

    package struct Evidence: Sendable, Equatable {
        package var id: Int
        package var asset: Asset
        package var span: TimeSpan
        /// Empty for a moment that is only seen.
        package var text: String
        package var source: PassageSource?
        /// What a model says is seen, in a word or two each.
        package var tags: [String]
        package var pictures: [String]
        package var digest: String
        package var confidence: Double?
    }

    /// A sentence that was considered.
    package struct Candidate: Sendable, Equatable {
        package var text: String
        package var evidence: Int
        package var score: Double
    }

    package var question: String
    package var generation: Int64
    /// Nil when nothing in the library answers.
    package var sentences: [Sentence]?
    package var evidence: [Evidence]
    /// Best first.
    package var candidates: [Candidate]
    package var missing: [String]
    package var notes: [String]
    package var milliseconds: [String: Double]

    package var isFound: Bool { sentences != nil }
}

extension Application {
    package func ask(_ request: AnswerRequest) throws -> LibraryAnswer {
        try Failure.translating {
            let session = try SearchSession(application: self, for: request.search)
            var answer = try LibraryAsking(library: session).answer(request)
            answer.milliseconds["open"] = session.openingMilliseconds
            answer.milliseconds["total", default: 0] += session.openingMilliseconds
            answer.milliseconds = answer.milliseconds.mapValues { ($0 * 100).rounded() / 100 }
            return answer
        }
    }
}

/// An open library with its models, as answering needs it.
protocol AskedLibrary {
    var reranker: (any PassageReranker)? { get }
    var textEmbedder: TextEmbedder? { get }
    func search(_ request: SearchRequest) throws -> SearchAnswer
    func reading<Result>(_ body: (LibraryReader) throws -> Result) throws -> Result
}

extension SearchSession: AskedLibrary {
    var reranker: (any PassageReranker)? { searcher.models.reranker }
    var textEmbedder: TextEmbedder? { searcher.models.text }

    func reading<Result>(_ body: (LibraryReader) throws -> Result) throws -> Result {
        try body(library)
    }
}

/// From a question to an answer, over any open library.
struct LibraryAsking {
    let library: any AskedLibrary

    private static let noJudge =
        "No model is installed to judge sentences by, so that only evidence is shown. "
        + "Fetch the default models with scripts/fetch-models."

    func answer(_ request: AnswerRequest) throws -> LibraryAnswer {
        var clock = StageClock()
        let found = try clock.measure("search") {
            try library.search(request.evidenceSearch)
        }
        let evidence = try clock.measure("evidence") {
            try library.reading {
                try EvidenceCollector(library: $0, settings: request.evidenceSettings)
                    .evidence(from: found.hits)
            }
        }
        var answer = LibraryAnswer(
            question: request.question, generation: found.generation, sentences: nil,
            evidence: evidence.map(LibraryAnswer.Evidence.init), candidates: [],
            missing: found.missing, notes: found.notes, milliseconds: [:])
        if let judge = SentenceJudge(reranker: library.reranker, embedder: library.textEmbedder) {
            let result = try clock.measure("answer") {
                try ExtractiveAnswerer(judge: judge).answer(request.question, from: evidence)
            }
            answer.sentences = result.answer?.sentences.map(LibraryAnswer.Sentence.init)
            answer.candidates = result.candidates.map {
                LibraryAnswer.Candidate(text: $0.text, evidence: $0.evidence, score: $0.score)
            }
        } else {
            answer.notes.append(Self.noJudge)
        }
        answer.milliseconds = clock.milliseconds
        return answer
    }
}

/// Where the time of an answer goes.
struct StageClock {
    private let start = ContinuousClock.now
    private var stages: [String: Double] = [:]

    mutating func measure<Result>(_ stage: String, _ body: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        let result = try body()
        stages[stage, default: 0] += start.duration(to: .now) / .milliseconds(1)
        return result
    }

    /// With `total`.
    var milliseconds: [String: Double] {
        var all = stages
        all["total"] = start.duration(to: .now) / .milliseconds(1)
        return all.mapValues { ($0 * 100).rounded() / 100 }
    }
}

extension LibraryAnswer.Evidence {
    init(_ evidence: Evidence) {
        self.init(
            id: evidence.id, asset: evidence.asset, span: evidence.span, text: evidence.text,
            source: evidence.source, tags: evidence.tags,
            pictures: evidence.keyFrames.map(\.path), digest: evidence.digest,
            confidence: evidence.confidence)
    }
}

extension LibraryAnswer.Sentence {
    init(_ sentence: Answer.Sentence) {
        self.init(
            text: sentence.text, citations: sentence.citations,
            isSupported: sentence.isSupported, score: sentence.score)
    }
}
