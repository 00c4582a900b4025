import Foundation
import TestSupport
import Testing

/// Starting, stopping, and being watched.
@Suite struct ServeLifeTests {
    @Test func aPortInUseIsSaid() throws {
        let server = try ServedProgram()
        let second = try BuiltProgram.run(["serve", "--port", "\(server.port)"])
        #expect(second.exitCode == 69)
        #expect(second.messages.contains("Port \(server.port) of 127.0.0.1 is in use"))
        #expect(second.output.isEmpty)
        #expect(try server.get("/livez").status == 200)
    }

    @Test func anAddressThatIsNotOursIsSaid() throws {
        let folder = try TemporaryFolder()
        try Data("correct-horse-battery".utf8).write(to: folder.url.appendingPathComponent("t"))
        let run = try BuiltProgram.run([
            "serve", "--port", "0", "--host", "192.0.2.1", "--token-file", folder.path("t"),
        ])
        #expect(run.exitCode == 69)
        #expect(run.messages.contains("cannot listen on port 0 of 192.0.2.1"))
    }

    @Test func theAddressIsToldAsJSON() throws {
        let server = try ServedProgram(global: ["--json"])
        #expect(
            server.output
                == "{\"listening\":\"http://127.0.0.1:\(server.port)\",\"schema_version\":1}\n"
        )
    }

    /// SIGTERM while a body is being received: that request is answered, readiness is gone at
    /// once, nobody new gets in, and then the program ends.
    @Test func aRequestInFlightIsAnsweredBeforeTheEnd() throws {
        let server = try ServedProgram()
        let kept = try server.connect()
        try kept.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try kept.read(until: "ok\n", within: 5)
        let slow = try server.connect()
        try slow.send(
            "POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 2\r\n\r\n{")
        Thread.sleep(forTimeInterval: 0.2)
        server.send(signal: SIGTERM)
        Thread.sleep(forTimeInterval: 0.5)
        try kept.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try RawAnswer(kept.readToEnd(within: 5)).status == 503)
        #expect(throws: RawSocket.Failed.self) { try server.connect() }
        #expect(server.exitCode(within: 0.5) == nil)
        try slow.send("}")
        let answer = try RawAnswer(slow.readToEnd(within: 5))
        #expect(answer.status == 405)
        #expect(answer.headers["connection"] == "close")
        #expect(server.exitCode(within: 10) == 0)
    }

    @Test func aClientThatDripsDoesNotHoldUpTheEnd() throws {
        let server = try ServedProgram(["--drain-seconds", "1"])
        let slow = try server.connect()
        try slow.send(
            "POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 2\r\n\r\n{")
        Thread.sleep(forTimeInterval: 0.2)
        server.send(signal: SIGTERM)
        #expect(server.exitCode(within: 0.5) == nil)
        #expect(server.exitCode(within: 5) == 0)
    }

    @Test(arguments: [SIGTERM, SIGINT]) func aSecondSignalEndsItAtOnce(number: Int32) throws {
        let server = try ServedProgram(["--drain-seconds", "30"])
        let slow = try server.connect()
        // A body that never ends: the first signal waits for it.
        try slow.send(
            "POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 2\r\n\r\n{")
        Thread.sleep(forTimeInterval: 0.2)
        server.send(signal: number)
        #expect(server.exitCode(within: 0.5) == nil)
        server.send(signal: number)
        #expect(server.exitCode(within: 5) == 128 + number)
    }

    @Test func aTerminalThatGoesAwayDoesNotEndIt() throws {
        let server = try ServedProgram()
        server.send(signal: SIGHUP)
        server.send(signal: SIGPIPE)
        try server.eventually { server.messages.contains("were read again") }
        #expect(try server.get("/livez").status == 200)
    }

    @Test func aHangUpHasTheSettingsReadAgain() throws {
        let folder = try TemporaryFolder()
        func write(_ settings: String) throws {
            try Data(settings.utf8).write(to: folder.url.appendingPathComponent("reel.json"))
        }
        func writeToken(_ token: String) throws {
            try Data(token.utf8).write(to: folder.url.appendingPathComponent("token"))
        }
        func roots(_ server: ServedProgram, _ token: String) throws -> [String]? {
            let answer = try server.get(
                "/v1/library", headers: ["Authorization": "Bearer \(token)"])
            guard answer.status == 200 else { return nil }
            return try answer.object()["media_roots"] as? [String]
        }
        let (old, new) = ("an-old-secret-of-somebody", "a-new-secret-of-somebody")
        let media = folder.url.resolvingSymlinksInPath().path
        try write("{}")
        try writeToken(old)
        let server = try ServedProgram(
            ["--token-file", folder.path("token")], global: ["--config", folder.path("reel.json")])
        #expect(try roots(server, old) == [])
        try write("{\"media_roots\":[\"\(media)\"],\"allowed_hosts\":[\"reel.lan\"]}")
        try writeToken(new)
        server.send(signal: SIGHUP)
        try server.eventually { try roots(server, old) == nil }
        #expect(try roots(server, new) == [media])
        let named = try server.connect()
        try named.send("GET /livez HTTP/1.1\r\nHost: reel.lan\r\nConnection: close\r\n\r\n")
        #expect(try RawAnswer(named.readToEnd(within: 5)).status == 200)
        // What cannot be taken over changes nothing.
        try writeToken("short")
        server.send(signal: SIGHUP)
        try server.eventually { server.messages.contains("The settings stay as they were.") }
        #expect(server.messages.contains("holds no token"))
        #expect(try roots(server, new) == [media])
        #expect(!server.messages.contains(new))
    }

    @Test func healthTellsByItsExitCode() throws {
        let server = try ServedProgram()
        let own = try BuiltProgram.run(
            ["health"], environment: ["REEL_PORT": "\(server.port)"])
        #expect(own.exitCode == 0)
        let named = try BuiltProgram.run(["health", "http://127.0.0.1:\(server.port)/livez"])
        #expect(named.exitCode == 0)
        let missing = try BuiltProgram.run(["health", "http://127.0.0.1:\(server.port)/nothing"])
        #expect(missing.exitCode == 1)
        #expect(missing.messages.contains("404"))
        #expect(try BuiltProgram.run(["health", "nonsense"]).exitCode == 2)
        server.send(signal: SIGTERM)
        #expect(server.exitCode(within: 10) == 0)
        let gone = try BuiltProgram.run(["health", "http://127.0.0.1:\(server.port)"])
        #expect(gone.exitCode == 1)
        #expect(gone.messages.contains("does not answer"))
    }

    @Test func theSettingsSayWhereTheyComeFrom() throws {
        let folder = try TemporaryFolder()
        try Data(#"{"port":8421,"max_connections":99,"media_roots":["/srv/videos"]}"#.utf8)
            .write(to: folder.url.appendingPathComponent("reel.json"))
        let run = try BuiltProgram.run(
            [
                "--config", folder.path("reel.json"), "serve", "--print-config", "--head-seconds",
                "3",
            ],
            environment: ["REEL_MAX_CONNECTIONS": "77", "REEL_INSTRUCTIONS": "avx2"])
        #expect(run.exitCode == 0)
        let document = try #require(try run.objects().first)
        #expect(document["schema_version"] as? Int == 1)
        let settings = try #require(document["settings"] as? [String: [String: Any]])
        func told(_ key: String) -> String {
            "\(settings[key]?["value"] ?? "none") from \(settings[key]?["from"] ?? "nowhere")"
        }
        #expect(told("host") == "127.0.0.1 from default")
        #expect(told("port") == "8421 from \(folder.path("reel.json"))")
        #expect(told("max_connections") == "77 from REEL_MAX_CONNECTIONS")
        #expect(told("head_seconds") == "3 from --head-seconds")
        #expect(told("instructions") == "avx2 from REEL_INSTRUCTIONS")
        #expect(settings["media_roots"]?["value"] as? [String] == ["/srv/videos"])
    }

    private static let wrong: [String] = [
        #"{"port":70000}"#, #"{"port":"80"}"#, #"{"max_connections":0}"#, #"{"ports":1}"#,
    ]

    @Test(arguments: wrong) func wrongSettingsAreRefused(settings: String) throws {
        let folder = try TemporaryFolder()
        try Data(settings.utf8).write(to: folder.url.appendingPathComponent("reel.json"))
        let run = try BuiltProgram.run(["--config", folder.path("reel.json"), "serve"])
        #expect(run.exitCode == 78)
    }

    // MARK: systemd

    @Test func systemdIsToldOfReadinessAndTheEnd() throws {
        let folder = try TemporaryFolder()
        let manager = try DatagramSocket(path: folder.path("notify"))
        let server = try ServedProgram(environment: [
            "NOTIFY_SOCKET": folder.path("notify"), "WATCHDOG_USEC": "400000",
        ])
        #expect(manager.receive(within: 5) == "READY=1")
        #expect(manager.receive(within: 5) == "WATCHDOG=1")
        #expect(manager.receive(within: 5) == "WATCHDOG=1")
        server.send(signal: SIGTERM)
        var last = manager.receive(within: 5)
        while last == "WATCHDOG=1" { last = manager.receive(within: 5) }
        #expect(last == "STOPPING=1")
        #expect(server.exitCode(within: 10) == 0)
    }
}
