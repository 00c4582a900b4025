import Corpus
import Foundation
import Service
import Testing

/// The protocol's messages, both eras, over a library that knows nothing.
@Suite struct AgentProtocolTests {
    private struct EmptyLibrary: AgentLibrary {
        func search(_ request: SearchRequest, isCancelled: @escaping () -> Bool) throws
            -> SearchAnswer
        {
            throw Failure(.noInput, "There is no library.")
        }
        func ask(_ request: AnswerRequest, isCancelled: @escaping () -> Bool) throws
            -> LibraryAnswer
        {
            throw Failure(.noInput, "There is no library.")
        }
        func timeline(of asset: AssetID) throws -> AssetTimeline {
            throw Failure(.noInput, "There is no such asset.")
        }
        func list() throws -> LibraryListing {
            throw Failure(.noInput, "There is no library.")
        }
    }

    private let agent = AgentProtocol(tools: AgentTools(library: EmptyLibrary()))
    private static let meta =
        #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","#
        + #""io.modelcontextprotocol/clientCapabilities":{}}"#

    private func ask(_ method: String, _ parameters: String) throws -> AgentValue {
        let text =
            #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{\#(parameters)}}"#
        let message = try #require(AgentProtocol.message(from: Array(text.utf8)).message)
        guard case .response(let response, _) = try agent.handle(message) else {
            throw Failure(.defect, "no response")
        }
        #expect(response["id"] == 1 && response["jsonrpc"] == "2.0")
        return response
    }

    @Test(arguments: [
        ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"), ("1999-01-01", "2025-11-25"),
    ])
    func theHandshakeAgreesOnAVersion(wanted: String, agreed: String) throws {
        let result = try ask(
            "initialize",
            #""protocolVersion":"\#(wanted)","capabilities":{},"clientInfo":{"name":"t"}"#)
        #expect(result["result"]?["protocolVersion"] == .text(agreed))
        #expect(result["result"]?["serverInfo"]?["name"] == "reel")
        #expect(result["result"]?["resultType"] == nil)
        #expect(try ask("ping", "")["result"] == .object([:]))
    }

    @Test func modernRequestsNeedNoHandshake() throws {
        let found = try #require(try ask("server/discover", Self.meta)["result"])
        #expect(found["resultType"] == "complete" && found["cacheScope"] == "private")
        guard case .list(let versions) = found["supportedVersions"] else {
            Issue.record("no versions")
            return
        }
        #expect(versions.first == "2026-07-28" && versions.count == 5)
        #expect(found["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "reel")
        let listed = try #require(try ask("tools/list", Self.meta)["result"])
        #expect(listed["ttlMs"] == 3_600_000)
        guard case .list(let tools) = listed["tools"] else {
            Issue.record("no tools")
            return
        }
        #expect(
            tools.map { $0["name"]?.text } == ["search", "answer", "get_transcript", "list_assets"])
        for tool in tools {
            #expect(tool["inputSchema"]?["additionalProperties"] == false)
            #expect(tool["annotations"]?["readOnlyHint"] == true)
        }
        // The same to those who shook hands, without what is new.
        let legacy = try #require(try ask("tools/list", "")["result"])
        #expect(legacy["tools"] == listed["tools"] && legacy["ttlMs"] == nil)
    }

    private static let faults: [(method: String, parameters: String, code: Int)] = [
        ("server/discover", "", -32602),
        (
            "tools/list", #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#,
            -32602
        ),
        (
            "tools/list",
            #""_meta":{"io.modelcontextprotocol/protocolVersion":"2030-01-01"}"#, -32022
        ),
        ("tools/list", #""_meta":{"io.modelcontextprotocol/protocolVersion":7}"#, -32022),
        ("files/delete", "", -32601), ("files/delete", meta, -32601), ("ping", meta, -32601),
        ("tools/call", "", -32602), ("tools/call", #""name":"rm""#, -32602),
        ("tools/call", #""name":"search","arguments":[]"#, -32602),
        ("resources/read", "", -32602),
        ("resources/read", #""uri":"file:///etc/passwd""#, -32002),
        ("resources/read", #""uri":"clip://../0-1""#, -32002),
        ("resources/read", #""uri":"clip://0123456789abcdef/0-1""#, -32002),
        ("resources/read", meta + #","uri":"clip://0123456789abcdef/0-1""#, -32602),
        ("initialize", "", -32602),
    ]

    @Test(arguments: faults)
    func whatIsWrongHasItsNumber(method: String, parameters: String, code: Int) throws {
        #expect(try ask(method, parameters)["error"]?["code"] == .integer(code))
    }

    private static let wrong: [(tool: String, arguments: String, message: String)] = [
        ("search", "{}", "query is a text"), ("search", #"{"query":7}"#, "query is a text"),
        ("search", #"{"query":" "}"#, "query is a text"),
        ("search", #"{"query":"x","limit":0}"#, "limit is a whole number from 1 to 50"),
        ("search", #"{"query":"x","limit":1.5}"#, "limit is a whole number"),
        ("search", #"{"query":"x","path":"/etc"}"#, "There is no argument path"),
        ("search", #"{"query":"x","kind":"book"}"#, "kind is one of"),
        ("search", #"{"query":"x"}"#, "There is no library."),
        ("answer", #"{"question":"x","url":"http://x"}"#, "There is no argument url"),
        ("get_transcript", #"{"asset":"../../etc/passwd"}"#, "is no id of a file"),
        ("get_transcript", #"{"asset":"0123456789abcdef"}"#, "There is no such asset."),
        (
            "get_transcript", #"{"asset":"0123456789abcdef","start_seconds":-1}"#,
            "There is no such asset."
        ),
        ("list_assets", #"{"limit":9999}"#, "limit is a whole number"),
    ]

    @Test(arguments: wrong)
    func wrongArgumentsAreToldToTheAgent(tool: String, arguments: String, message: String) throws {
        let result = try #require(
            try ask("tools/call", #""name":"\#(tool)","arguments":\#(arguments)"#)["result"])
        #expect(result["isError"] == true)
        guard case .list(let content) = result["content"] else {
            Issue.record("no content")
            return
        }
        #expect(content.first?["text"]?.text?.contains(message) == true)
    }

    @Test func whatIsNoRequestIsHandled() throws {
        #expect(
            AgentProtocol.message(from: Array("{".utf8)).error?["error"]?["code"] == -32700)
        func outcome(_ text: String) throws -> AgentProtocol.Outcome {
            try agent.handle(try #require(AgentProtocol.message(from: Array(text.utf8)).message))
        }
        for text in [
            #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            #"{"jsonrpc":"2.0","id":3,"result":{}}"#,
        ] {
            #expect(try outcome(text) == .nothing)
        }
        for text in [
            "[]", "7", #"{"id":1,"method":"ping"}"#, #"{"jsonrpc":"2.0","id":[],"method":"ping"}"#,
        ] {
            guard case .response(let response, let code) = try outcome(text) else {
                Issue.record("no response")
                return
            }
            #expect(code == -32600 && response["error"]?["code"] == -32600)
        }
    }
}
