package import LanguageModels

/// Asks a language model for the outcome of a case three times and merges what it says.
///
/// The model gets the fact and its precedents as data between marks; what stands in them is never
/// an instruction, and nothing of a reply is used but the six values of the method's JSON.
package struct OutcomePredictor: Sendable {
    /// One call each.
    static let temperatures = [0.0, 0.5, 0.9]
    /// Characters of the fact, and of each precedent's, that are shown.
    private static let factLimit = 6000
    private static let precedentLimit = 1500

    /// The file `prompts/case-outcome.txt`.
    package static let promptKind = PromptTemplate.Kind(
        "case-outcome", variables: ["fact", "charges", "precedents"])

    private let model: any LanguageModel
    private let prompt: PromptTemplate

    package init(model: any LanguageModel, prompt: PromptTemplate) {
        self.model = model
        self.prompt = prompt
    }

    package struct Answer: Sendable {
        package var votes: [OutcomeVote]
        package var merged: MergedOutcome
    }

    /// - Throws: `badReply` when no call gave what was asked for; what the model throws.
    package func predict(
        fact: String, charges: [String], precedents: [Precedent], isCancelled: () -> Bool
    ) throws -> Answer {
        let messages = prompt.filled([
            "fact": Self.data(fact, limit: Self.factLimit),
            "charges": charges.isEmpty ? "（不确定）" : charges.joined(separator: "；"),
            "precedents": precedents.enumerated().map(Self.described).joined(separator: "\n\n"),
        ])
        var votes: [OutcomeVote] = []
        for (place, temperature) in Self.temperatures.enumerated() {
            guard !isCancelled() else { throw CancellationError() }
            votes.append(
                try vote(messages, temperature, seed: place + 1, isCancelled: isCancelled))
        }
        guard let merged = MergedOutcome(votes) else {
            throw LegalCaseError.badReply(votes.compactMap(\.fault).last ?? "there was none")
        }
        return Answer(votes: votes, merged: merged)
    }

    private func vote(
        _ messages: [ChatMessage], _ temperature: Double, seed: Int, isCancelled: () -> Bool
    ) throws -> OutcomeVote {
        var request = ChatRequest(messages: messages)
        request.temperature = temperature
        request.seed = seed
        request.schema = OutcomeReply.schema
        var vote = OutcomeVote(temperature: temperature)
        // A reply that cannot be used is told why, once.
        for _ in 0..<2 {
            let reply = try reply(to: request, isCancelled: isCancelled)
            do {
                vote.outcome = try OutcomeReply.outcome(reply.text)
                vote.fault = nil
                return vote
            } catch {
                vote.fault = error.description
                request.messages.append(ChatMessage(.assistant, reply.text))
                request.messages.append(
                    ChatMessage(.user, "上一个回答不符合要求。只返回一个JSON对象，包含且仅包含要求的六个键。"))
            }
        }
        return vote
    }

    /// What a server gives as its reason may repeat the case: only its status is passed on.
    private func reply(to request: ChatRequest, isCancelled: () -> Bool) throws -> ChatReply {
        do {
            return try model.reply(to: request, onText: { _ in }, isCancelled: isCancelled)
        } catch LanguageModelError.refused(let host, let status, _) {
            throw LanguageModelError.refused(host: host, status: status, reason: "")
        } catch LanguageModelError.unreadableReply(let host, _) {
            throw LanguageModelError.unreadableReply(
                host: host, reason: "it is not what was asked for")
        }
    }

    private static func described(_ place: Int, _ precedent: Precedent) -> String {
        let record = precedent.stored.record
        let term =
            record.sentence.isDeath
            ? "死刑" : record.sentence.isLife ? "无期徒刑" : "有期徒刑\(record.sentence.months)个月"
        return """
            先例\(place + 1)：
            \(data(record.fact, limit: precedentLimit))
            罪名：\(record.charges.joined(separator: "、"))；\(term)；罚金\(record.fineYuan)元
            """
    }

    /// Text between marks that it cannot hold itself.
    private static func data(_ text: String, limit: Int) -> String {
        let kept = text.filter { $0 != "〈" && $0 != "〉" }
        return "〈案情〉" + kept.prefix(limit) + "〈/案情〉"
    }
}
