internal import Answering
package import Corpus
internal import Embedders
internal import LanguageModels
internal import Retrieval
internal import Storage

/// A question as a person asks it.
package struct AnswerRequest: Sendable {
    package var question: String
    /// How the library is searched for evidence; its words are the question's.
    package var search: SearchRequest
    /// Passages of evidence at most; nil for the standard.
    package var passages: Int?
    /// Whether a language model writes the answer, where one is configured.
    package var usesLanguageModel = true
    /// Makes a language model's words the same again, where its server can.
    package var seed: Int?
    /// What was said before the question, oldest first.
    package var conversation: [Turn] = []

    package struct Turn: Sendable, Equatable {
        package var isFromUser: Bool
        package var text: String

        package init(isFromUser: Bool, text: String) {
            self.isFromUser = isFromUser
            self.text = text
        }
    }

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
        /// The key frame that shows the moment, from 0.
        package var keyFrame: Int?
        package var hasCaptions: Bool
    }

    /// A sentence that was considered.
    package struct Candidate: Sendable, Equatable {
        package var text: String
        package var evidence: Int
        package var score: Double
    }

    /// What a language model wrote from one file's evidence and was not chosen.
    package struct Alternative: Sendable, Equatable {
        package var path: String
        package var text: String
        package var score: Double
    }

    package var question: String
    package var generation: Int64
    /// Who wrote the sentences; nil when they are the library's own.
    package var model: String?
    package var seed: Int?
    /// SHA-256 of the prompts that were used, by name.
    package var prompts: [String: String] = [:]
    /// Nil when nothing in the library answers.
    package var sentences: [Sentence]?
    package var evidence: [Evidence]
    /// Best first.
    package var candidates: [Candidate]
    package var alternatives: [Alternative] = []
    package var missing: [String]
    package var notes: [String]
    package var milliseconds: [String: Double]

    package var isFound: Bool { sentences != nil }
}

