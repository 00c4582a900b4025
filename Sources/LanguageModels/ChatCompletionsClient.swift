internal import Foundation
internal import HTTPTransfer

/// A language model behind an OpenAI-compatible endpoint.
///
/// What is sent goes to the endpoint's host and nowhere else; what comes back is data: it is read
/// as text, never followed.
package struct ChatCompletionsClient: LanguageModel {
    package let endpoint: ChatEndpoint

    package init(endpoint: ChatEndpoint) { self.endpoint = endpoint }

    package var name: String { endpoint.model }

    package func reply(
        to request: ChatRequest, onText: (String) throws -> Void, isCancelled: () -> Bool
    ) throws -> ChatReply {
        let body = try body(of: request)
        var pause = endpoint.limits.firstPauseSeconds
        var triesLeft = endpoint.limits.retries
        while true {
            if isCancelled() { throw CancellationError() }
            var attempt = Attempt(endpoint: endpoint, isStreamed: request.isStreamed)
            do {
                return try attempt.run(body, onText: onText, isCancelled: isCancelled)
            } catch let error as LanguageModelError
                where error.isPassing && triesLeft > 0 && !attempt.hasShownText
            {
                let asked = Double(attempt.retryAfterSeconds)
                guard asked <= endpoint.limits.longestPauseSeconds else { throw error }
                // Clients that failed together should not come back together.
                try wait(max(asked, pause * .random(in: 0.75...1.25)), isCancelled: isCancelled)
                triesLeft -= 1
                pause = min(pause * 2, endpoint.limits.longestPauseSeconds)
            }
        }
    }

    /// The request as bytes, refused here when it is larger than is wanted.
    private func body(of request: ChatRequest) throws -> [UInt8] {
        let limits = endpoint.limits
        let tokens = TokenEstimate.tokens(of: request.messages)
        guard tokens <= limits.promptTokens else {
            throw LanguageModelError.promptTooLong(tokens: tokens, limit: limits.promptTokens)
        }
        let body = try ChatCompletionsRequest(model: endpoint.model, request: request).bytes()
        guard body.count <= limits.requestBytes else {
            throw LanguageModelError.requestTooLarge(bytes: body.count, limit: limits.requestBytes)
        }
        return body
    }

    private func wait(_ seconds: Double, isCancelled: () -> Bool) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if isCancelled() { throw CancellationError() }
            Thread.sleep(forTimeInterval: min(0.05, seconds))
        }
    }
}

/// One try of a request.
private struct Attempt {
    let endpoint: ChatEndpoint
    let isStreamed: Bool
    private(set) var retryAfterSeconds = 0
    private(set) var hasShownText = false
    private var events = ServerSentEvents()
    private var thoughts = ThoughtFilter()
    private var reply = ChatReply(text: "")
    private var isDone = false

    init(endpoint: ChatEndpoint, isStreamed: Bool) {
        self.endpoint = endpoint
        self.isStreamed = isStreamed
        reply.isWhole = false
    }

    mutating func run(
        _ body: [UInt8], onText: (String) throws -> Void, isCancelled: () -> Bool
    ) throws -> ChatReply {
        var whole: [UInt8] = []
        let answer = try post(
            body,
            onBytes: { _, bytes in
                if isStreamed { try take(bytes, onText: onText) } else { whole += bytes }
            }, isCancelled: isCancelled)
        retryAfterSeconds = answer.retryAfterSeconds
        try requireSuccess(answer)
        if isStreamed {
            // A stream without its end was cut off.
            guard isDone else { throw LanguageModelError.brokenOff(host: endpoint.host) }
        } else {
            try add(whole)
        }
        try show(thoughts.finish(), onText: onText)
        if !isStreamed { try onText(reply.text) }
        return reply
    }

    /// Nothing goes anywhere but to the endpoint: redirects are not followed.
    private func post(
        _ body: [UInt8],
        onBytes: (TransferAnswer, UnsafeBufferPointer<UInt8>) throws -> Void,
        isCancelled: () -> Bool
    ) throws -> TransferAnswer {
        var request = TransferRequest(
            url: endpoint.url + "/chat/completions", body: body,
            headers: [
                .init("Content-Type", "application/json"),
                .init("Accept", isStreamed ? "text/event-stream" : "application/json"),
            ], key: endpoint.key, allowsLocalNetwork: endpoint.allowsLocalNetwork)
        request.limits.connectSeconds = endpoint.limits.connectSeconds
        request.limits.totalSeconds = endpoint.limits.replySeconds
        request.limits.silenceSeconds = endpoint.limits.silenceSeconds
        request.limits.bodyBytes = endpoint.limits.replyBytes
        do {
            return try Transfer(request).run(onBytes: onBytes, isCancelled: isCancelled)
        } catch let error as TransferError {
            throw LanguageModelError(error, of: endpoint)
        }
    }

    private func requireSuccess(_ answer: TransferAnswer) throws {
        if let redirect = answer.redirect {
            throw LanguageModelError.redirected(
                host: endpoint.host, to: Refusal.shown(redirect, hiding: endpoint.key))
        }
        guard answer.status == 200 else {
            throw LanguageModelError.refused(
                host: endpoint.host, status: answer.status,
                reason: Refusal.reason(in: answer.body, hiding: endpoint.key))
        }
    }

    private mutating func take(
        _ bytes: UnsafeBufferPointer<UInt8>, onText: (String) throws -> Void
    ) throws {
        var all: [[UInt8]] = []
        events.add(bytes) { all.append($0) }
        for data in all {
            if data.elementsEqual("[DONE]".utf8) {
                isDone = true
            } else {
                try show(try add(data), onText: onText)
            }
        }
    }

    /// Reads a reply or a piece of one.
    /// - Returns: what can be shown of it.
    @discardableResult
    private mutating func add(_ data: [UInt8]) throws -> String {
        let piece: ChatCompletionsReply
        do {
            piece = try JSONDecoder().decode(ChatCompletionsReply.self, from: Data(data))
        } catch {
            throw LanguageModelError.unreadableReply(
                host: endpoint.host, reason: "it is not a chat completion in JSON")
        }
        if let error = piece.error {
            throw LanguageModelError.refused(
                host: endpoint.host, status: 200,
                reason: Refusal.shown(error.message, hiding: endpoint.key))
        }
        if let usage = piece.usage {
            reply.promptTokens = usage.promptTokens
            reply.completionTokens = usage.completionTokens
        }
        guard let choice = piece.choices?.first else {
            // The last piece of a stream has the usage alone.
            if isStreamed { return "" }
            throw LanguageModelError.unreadableReply(
                host: endpoint.host, reason: "it has no choices")
        }
        if let reason = choice.finishReason {
            reply.isWhole = reason == "stop"
            isDone = true
        }
        let text = (isStreamed ? choice.delta : choice.message)?.content ?? ""
        let shown = thoughts.add(text)
        if !isStreamed { reply.text += shown }
        return shown
    }

    private mutating func show(_ text: String, onText: (String) throws -> Void) throws {
        guard !text.isEmpty else { return }
        reply.text += text
        guard isStreamed else { return }
        hasShownText = true
        try onText(text)
    }
}
