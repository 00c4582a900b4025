import Foundation
import TestSupport
import Testing

/// Real answers of a served library beside what `/openapi.json` says of them.
@Suite struct APIDescriptionTests {
    private let folder: TemporaryFolder
    private let server: ServedProgram
    private let document: [String: Any]

    init() throws {
        folder = try TemporaryFolder()
        // Of its own: jobs lock the library while others read it.
        try FileManager.default.copyItem(
            atPath: DemoLibrary.path(), toPath: folder.path("library"))
        server = try ServedProgram(
            library: folder.path("library"), ["--media-root", BuiltProgram.media])
        document = try server.get("/openapi.json").object()
        // Models are loaded while the first requests come in.
        let deadline = Date.now.addingTimeInterval(60)
        while try server.get("/readyz").status != 200, Date.now < deadline { usleep(50_000) }
    }

    /// What is wrong with an answer to a described operation; empty when nothing is.
    private func problems(_ answer: RawAnswer, _ method: String, _ path: String) throws -> [String]
    {
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        let operation = try #require(paths[path]?[method], "\(method) \(path)")
        let answers = try #require(operation["responses"] as? [String: [String: Any]])
        let check = SchemaCheck(root: document)
        guard var described = answers["\(answer.status)"] else {
            return ["status \(answer.status) is not described"]
        }
        if let reference = described["$ref"] as? String {
            described = try #require(check.resolve(reference))
        }
        let type = answer.headers["content-type"]?.prefix { $0 != ";" }.lowercased() ?? ""
        guard let contents = described["content"] as? [String: [String: Any]] else {
            return answer.body.isEmpty ? [] : ["a body is not described"]
        }
        let kind = type.prefix { $0 != "/" } + "/*"
        guard let content = contents[type] ?? contents[String(kind)] else {
            return ["type \(type) is not described"]
        }
        guard type.hasSuffix("json"), let schema = content["schema"] as? [String: Any] else {
            return []
        }
        let value = try JSONSerialization.jsonObject(with: Data(answer.body))
        return check.problems(value, schema)
    }

    @Test func answersAreAsTheyAreDescribed() throws {
        let page = try server.get("/v1/assets?limit=100").object()
        let assets = try #require(page["assets"] as? [[String: Any]])
        let ids = try assets.map { try #require($0["id"] as? String) }
        #expect(ids.count > 5)
        var asked: [(target: String, path: String, status: Int)] = [
            ("/v1/library", "/v1/library", 200),
            ("/v1/assets?limit=2", "/v1/assets", 200), ("/v1/assets?limit=x", "/v1/assets", 422),
            ("/v1/assets?cursor=x", "/v1/assets", 400),
            ("/v1/assets/0123456789abcdef", "/v1/assets/{id}", 404),
            ("/v1/jobs", "/v1/jobs", 200), ("/v1/jobs/0123456789abcdef", "/v1/jobs/{id}", 404),
            ("/v1/search?q=apple+cake", "/v1/search", 200),
            ("/v1/search?q=%22apple%22+THEN+cake", "/v1/search", 200),
            ("/v1/search?q=apple&channels=keywords", "/v1/search", 200),
            ("/v1/search", "/v1/search", 422),
            ("/v1/export?q=apple&format=edl", "/v1/export", 200),
            ("/v1/export?q=apple&format=avi", "/v1/export", 422),
            ("/v1/models", "/v1/models", 200), ("/openapi.json", "/openapi.json", 200),
            ("/livez", "/livez", 200), ("/readyz?verbose", "/readyz", 200),
            ("/metrics", "/metrics", 200),
        ]
        for id in ids {
            asked.append(("/v1/assets/\(id)", "/v1/assets/{id}", 200))
            asked.append(("/v1/assets/\(id)/media", "/v1/assets/{id}/media", 200))
            asked.append(
                ("/v1/assets/\(id)/transcript.vtt", "/v1/assets/{id}/transcript.vtt", 200))
        }
        for (target, path, status) in asked {
            let answer = try server.get(target)
            #expect(answer.status == status, "\(target)")
            #expect(try problems(answer, "get", path) == [], "\(target)")
        }
    }

    @Test func jobsAreAsTheyAreDescribed() throws {
        for (body, status) in [
            ("{\"paths\":[\"\(BuiltProgram.media)/birthday.jpg\"]}", 202),
            ("{\"paths\":[\"/etc\"]}", 403), ("{\"paths\":[]}", 422), ("{", 400),
        ] {
            let answer = try server.post("/v1/ingest", json: body)
            #expect(answer.status == status, "\(body)")
            #expect(try problems(answer, "post", "/v1/ingest") == [], "\(body)")
            guard let job = answer.headers["location"] else { continue }
            _ = try server.get(job + "/events")
            let over = try server.get(job)
            #expect(try problems(over, "get", "/v1/jobs/{id}") == [])
            let cancelled = try server.post(job + "/cancel", json: "{}")
            #expect(try problems(cancelled, "post", "/v1/jobs/{id}/cancel") == [])
        }
    }

    @Test func whatIsFoundIsExportedInEveryFormat() throws {
        for (format, beginning) in [
            ("vtt", "WEBVTT\n"), ("m3u", "#EXTM3U\n"), ("edl", "TITLE: reel: apple cake\n"),
            ("fcpxml", "<?xml version=\"1.0\""),
        ] {
            let got = try server.get("/v1/export?format=\(format)&q=apple+cake&top=3")
            #expect(got.status == 200)
            #expect(got.text.hasPrefix(beginning))
            #expect(got.text.contains("apple-cake.mkv"))
            #expect(got.headers["content-disposition"]?.hasPrefix("attachment; filename=") == true)
            let posted = try server.post(
                "/v1/export?format=\(format)", json: #"{"query":"apple cake","top":3}"#)
            #expect(posted.text == got.text)
        }
        let slow = try server.get("/v1/export?format=edl&q=apple&frame_rate=29.97")
        #expect(slow.status == 200)
        #expect(try server.get("/v1/export?format=edl&q=apple&frame_rate=1").status == 422)
        #expect(try server.get("/v1/export?q=apple").status == 422)
    }
}