extension Application {
    package func ask(_ request: AnswerRequest) throws -> LibraryAnswer {
        try Failure.translating {
            let session = try SearchSession(application: self, for: request.search)
            var answer = try LibraryAsking(library: session, application: self).answer(request)
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
    var reranker: (any PassageReranker)? { library.searcher.models.reranker }
    var textEmbedder: TextEmbedder? { library.searcher.models.text }

    func reading<Result>(_ body: (LibraryReader) throws -> Result) throws -> Result {
        try library.searcher.readers.with(body)
    }
}

/// From a question to an answer, over any open library.
struct LibraryAsking {
    let library: any AskedLibrary
    let application: Application

    /// What is known of an answer on its way.
    enum Stage: String {
        /// Found, and nothing said yet.
        case evidence
        /// Said, and not checked yet.
        case draft
    }

    private static let noJudge =
        "No model is installed to judge sentences by, so that only evidence is shown. "
        + "Fetch the default models with scripts/fetch-models."

    /// - Parameters:
    ///   - onStage: given what is known after each stage but the last.
    ///   - isCancelled: asked often; then the answer ends with `CancellationError`.
    func answer(
        _ request: AnswerRequest, isCancelled: () -> Bool = { false },
        onStage: (Stage, LibraryAnswer) throws -> Void = { _, _ in }
    ) throws -> LibraryAnswer {
        var clock = StageClock()
        var notes: [String] = []
        let model = request.usesLanguageModel ? try application.languageModel() : nil
        var request = request
        if let model, !request.conversation.isEmpty {
            request.question = try clock.measure("rewrite") {
                try rewritten(request, model, isCancelled, &notes)
            }
        }
        let found = try clock.measure("search") {
            try library.search(request.evidenceSearch)
        }
        if isCancelled() { throw CancellationError() }
        let evidence = try clock.measure("evidence") {
            try library.reading {
                try EvidenceCollector(library: $0, settings: request.evidenceSettings)
                    .evidence(from: found.hits)
            }
        }
        var answer = LibraryAnswer(
            question: request.question, generation: found.generation, sentences: nil,
            evidence: evidence.map(LibraryAnswer.Evidence.init), candidates: [],
            missing: found.missing, notes: found.notes + notes,
            milliseconds: clock.milliseconds)
        try onStage(.evidence, answer)

        let judge = SentenceJudge(reranker: library.reranker, embedder: library.textEmbedder)
        if let judge {
            let result = try clock.measure("answer") {
                try ExtractiveAnswerer(judge: judge).answer(request.question, from: evidence)
            }
            answer.sentences = result.answer?.sentences.map(LibraryAnswer.Sentence.init)
            answer.candidates = result.candidates.map {
                LibraryAnswer.Candidate(text: $0.text, evidence: $0.evidence, score: $0.score)
            }
        } else if model == nil {
            answer.notes.append(Self.noJudge)
        }
        if let model, !evidence.isEmpty {
            try clock.measure("model") {
                try write(
                    &answer, request, from: evidence, model, judge, isCancelled: isCancelled,
                    onStage: onStage)
            }
        }
        answer.milliseconds = clock.milliseconds
        return answer
    }

    /// Puts a language model's words in place of the library's; when it fails they stay, and a note
    /// says why.
    private func write(
        _ answer: inout LibraryAnswer, _ request: AnswerRequest, from evidence: [Evidence],
        _ model: any LanguageModel, _ judge: SentenceJudge?, isCancelled: () -> Bool,
        onStage: (Stage, LibraryAnswer) throws -> Void
    ) throws {
        let prompts = application.prompts
        let prompt = try prompts.template(.answer)
        answer.prompts = [prompt.kind.name: prompt.digest]
        let verification: AnswerVerification
        if let judge {
            verification = AnswerVerification(judge: judge)
        } else {
            let check = try prompts.template(.verify)
            answer.prompts[check.kind.name] = check.digest
            verification = AnswerVerification(model: model, prompt: check)
        }
        let writer = try application.visionModel() ?? model
        var answerer = GenerativeAnswerer(
            model: writer, prompt: prompt, verification: verification)
        answerer.sendsPictures = application.configuration.languageModels.visionModel != nil
        answerer.seed = request.seed
        let result: GenerativeAnswerer.Result
        do {
            var draft = answer
            result = try answerer.answer(
                request.question, from: evidence,
                onDraft: {
                    draft.sentences = $0.sentences.map(LibraryAnswer.Sentence.init)
                    try onStage(.draft, draft)
                }, isCancelled: isCancelled)
        } catch let error as LanguageModelError {
            answer.prompts = [:]
            answer.notes.append("\(error) The library's own sentences are shown instead.")
            return
        }
        answer.model = writer.name
        answer.seed = request.seed
        answer.sentences = result.answer?.sentences.map(LibraryAnswer.Sentence.init)
        answer.alternatives = result.candidates.filter { $0.answer != result.answer }.map {
            LibraryAnswer.Alternative(path: $0.path, text: $0.answer.text, score: $0.score)
        }
    }

    private func rewritten(
        _ request: AnswerRequest, _ model: any LanguageModel, _ isCancelled: () -> Bool,
        _ notes: inout [String]
    ) throws -> String {
        do {
            return try QuestionRewriter(
                model: model, prompt: try application.prompts.template(.rewrite)
            ).rewritten(
                request.question,
                after: request.conversation.map {
                    ChatMessage($0.isFromUser ? .user : .assistant, $0.text)
                }, isCancelled: isCancelled)
        } catch let error as LanguageModelError {
            notes.append("\(error) The last question was searched for as it is.")
            return request.question
        }
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
            confidence: evidence.confidence, keyFrame: evidence.keyFrame,
            hasCaptions: evidence.hasCaptions)
    }
}

extension LibraryAnswer {
    /// Of question and evidence, as a language model would count them.
    package var estimatedPromptTokens: Int {
        evidence.reduce(TokenEstimate.tokens(of: question)) {
            $0 + TokenEstimate.tokens(of: $1.text)
        }
    }

    package var estimatedAnswerTokens: Int {
        (sentences ?? []).reduce(0) { $0 + TokenEstimate.tokens(of: $1.text) }
    }
}

extension LibraryAnswer.Sentence {
    init(_ sentence: Answer.Sentence) {
        self.init(
            text: sentence.text, citations: sentence.citations,
            isSupported: sentence.isSupported, score: sentence.score)
    }
}
