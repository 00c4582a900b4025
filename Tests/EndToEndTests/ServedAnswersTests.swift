import Foundation
import TestSupport
import Testing

/// `/v1/answer`, `/v1/chat/completions` and `/mcp` over the demo library.
@Suite(
    .enabled(if: BuiltProgram.hasTextEncoder, "Needs the fetched models: scripts/fetch-models"))
struct ServedAnswersTests {
    private static let question = "How long does a trip to the moon take?"
    private static let sentence =
        "It takes three days to fly to the moon, which circles us far away."

    private let server: ServedProgram

    init() throws {
        server = try ServedProgram(library: DemoLibrary.path())
        for _ in 0..<1000 where try server.get("/readyz").status != 200 { usleep(20_000) }
        try #require(try server.get("/readyz").status == 200)
    }

    private func json(_ object: Any) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }

    // MARK: /v1/answer

    @Test func anAnswerComesWithItsEvidenceAndLinks() throws {
        let answer = try server.post("/v1/answer", json: json(["question": Self.question]))
        #expect(answer.status == 200)
        let document = try answer.object()
        #expect(document["found"] as? Bool == true)
        let sentences = (document["answer"] as? [String: Any])?["sentences"] as? [[String: Any]]
        #expect(sentences?.map { $0["text"] as? String } == [Self.sentence])
        // As the command answers, by the same measure.
        let command = try DemoLibrary.reel("--json", "ask", Self.question).objects().first
        let told = (command?["answer"] as? [String: Any])?["sentences"] as? [[String: Any]]
        let scores = [sentences, told].map { $0?.first?["score"] as? Double ?? 0 }
        #expect(abs(scores[0] - scores[1]) < 0.05)
        let evidence = try #require(document["evidence"] as? [[String: Any]])
        let links = try #require(evidence.first?["links"] as? [String: Any])
        let media = try #require(links["media"] as? String)
        #expect(media.hasPrefix("/v1/assets/") && media.hasSuffix("/media"))
        #expect(!answer.text.contains("thumbnails/"))
    }

    @Test func anAnswerComesInStages() throws {
        let answer = try server.ask(
            "POST", "/v1/answer",
            headers: ["Content-Type": "application/json", "Accept": "text/event-stream"],
            body: Array(json(["question": Self.question]).utf8))
        let names = answer.text.split(separator: "\n").filter { $0.hasPrefix("event:") }
        #expect(names == ["event: evidence", "event: verified", "event: done"])
        #expect(answer.text.contains(Self.sentence))
    }

    private static let wrong: [(body: String, status: Int)] = [
        ("{", 400), ("{}", 422), (#"{"question":" "}"#, 422), (#"{"question":7}"#, 422),
        (#"{"question":"x","url":"http://x"}"#, 422), (#"{"question":"x","top":0}"#, 422),
    ]

    @Test func wrongQuestionsAreRefused() throws {
        for (body, status) in Self.wrong {
            #expect(try server.post("/v1/answer", json: body).status == status, "\(body)")
        }
    }

    // MARK: /v1/chat/completions

    private func chat(_ more: [String: Any] = [:]) throws -> String {
        let request: [String: Any] = [
            "model": "reel-library", "temperature": 0.7,
            "messages": [
                ["role": "system", "content": "Be brief."],
                ["role": "user", "content": [["type": "text", "text": Self.question]]],
            ],
        ]
        return try json(request.merging(more) { $1 })
    }

    @Test func theLibraryIsAModelOfChatPrograms() throws {
        let answer = try server.post("/v1/chat/completions", json: chat())
        let document = try answer.object()
        #expect(answer.status == 200 && document["object"] as? String == "chat.completion")
        let choice = try #require((document["choices"] as? [[String: Any]])?.first)
        #expect(choice["finish_reason"] as? String == "stop")
        let content = (choice["message"] as? [String: Any])?["content"] as? String
        #expect(content == Self.sentence + " [1]\n\n[1] space-lesson.mp4, 0:09–0:13")
        #expect(
            answer.text.contains(#""refusal":null"#) && answer.text.contains(#""logprobs":null"#))
        let models = try server.get("/v1/models").text
        #expect(models.contains(#""id":"reel-library""#))
    }

    @Test func chatsAreStreamed() throws {
        let body = try chat(["stream": true, "stream_options": ["include_usage": true]])
        let answer = try server.post("/v1/chat/completions", json: body)
        #expect(answer.headers["content-type"] == "text/event-stream")
        let lines = answer.text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
        #expect(lines.allSatisfy { $0.hasPrefix("data: ") })
        #expect(lines.last == "data: [DONE]")
        let chunks = try lines.dropLast().map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line.dropFirst(6).utf8))
                    as? [String: Any])
        }
        let text = chunks.compactMap { chunk in
            ((chunk["choices"] as? [[String: Any]])?.first?["delta"] as? [String: Any])?["content"]
                as? String
        }.joined()
        #expect(text.hasPrefix(Self.sentence + " [1]"))
        #expect((chunks.last?["choices"] as? [Any])?.isEmpty == true)
        #expect((chunks.last?["usage"] as? [String: Any])?["total_tokens"] as? Int ?? 0 > 0)
    }

    @Test func anotherModelIsNotFoundInOpenAIsWords() throws {
        let answer = try server.post(
            "/v1/chat/completions", json: chat(["model": "gpt-4"]))
        #expect(answer.status == 404)
        #expect(answer.text.contains(#""code":"model_not_found""#))
        #expect(
            try server.post("/v1/chat/completions", json: #"{"messages":[]}"#).status == 400)
    }

    // MARK: /mcp

    private static var meta: [String: Any] {
        [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": [String: Any](),
        ]
    }

    private func agent(
        _ method: String, _ parameters: [String: Any] = [:], headers: [String: String] = [:],
        id: Int? = 1
    ) throws -> RawAnswer {
        var message: [String: Any] = ["jsonrpc": "2.0", "method": method, "params": parameters]
        message["id"] = id
        var all = [
            "Content-Type": "application/json", "Accept": "application/json, text/event-stream",
        ]
        all.merge(headers) { $1 }
        return try server.ask("POST", "/mcp", headers: all, body: Array(json(message).utf8))
    }

    private func modern(
        _ method: String, _ parameters: [String: Any] = [:], _ headers: [String: String] = [:]
    ) throws -> RawAnswer {
        var all = ["MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method]
        all.merge(headers) { $1 }
        return try agent(
            method, parameters.merging(["_meta": Self.meta]) { $1 }, headers: all)
    }

    private func code(_ answer: RawAnswer) throws -> Int? {
        (try answer.object()["error"] as? [String: Any])?["code"] as? Int
    }

    @Test func agentsAreServedInBothEras() throws {
        let hello = try agent("initialize", ["protocolVersion": "2025-06-18", "capabilities": [:]])
        #expect(hello.status == 200 && hello.text.contains(#""protocolVersion":"2025-06-18""#))
        #expect(try agent("notifications/initialized", id: nil).status == 202)
        let arguments: [String: Any] = [
            "name": "search", "arguments": ["query": "red car in front of a beach", "limit": 1],
        ]
        let old = try agent("tools/call", arguments)
        #expect(old.status == 200 && old.text.contains("travel-diary.mp4"))
        #expect(try modern("server/discover").text.contains(#""supportedVersions""#))
        for name in ["search", "=?base64?c2VhcmNo?="] {
            let new = try modern("tools/call", arguments, ["Mcp-Name": name])
            #expect(new.status == 200 && new.text.contains("travel-diary.mp4"))
        }
    }

    @Test func whatContradictsItselfOrIsUnknownHasItsStatus() throws {
        let unknown = try modern("files/delete")
        #expect(try unknown.status == 404 && code(unknown) == -32601)
        let wrongMethod = try modern("tools/list", [:], ["Mcp-Method": "tools/call"])
        #expect(try wrongMethod.status == 400 && code(wrongMethod) == -32020)
        let noName = try modern("tools/call", ["name": "search", "arguments": [:]])
        #expect(try noName.status == 400 && code(noName) == -32020)
        let wrongVersion = try modern("tools/list", [:], ["MCP-Protocol-Version": "2025-06-18"])
        #expect(try wrongVersion.status == 400 && code(wrongVersion) == -32020)
        let future = try agent(
            "tools/list",
            ["_meta": ["io.modelcontextprotocol/protocolVersion": "2030-01-01"]],
            headers: ["MCP-Protocol-Version": "2030-01-01", "Mcp-Method": "tools/list"])
        #expect(try future.status == 400 && code(future) == -32022)
        let bare = try agent(
            "tools/list", ["_meta": ["io.modelcontextprotocol/protocolVersion": "2026-07-28"]],
            headers: ["MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/list"])
        #expect(try bare.status == 400 && code(bare) == -32602)
        #expect(try server.get("/mcp").status == 405)
        #expect(try server.ask("DELETE", "/mcp").status == 405)
        #expect(try agent("ping", headers: ["Origin": "http://evil.example"]).status == 403)
    }
}
