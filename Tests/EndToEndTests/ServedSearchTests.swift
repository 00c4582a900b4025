import Foundation
import Synchronization
import TestSupport
import Testing

/// Searches over HTTP, on the demo library, by the built program.
@Suite(.enabled(if: BuiltProgram.hasTextEncoder, "scripts/fetch-models has not been run"))
struct ServedSearchTests {
    private let server: ServedProgram

    init() throws {
        server = try ServedProgram(library: DemoLibrary.path())
        try Self.waitUntilReady(server)
    }

    private static func waitUntilReady(_ server: ServedProgram) throws {
        for _ in 0..<1000 where try server.get("/readyz").status != 200 { usleep(20_000) }
        try #require(try server.get("/readyz").status == 200)
    }

    private static func object(_ bytes: [UInt8]) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    private static func hits(_ document: [String: Any]) throws -> [[String: Any]] {
        try #require(document["hits"] as? [[String: Any]])
    }

    private static func path(_ hit: [String: Any]) -> String {
        ((hit["asset"] as? [String: Any])?["path"] as? String ?? "")
            .split(separator: "/").last.map(String.init) ?? ""
    }

    private func search(_ json: String) throws -> [String: Any] {
        try Self.search(json, port: server.port)
    }

    /// From any thread.
    private static func search(_ json: String, port: Int) throws -> [String: Any] {
        let socket = try RawSocket(port: port)
        try socket.send(
            "POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n"
                + json)
        let answer = try RawAnswer(socket.readToEnd(within: 60))
        try #require(answer.status == 200, "\(answer.text)")
        return try Self.object(answer.body)
    }

