import Foundation
import HTTPTransfer
import TestSupport
import Testing

@testable import LanguageModels

@Suite struct ChatEndpointTests {
    private static let faulty = [
        "", "ftp://host/v1", "localhost:8080", "http://", "http://user:word@host/v1",
        "http://host/v1?key=1", "http://host/v1#x", "file:///etc/passwd",
    ]

    @Test(arguments: faulty)
    func anAddressThatIsNoneIsRefused(url: String) {
        #expect {
            _ = try ChatEndpoint(url: url, model: "m")
        } throws: { error in
            !"\(error)".contains("word") && "\(error)".contains("llm_endpoint")
        }
    }

    @Test func aKeyIsSentInTheClearOnlyNearby() throws {
        let key = try #require(SecretKey("sk-secret"))
        #expect(throws: LanguageModelError.self) {
            try ChatEndpoint(url: "http://models.example.com/v1", model: "m", key: key)
        }
        for url in ["https://models.example.com/v1/", "http://127.0.0.1:1/v1", "http://gpu.lan/v1"]
        {
            let endpoint = try ChatEndpoint(url: url, model: "m", key: key)
            #expect(!"\(endpoint)".contains("sk-secret"))
            var dumped = ""
            dump(endpoint, to: &dumped)
            #expect(!dumped.contains("sk-secret"))
        }
    }

    @Test func keysAreReadFromFilesThatHoldOne() throws {
        let folder = try TemporaryFolder()
        func key(_ text: String) throws -> SecretKey {
            let path = folder.path("key")
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return try SecretKey(path: path)
        }
        #expect(try key("sk-1\n").text == "sk-1")
        for text in ["", "\n", "two words", "line\nline", "schlüssel"] {
            #expect(throws: LanguageModelError.self) { try key(text) }
        }
        #expect(throws: LanguageModelError.self) { try SecretKey(path: folder.path("none")) }
    }

    @Test func aNameThatLeadsHomeIsRefusedUnlessItIsMeant() throws {
        // Every machine's hosts file gives this name a loopback address.
        let server = try ScriptedServer([.says("Yes")])
        let request = ChatRequest(messages: [ChatMessage(.user, "Hello?")])
        func endpoint(_ host: String, _ allows: Bool) throws -> ChatCompletionsClient {
            var endpoint = try ChatEndpoint(
                url: "http://\(host):\(server.port)/v1", model: "m", allowsLocalNetwork: allows)
            endpoint.limits.retries = 0
            return ChatCompletionsClient(endpoint: endpoint)
        }
        #expect(try endpoint("localhost", false).reply(to: request).text == "Yes")
        // An address for documentation would be open: what counts is where a name leads.
        for host in ["169.254.169.254", "0.0.0.0"] {
            guard
                case .refusedAddress = #expect(
                    throws: LanguageModelError.self,
                    performing: { try endpoint(host, true).reply(to: request) })
            else {
                Issue.record("\(host) was asked")
                return
            }
        }
    }
}

@Suite struct ServerSentEventsTests {
    @Test(arguments: [1, 2, 3, 1000])
    func eventsAreTheSameHoweverBytesArrive(size: Int) {
        let text =
            ": note\r\ndata: one\r\n\r\nevent: x\ndata:two\ndata: three\n\n\rid: 4\rdata: é\r\r"
            + "data: cut"
        var events = ServerSentEvents()
        var found: [String] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            events.add(rest.prefix(size)) { found.append(String(decoding: $0, as: UTF8.self)) }
            rest = rest.dropFirst(size)
        }
        #expect(found == ["one", "two\nthree", "é"])
    }
}
