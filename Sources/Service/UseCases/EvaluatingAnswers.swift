internal import Corpus

extension Application {
    /// Asks the library every golden question of a JSON Lines file.
    /// - Parameter search: how evidence is looked for.
    package func evaluateAnswers(
        questions path: String, search: SearchRequest
    ) throws -> AnswerEvaluation {
        try Failure.translating {
            let questions = try GoldenQuestion.read(path)
            let session = try SearchSession(application: self, for: search)
            let asking = LibraryAsking(library: session, application: self)
            let start = ContinuousClock.now
            let outcomes = try questions.map { golden in
                var request = AnswerRequest(question: golden.question)
                request.search = search
                return AnswerEvaluation.Outcome(golden, answer: try asking.answer(request))
            }
            return AnswerEvaluation(
                outcomes, milliseconds: start.duration(to: .now) / .milliseconds(1))
        }
    }
}

extension AnswerEvaluation.Outcome {
    init(_ golden: GoldenQuestion, answer: LibraryAnswer) {
        let first = answer.sentences?.first
        let cited = first?.citations.first.flatMap { id in
            answer.evidence.first { $0.id == id }
        }
        let isAnswerable = !golden.relevant.isEmpty
        self.init(
            question: golden.question, kind: golden.kind, isAnswerable: isAnswerable,
            answer: first?.text, score: first?.score ?? answer.candidates.first?.score ?? 0,
            citedPath: cited?.asset.path, citedStartSeconds: cited?.span.startSeconds,
            isRight: isAnswerable ? cited.map(golden.isRight) ?? false : answer.sentences == nil)
    }
}