    @Test func theRightMomentComesFirstWithItsLinks() throws {
        let answer = try server.get("/v1/search?q=blue+boat+at+night&top=3")
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/json")
        let document = try Self.object(answer.body)
        let first = try #require(try Self.hits(document).first)
        #expect(Self.path(first) == "lighthouses.webm")
        let asset = try #require((first["asset"] as? [String: Any])?["id"] as? String)
        let links = try #require(first["links"] as? [String: Any])
        #expect(links["asset"] as? String == "/v1/assets/\(asset)")
        #expect(links["media"] as? String == "/v1/assets/\(asset)/media")
        #expect(links["captions"] as? String == "/v1/assets/\(asset)/transcript.vtt")
        #expect(
            (links["thumbnail"] as? String)?.hasPrefix("/v1/assets/\(asset)/frames/") == true)
        // Nobody outside learns where the library lies.
        #expect(!answer.text.contains("/thumbnails/"))
        let pieces = try #require(first["highlights"] as? [[String: Any]])
        #expect(
            pieces.compactMap { $0["text"] as? String }.joined() == first["snippet"] as? String)
    }

    @Test func theAnswerIsThatOfTheCommand() throws {
        let command = try #require(
            try DemoLibrary.reel("--json", "search", "--no-rerank", "apples").objects().first)
        let document = try search(#"{"query":"apples","rerank":false}"#)
        #expect(
            try Self.hits(document).map(Self.path) == Self.hits(command).map(Self.path))
        for key in ["generation", "missing", "notes", "partial", "query", "schema_version"] {
            #expect("\(document[key] ?? "-")" == "\(command[key] ?? "-")")
        }
    }

    private struct Event {
        var name: String
        var document: [String: Any]
    }

    private func events(_ text: String) throws -> [Event] {
        try text.components(separatedBy: "\n\n").filter { !$0.isEmpty }.map { block in
            let lines = block.split(separator: "\n")
            try #require(
                lines.count == 2 && lines[0].hasPrefix("event: ") && lines[1].hasPrefix("data: "))
            return Event(
                name: String(lines[0].dropFirst(7)),
                document: try Self.object(Array(lines[1].dropFirst(6).utf8)))
        }
    }

    @Test func stagesComeInOrder() throws {
        let answer = try server.get(
            "/v1/search?q=the+keeper%27s+daily+work", headers: ["Accept": "text/event-stream"])
        #expect(answer.headers["content-type"] == "text/event-stream; charset=utf-8")
        let events = try events(answer.text)
        #expect(events.map(\.name) == ["keywords", "fused", "reranked", "done"])
        #expect(
            events.dropLast().map { $0.document["stage"] as? String ?? "" }
                == ["keywords", "fused", "reranked"])
        for event in events.dropLast() {
            #expect(try Self.hits(event.document).first.map(Self.path) == "lighthouses.webm")
        }
        let milliseconds = try #require(events[3].document["milliseconds"] as? [String: Any])
        #expect(milliseconds["total"] != nil && milliseconds["rerank"] != nil)
    }

    @Test func stagesThatWouldAddNothingAreLeftOut() throws {
        for (query, names) in [
            ("channels=keywords&rerank=false", ["keywords", "done"]),
            ("channels=frames&rerank=false", ["fused", "done"]),
            ("rerank=false", ["keywords", "fused", "done"]),
        ] {
            let answer = try server.get(
                "/v1/search?q=apples&" + query, headers: ["Accept": "text/event-stream"])
            #expect(try events(answer.text).map(\.name) == names)
        }
    }

    @Test func anErrorDuringTheStreamIsAnEvent() throws {
        let answer = try server.get(
            "/v1/search?q=like:nowhere.mp4", headers: ["Accept": "text/event-stream"])
        let events = try events(answer.text)
        #expect(events.map(\.name) == ["error"])
        #expect(events[0].document["status"] as? Int == 404)
    }

    private func form(_ image: [UInt8], request: String? = nil) throws -> RawAnswer {
        let boundary = "a-boundary-that-is-in-no-picture"
        var body: [UInt8] = []
        if let request {
            body += Array(
                ("--\(boundary)\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n"
                    + request + "\r\n").utf8)
        }
        body += Array(
            ("--\(boundary)\r\nContent-Disposition: form-data; name=\"image\"; "
                + "filename=\"x\"\r\n\r\n").utf8)
        body += image
        body += Array("\r\n--\(boundary)--\r\n".utf8)
        return try server.ask(
            "POST", "/v1/search",
            headers: ["Content-Type": "multipart/form-data; boundary=\(boundary)"], body: body)
    }

    @Test func aPictureFindsWhatItShows() throws {
        let picture = try [UInt8](
            Data(contentsOf: URL(fileURLWithPath: BuiltProgram.media + "/birthday.jpg")))
        let answer = try form(picture, request: #"{"top":3,"channels":["frames"]}"#)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try Self.hits(Self.object(answer.body)).first.map(Self.path) == "birthday.jpg")
        #expect(
            try Self.hits(Self.object(form(picture).body)).first.map(Self.path) == "birthday.jpg")
    }

    @Test func whatIsNoPictureIsRefused() throws {
        let text = try form(Array("GIF or not, this is text".utf8))
        #expect(text.status == 422)
        #expect(text.text.contains("is no picture"))
        // It says that it is a PNG, and is not.
        let lie = try form([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3, 4])
        #expect(lie.status == 422, "\(lie.text)")
        #expect(!lie.text.contains("/tmp"))
        #expect(try server.get("/livez").status == 200)
    }

    @Test func aWrongRequestNamesItsPlace() throws {
        let answer = try server.post("/v1/search", json: #"{"query":"x","top":1000000000}"#)
        #expect(answer.status == 422)
        #expect(answer.headers["content-type"] == "application/problem+json")
        #expect(
            answer.text
                == #"{"detail":"Expected a whole number from 1 to 100.","errors":[{"detail":"#
                + #""Expected a whole number from 1 to 100.","pointer":"/top"}],"status":422,"#
                + #""title":"Request not possible","type":"about:blank"}"#)
        #expect(try server.post("/v1/search", json: "{").status == 400)
    }

    /// Hits without the times that differ between any two searches.
    private static func comparable(_ document: [String: Any]) throws -> String {
        let hits = try Self.hits(document).map { hit in
            let moment = hit["moment"] as? [String: Double]
            return "\(Self.path(hit)) \(moment?["start_seconds"] ?? -1)"
        }
        return hits.joined(separator: "\n")
    }

    @Test func manySearchesAtOnceFindWhatEachFindsAlone() throws {
        let queries = [
            "red car", "yellow birds", "balloon in a park", "blue boat", "harbour at sunset",
            "dog in the snow", "three penguins", "budget", "travel costs", "energy", "apples",
            "kitchen cake", "storm is coming", "record heat", "fire alarm", "rocket fuel",
        ]
        let port = server.port
        @Sendable func answer(_ query: String) throws -> String {
            try Self.comparable(
                Self.search(#"{"query":"\#(query)","rerank":false,"top":5}"#, port: port))
        }
        let alone = try queries.map(answer)
        let together = Mutex<[Int: String]>([:])
        let group = DispatchGroup()
        for (place, query) in queries.enumerated() {
            group.enter()
            Thread.detachNewThread {
                let found = (try? answer(query)) ?? "failed"
                together.withLock { $0[place] = found }
                group.leave()
            }
        }
        group.wait()
        #expect(together.withLock { found in queries.indices.map { found[$0] ?? "" } } == alone)
    }

    @Test func whatIsIndexedMeanwhileIsFound() throws {
        let folder = try TemporaryFolder()
        let media = folder.path("media")
        try FileManager.default.createDirectory(atPath: media, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: BuiltProgram.media + "/birthday.jpg", toPath: media + "/birthday.jpg")
        let library = folder.path("library")
        @Sendable func index() throws {
            let run = try BuiltProgram.run(["--index", library, "--quiet", "index", media])
            try #require(run.exitCode == 0, "\(run.messages)")
        }
        try index()
        let server = try ServedProgram(library: library)
        try Self.waitUntilReady(server)
        func find() throws -> [String] {
            let answer = try server.post("/v1/search", json: #"{"query":"lavender for the bees"}"#)
            #expect(answer.status == 200, "\(answer.text)")
            return try Self.hits(Self.object(answer.body)).map(Self.path)
        }
        #expect(try !find().contains("garden-radio.ogg"))
        for name in ["garden-radio.ogg", "garden-radio.srt"] {
            try FileManager.default.copyItem(
                atPath: BuiltProgram.media + "/" + name, toPath: media + "/" + name)
        }
        let isIndexed = Mutex(false)
        Thread.detachNewThread {
            try? index()
            isIndexed.withLock { $0 = true }
        }
        var searches = 0
        while !isIndexed.withLock({ $0 }) {
            _ = try find()
            searches += 1
        }
        #expect(searches > 0)
        for _ in 0..<500 where try find().first != "garden-radio.ogg" { usleep(20_000) }
        #expect(try find().first == "garden-radio.ogg")
    }

    @Test func withoutALibraryASearchIsToldToTryAgain() throws {
        let server = try ServedProgram()
        for _ in 0..<1000 {
            guard try server.get("/v1/search?q=x").text.contains("models are being") else { break }
            usleep(20_000)
        }
        let answer = try server.get("/v1/search?q=x", headers: ["Accept": "text/event-stream"])
        #expect(answer.status == 503)
        #expect(answer.headers["retry-after"] == "1")
        #expect(answer.text.contains("There is no library at"))
        #expect(try server.get("/readyz").status == 200)
    }
}
