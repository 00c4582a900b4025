import Foundation
import HTTPTransfer
import LanguageModels
import Synchronization
import TestSupport
import Testing

@Suite struct ChatCompletionsClientTests {
    private func client(
        _ server: ScriptedServer, key: String? = nil,
        _ change: (inout ChatEndpoint.Limits) -> Void = { _ in }
    ) throws -> ChatCompletionsClient {
        var endpoint = try ChatEndpoint(
            url: server.url, model: "tiny", key: key.flatMap { SecretKey($0) })
        endpoint.limits.firstPauseSeconds = 0.01
        change(&endpoint.limits)
        return ChatCompletionsClient(endpoint: endpoint)
    }

    private let request = ChatRequest(messages: [ChatMessage(.user, "Hello?")])

    private func error(_ body: () throws -> Void) -> (any Error)? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }

    // MARK: Good replies

    @Test func aRequestHasTheShapeServersKnow() throws {
        let server = try ScriptedServer([.says("<think>Hm.</think>\n\nHello!")])
        var request = ChatRequest(messages: [
            ChatMessage(.system, "Be brief."),
            ChatMessage(.user, "See", pictures: [[0xFF, 0xD8, 0xFF]]),
        ])
        request.seed = 7
        request.maximumTokens = 9
        request.schema = #"{"type":"object"}"#
        let reply = try client(server, key: "sk-secret").reply(to: request)
        #expect(reply.text == "Hello!")
        #expect(reply.promptTokens == 7 && reply.completionTokens == 3 && reply.isWhole)
        let sent = try #require(server.requests.first)
        #expect(sent.head.hasPrefix("POST /v1/chat/completions HTTP/1.1\r\n"))
        #expect(sent.head.contains("Authorization: Bearer sk-secret"))
        #expect(
            sent.body == #"{"max_tokens":9,"messages":[{"content":"Be brief.","role":"system"},"#
                + #"{"content":[{"text":"See","type":"text"},"#
                + #"{"image_url":{"url":"data:image/jpeg;base64,/9j/"},"type":"image_url"}],"#
                + #""role":"user"}],"model":"tiny","response_format":{"json_schema":{"name":"reply","#
                + #""schema":{"type":"object"},"strict":true},"type":"json_schema"},"seed":7,"#
                + #""stream":false,"temperature":0}"#)
    }

    @Test func textComesPieceByPieceWithoutThoughts() throws {
        let server = try ScriptedServer([
            .streams(["<th", "ink>let me", " see</thi", "nk> It", " takes", " three <days"])
        ])
        var request = request
        request.isStreamed = true
        var pieces: [String] = []
        let reply = try client(server).reply(
            to: request, onText: { pieces.append($0) }, isCancelled: { false })
        #expect(reply.text == "It takes three <days")
        #expect(pieces == ["It", " takes", " three <days"])
        #expect(reply.isWhole)
    }

    @Test func aReplyThatWasCutSaysSo() throws {
        let server = try ScriptedServer([
            .json(ScriptedServer.Reply.completion("It is", finish: "length"))
        ])
        #expect(try !client(server).reply(to: request).isWhole)
    }

    // MARK: Servers in trouble

    private static let passing = [
        "429 Too Many Requests", "500 Internal Server Error", "503 Service Unavailable",
    ]

    @Test(arguments: passing)
    func whatPassesIsTriedAgain(status: String) throws {
        let server = try ScriptedServer([
            .json("{}", status: status), .json("{}", status: status), .says("Yes"),
        ])
        #expect(try client(server).reply(to: request).text == "Yes")
        #expect(server.requests.count == 3)
    }

    @Test func aServerThatAsksForTimeGetsIt() throws {
        let server = try ScriptedServer([
            .json("{}", status: "429 Too Many Requests", headers: "Retry-After: 1\r\n"),
            .says("Yes"),
        ])
        let start = ContinuousClock.now
        #expect(try client(server).reply(to: request).text == "Yes")
        #expect(start.duration(to: .now) >= .seconds(1))
    }

    @Test func aServerThatAsksForTooMuchTimeIsNotWaitedFor() throws {
        let server = try ScriptedServer([
            .json(
                #"{"error":{"message":"Quota  of sk-secret\nis used up"}}"#,
                status: "429 Too Many Requests", headers: "Retry-After: 3600\r\n")
        ])
        let found = error { _ = try client(server, key: "sk-secret").reply(to: request) }
        #expect(
            found as? LanguageModelError
                == .refused(host: "127.0.0.1", status: 429, reason: "Quota of (key) is used up"))
        #expect(server.requests.count == 1)
    }

    @Test func tryingEnds() throws {
        let server = try ScriptedServer([.json("oops", status: "500 Internal Server Error")])
        let found = error { _ = try client(server) { $0.retries = 2 }.reply(to: request) }
        #expect(
            found as? LanguageModelError == .refused(host: "127.0.0.1", status: 500, reason: ""))
        #expect(server.requests.count == 3)
    }

    private static let unreadable = [
        "not JSON", #"{"choices":[]}"#, "{}", #"{"choices":7}"#,
        String(repeating: "[", count: 10_000),
    ]

    @Test(arguments: unreadable)
    func aReplyThatIsNoneIsAnErrorAtOnce(body: String) throws {
        let server = try ScriptedServer([.json(body)])
        let found = error { _ = try client(server).reply(to: request) } as? LanguageModelError
        guard case .unreadableReply = found else {
            Issue.record("got \(String(describing: found))")
            return
        }
        #expect(server.requests.count == 1)
    }

    @Test func aReplyThatBreaksOffIsTriedAgainUnlessTextWasShown() throws {
        let half = ScriptedServer.Reply([
            .send("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"choices\":[")
        ])
        let whole = try ScriptedServer([half, .says("Yes")])
        #expect(try client(whole).reply(to: request).text == "Yes")

        let stream = try ScriptedServer([.streams(["It is"], isWhole: false)])
        var request = request
        request.isStreamed = true
        var shown = ""
        let found = error {
            _ = try client(stream).reply(
                to: request, onText: { shown += $0 }, isCancelled: { false })
        }
        #expect(found as? LanguageModelError == .brokenOff(host: "127.0.0.1"))
        #expect(shown == "It is" && stream.requests.count == 1)
    }

    @Test func slowServersAndLongRepliesAreGivenUp() throws {
        let slow = try ScriptedServer([.init([.pause(3)])])
        let late = error { _ = try client(slow) { $0.replySeconds = 0.3 }.reply(to: request) }
        #expect(late as? LanguageModelError == .timedOut(host: "127.0.0.1", seconds: 0.3))
        let huge = try ScriptedServer([.says(String(repeating: "x", count: 100_000))])
        let long = error { _ = try client(huge) { $0.replyBytes = 1000 }.reply(to: request) }
        #expect(long as? LanguageModelError == .replyTooLarge(host: "127.0.0.1", limit: 1000))
    }

    @Test func anErrorInsideAStreamIsAnError() throws {
        let server = try ScriptedServer([
            .init([
                .send(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                        + "data: {\"error\":{\"message\":\"out of memory\"}}\n\n")
            ])
        ])
        var request = request
        request.isStreamed = true
        let found = error { _ = try client(server).reply(to: request) }
        #expect(
            found as? LanguageModelError
                == .refused(host: "127.0.0.1", status: 200, reason: "out of memory"))
    }

    @Test func whoeverCancelsIsHeard() throws {
        let server = try ScriptedServer([.streams(["a", "b"], pause: 5)])
        var request = request
        request.isStreamed = true
        var isCancelled = false
        let start = ContinuousClock.now
        #expect(throws: CancellationError.self) {
            try client(server).reply(
                to: request, onText: { _ in isCancelled = true }, isCancelled: { isCancelled })
        }
        #expect(start.duration(to: .now) < .seconds(4))
    }

    // MARK: Where things are sent

    @Test func redirectsAreNotFollowed() throws {
        let other = try ScriptedServer([.says("Got you")])
        let server = try ScriptedServer([
            .json("", status: "307 Temporary Redirect", headers: "Location: \(other.url)/x\r\n")
        ])
        let found = error { _ = try client(server, key: "sk-secret").reply(to: request) }
        #expect(
            found as? LanguageModelError
                == .redirected(host: "127.0.0.1", to: "\(other.url)/x"))
        #expect(other.requests.isEmpty)
    }

    @Test func whatIsTooMuchIsNotSent() throws {
        let server = try ScriptedServer([.says("Yes")])
        let tokens = error { _ = try client(server) { $0.promptTokens = 1 }.reply(to: request) }
        #expect(tokens as? LanguageModelError == .promptTooLong(tokens: 2, limit: 1))
        let bytes = error { _ = try client(server) { $0.requestBytes = 10 }.reply(to: request) }
        guard case .requestTooLarge = bytes as? LanguageModelError else {
            Issue.record("got \(String(describing: bytes))")
            return
        }
        #expect(server.requests.isEmpty)
    }

    @Test func nobodyListeningIsNamed() throws {
        var server: ScriptedServer? = try ScriptedServer([.says("Yes")])
        let client = try client(try #require(server)) { $0.retries = 0 }
        server = nil
        guard
            case .unreachable = error({ _ = try client.reply(to: request) }) as? LanguageModelError
        else {
            Issue.record("Something answered.")
            return
        }
    }
}
