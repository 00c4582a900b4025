import Foundation
import Testing

/// `reel mcp` as an agent starts it.
@Suite struct AgentCommandTests {
    private func talk(_ lines: [String]) throws -> (run: BuiltProgram.Run, replies: [[String: Any]])
    {
        let run = try BuiltProgram.run(
            ["--index", DemoLibrary.path(), "mcp"], input: lines.map { $0 + "\n" }.joined())
        return (run, try run.objects())
    }

    private func call(_ id: Int, _ tool: String, _ arguments: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)","#
            + #""arguments":\#(arguments)}}"#
    }

    private func structured(_ reply: [String: Any]) throws -> [String: Any] {
        try #require((reply["result"] as? [String: Any])?["structuredContent"] as? [String: Any])
    }

    @Test(
        .enabled(if: BuiltProgram.hasTextEncoder, "Needs the fetched models: scripts/fetch-models"))
    func anAgentSearchesReadsAndAsksUntilItsInputEnds() throws {
        let (run, replies) = try talk([
            #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            "", "not JSON",
            call(2, "search", #"{"query":"red car in front of a beach","limit":1}"#),
            call(3, "answer", #"{"question":"How long does a trip to the moon take?"}"#),
            call(4, "list_assets", "{}"),
        ])
        #expect(run.exitCode == 0)
        #expect(run.messages.isEmpty)
        #expect(replies.count == 5)
        let byID = Dictionary(
            replies.compactMap { reply in (reply["id"] as? Int).map { ($0, reply) } }
        ) { $1 }
        let searched = try structured(try #require(byID[2]))
        let hits = try #require(searched["hits"] as? [[String: Any]])
        let path = (hits.first?["asset"] as? [String: Any])?["path"] as? String
        #expect(path?.hasSuffix("/travel-diary.mp4") == true)
        let answered = try structured(try #require(byID[3]))
        #expect(answered["found"] as? Bool == true)
        let listed = try structured(try #require(byID[4]))
        let assets = try #require(listed["assets"] as? [[String: Any]])
        #expect(assets.count == 12)

        let id = try #require(
            assets.compactMap { $0["asset"] as? [String: Any] }.first {
                ($0["path"] as? String)?.hasSuffix("/space-lesson.mp4") == true
            }?["id"] as? String)
        let (_, read) = try talk([
            call(1, "get_transcript", #"{"asset":"\#(id)","start_seconds":9}"#),
            #"{"jsonrpc":"2.0","id":2,"method":"resources/read","params":{"uri":"clip://\#(id)/9-14"}}"#,
        ])
        let transcript = try structured(read[0])
        let passages = try #require(transcript["passages"] as? [[String: Any]])
        #expect(
            passages.contains {
                ($0["text"] as? String)?.hasPrefix("It takes three days") == true
            })
        let contents = try #require(
            (read[1]["result"] as? [String: Any])?["contents"] as? [[String: Any]])
        #expect((contents.first?["text"] as? String)?.contains("It takes three days") == true)
    }

    @Test func anAgentThatIsKilledLeavesNoProcess() throws {
        // A shell that starts the program with its input from a pipe, and is killed.
        let process = Process()
        process.executableURL = BuiltProgram.path
        process.arguments = ["--index", "/nonexistent", "mcp"]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(
            contentsOf: Data(
                #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.utf8 + Data("\n".utf8)))
        let reply = output.fileHandleForReading.availableData
        #expect(String(decoding: reply, as: UTF8.self).contains(#""result":{}"#))
        // What the kernel does when the agent dies: both ends go.
        try input.fileHandleForWriting.close()
        try output.fileHandleForReading.close()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    }
}
