import Foundation
import TestSupport
import Testing

/// Who gets in: addresses, tokens, and what is told to nobody.
@Suite struct ServeAccessTests {
    private static let token = "correct-horse-battery-staple"

    private static func tokenFile(_ text: String = token + "\n") throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try Data(text.utf8).write(to: folder.url.appendingPathComponent("token"))
        return folder
    }

    private static let open: [String] = ["0.0.0.0", "::", "192.0.2.1", "example.org"]

    @Test(arguments: open) func otherAddressesNeedAToken(host: String) throws {
        let run = try BuiltProgram.run(["serve", "--port", "0", "--host", host])
        #expect(run.exitCode == 78)
        #expect(run.messages.contains("--token-file"))
        #expect(run.output.isEmpty)
    }

    private static let badTokens: [String] = ["", "short", "has a blank in it, and more", "\n\n"]

    @Test(arguments: badTokens) func aFileWithoutATokenIsRefused(text: String) throws {
        let folder = try Self.tokenFile(text)
        let run = try BuiltProgram.run([
            "serve", "--port", "0", "--token-file", folder.path("token"),
        ])
        #expect(run.exitCode == 78)
        #expect(run.messages.contains("at least 16"))
        let missing = try BuiltProgram.run([
            "serve", "--port", "0", "--token-file", folder.path("nothing"),
        ])
        #expect(missing.exitCode == 78)
    }

    @Test func requestsBringTheToken() throws {
        let folder = try Self.tokenFile()
        let server = try ServedProgram([
            "--host", "0.0.0.0", "--token-file", folder.path("token"),
        ])
        let refused = try server.get("/metrics")
        #expect(refused.status == 401)
        #expect(refused.headers["www-authenticate"] == "Bearer realm=\"reel\"")
        let asked = try server.get("/", headers: ["Accept": "text/html,*/*"])
        #expect(asked.status == 401)
        #expect(asked.headers["www-authenticate"]?.contains("Basic") == true)
        let wrong = try server.get(
            "/metrics", headers: ["Authorization": "Bearer \(Self.token)x"])
        #expect(wrong.status == 401)
        let right = try server.get("/metrics", headers: ["Authorization": "Bearer \(Self.token)"])
        #expect(right.status == 200)
        // In the address it does not count, and probes need none.
        #expect(try server.get("/metrics?token=\(Self.token)").status == 401)
        #expect(try server.get("/livez").status == 200)
        server.send(signal: SIGTERM)
        #expect(server.exitCode(within: 10) == 0)
        #expect(!server.messages.contains(Self.token))
    }

    @Test func anotherNameMustBeAllowed() throws {
        let server = try ServedProgram(["--allowed-host", "reel.lan"])
        func status(_ host: String) throws -> Int {
            let socket = try server.connect()
            try socket.send("GET /livez HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
            return try RawAnswer(socket.readToEnd(within: 5)).status
        }
        #expect(try status("reel.lan:80") == 200)
        #expect(try status("REEL.LAN") == 200)
        #expect(try status("other.lan") == 403)
    }
}
