/// How well a library answers golden questions. As JSON it is what `eval answers` prints.
package struct AnswerEvaluation: Encodable, Sendable {
    package let schemaVersion = 1
    /// Questions that something in the library answers.
    package var answerable = 0
    /// Of these, whose first citation is a relevant moment.
    package var rightFirst = 0
    /// Of these, that got no answer.
    package var unanswered = 0
    /// Questions that nothing in the library answers.
    package var unanswerable = 0
    /// Of these, where the answer says so.
    package var saidSo = 0
    package var byKind: [String: Counts] = [:]
    package var millisecondsPerQuestion = 0.0
    /// Question by question; nil where a report leaves them out.
    package var outcomes: [Outcome]?

    package struct Counts: Encodable, Sendable {
        package var questions = 0
        package var right = 0
    }

    package struct Outcome: Encodable, Sendable {
        package var question: String
        package var kind: String?
        package var isAnswerable: Bool
        /// Nil when nothing was found.
        package var answer: String?
        package var score: Double
        package var citedPath: String?
        package var citedStartSeconds: Double?
        /// A right first citation, or rightly none.
        package var isRight: Bool

        enum CodingKeys: String, CodingKey {
            case question, kind, answer, score
            case isAnswerable = "answerable"
            case citedPath = "cited_path"
            case citedStartSeconds = "cited_start_seconds"
            case isRight = "right"
        }
    }

    enum CodingKeys: String, CodingKey {
        case answerable, unanswered, unanswerable, outcomes
        case schemaVersion = "schema_version"
        case rightFirst = "right_first"
        case saidSo = "said_so"
        case byKind = "by_kind"
        case millisecondsPerQuestion = "milliseconds_per_question"
    }

    init(_ outcomes: [Outcome], milliseconds: Double) {
        self.outcomes = outcomes
        for outcome in outcomes {
            if outcome.isAnswerable {
                answerable += 1
                rightFirst += outcome.isRight ? 1 : 0
                unanswered += outcome.answer == nil ? 1 : 0
            } else {
                unanswerable += 1
                saidSo += outcome.isRight ? 1 : 0
            }
            byKind[outcome.kind ?? "any", default: Counts()].questions += 1
            byKind[outcome.kind ?? "any", default: Counts()].right += outcome.isRight ? 1 : 0
        }
        guard !outcomes.isEmpty else { return }
        millisecondsPerQuestion = (milliseconds / Double(outcomes.count) * 10).rounded() / 10
    }
}
