import Foundation
import TestSupport
import Testing

/// `/v1/cases` of a running server.
@Suite struct ServedCasesTests {
    /// Words that no case of the library has: found anywhere, they came from the request.
    private static let secret = "麒麟暗号甲乙"
    private static let fact = DemoCases.fact + secret

    private static func json(_ object: Any) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }

    private static let routes = ["/v1/cases/classify", "/v1/cases/search", "/v1/cases/predict"]

    @Test func answersAreAsTheyAreDescribed() throws {
        let server = try DemoCases.served()
        let document = try server.get("/openapi.json").object()
        let check = SchemaCheck(root: document)
        let schemas = ["Classification", "Precedents", "Prediction"]
        for (route, schema) in zip(Self.routes, schemas) {
            let answer = try server.post(route, json: Self.json(["fact": Self.fact]))
            #expect(answer.status == 200, "\(answer.text)")
            let value = try JSONSerialization.jsonObject(with: Data(answer.body))
            #expect(
                check.problems(value, ["$ref": "#/components/schemas/\(schema)"]) == [], "\(route)")
        }
        let library = try server.get("/v1/cases")
        let value = try JSONSerialization.jsonObject(with: Data(library.body))
        #expect(check.problems(value, ["$ref": "#/components/schemas/CaseLibrary"]) == [])
        #expect(try library.object()["cases"] as? Int == 480)
        let classified = try server.post(Self.routes[0], json: Self.json(["fact": Self.fact]))
            .object()
        #expect(classified["chosen"] as? [String] == ["盗窃"])
        #expect(classified["classifier"] as? String == "linear")
    }

    @Test func withoutALibraryThereIsNothing() throws {
        let folder = try TemporaryFolder()
        let server = try ServedProgram(environment: ["REEL_CASES": folder.path("none")])
        #expect(try server.get("/v1/cases").object()["cases"] as? Int == 0)
        for route in Self.routes {
            let answer = try server.post(route, json: Self.json(["fact": Self.fact]))
            #expect(answer.status == 404)
            #expect(answer.text.contains("reel cases import"))
        }
    }

    /// What is imported and trained while the server runs is used from the next request on.
    @Test func theLibraryMayChangeMeanwhile() throws {
        let folder = try TemporaryFolder()
        let server = try ServedProgram(environment: ["REEL_CASES": folder.path("cases")])
        func reel(_ arguments: String...) throws {
            let run = try BuiltProgram.run(
                ["--index", folder.path("cases"), "--quiet", "cases"] + arguments)
            try #require(run.exitCode == 0, "\(run.messages)")
        }
        let lines = try String(contentsOfFile: DemoCases.file, encoding: .utf8)
            .split(separator: "\n")
        func part(_ range: Range<Int>, _ name: String) throws -> String {
            try Data(lines[range].joined(separator: "\n").utf8)
                .write(to: folder.url.appendingPathComponent(name))
            return folder.path(name)
        }
        func search() throws -> [String: Any] {
            try server.post(Self.routes[1], json: Self.json(["fact": Self.fact])).object()
        }
        try reel("import", part(0..<100, "first.jsonl"))
        #expect(try (search()["scope"] as? String)?.contains("no classifier") == true)
        try reel("train")
        #expect(try (search()["scope"] as? String)?.contains("no classifier") == false)
        try reel("import", part(100..<480, "rest.jsonl"))
        let text = try JSONSerialization.jsonObject(with: Data(lines[300].utf8)) as? [String: Any]
        let added = try #require(text?["fact"] as? String)
        let found = try server.post(Self.routes[1], json: Self.json(["fact": added])).object()
        let hits = try #require(found["hits"] as? [[String: Any]])
        #expect(hits.contains { $0["fact"] as? String == added })
    }

    // MARK: Privacy

    private struct BadRequest: Sendable {
        var route: String
        var body: String
        var status: Int
        var says: String
    }

    private static func badRequests() throws -> [BadRequest] {
        let long = String(repeating: secret, count: 20_000)
        return try routes.flatMap { route in
            [
                BadRequest(
                    route: route, body: "{\"fact\": \"\(secret)", status: 400, says: "no JSON"),
                BadRequest(
                    route: route, body: try json(["fact": [secret]]), status: 422, says: "/fact"),
                BadRequest(
                    route: route, body: try json(["fact": long]), status: 422,
                    says: "The fact is too long"),
                BadRequest(
                    route: route, body: try json(["fact": long + long + long]), status: 413,
                    says: "at most"),
                BadRequest(
                    route: route, body: try json(["fact": " "]), status: 422,
                    says: "The fact is empty"),
            ]
        } + [
            BadRequest(
                route: routes[0],
                body: try json(["fact": "The defendant broke into a shop. Password: hunter2."]),
                status: 422, says: "does not look like a fact"),
            BadRequest(
                route: routes[1], body: try json(["fact": fact, "charges": ["伤害"]]), status: 422,
                says: "It has: 故意伤害"),
            BadRequest(
                route: routes[2], body: try json(["fact": fact, "articles": [9999]]), status: 404,
                says: "nothing to estimate from"),
        ]
    }

    @Test func nothingOfACaseIsToldToAnybodyElse() throws {
        // Refuses, and repeats what it was sent.
        let echo = #"{"error":{"message":"cannot answer: \#(Self.secret)"}}"#
        let model = try ScriptedServer([.json(echo, status: "400 Bad Request")])
        let server = try DemoCases.served([
            "REEL_LLM_ENDPOINT": model.url, "REEL_LLM_MODEL": "scripted",
        ])
        for route in Self.routes.dropLast() {
            let answer = try server.post(route, json: Self.json(["fact": Self.fact]))
            #expect(answer.status == 200)
            // Precedents are of the library; the request's own fact is not sent back.
            #expect(!answer.text.contains(Self.secret), "\(route)")
        }
        let refused = try server.post(Self.routes[2], json: Self.json(["fact": Self.fact]))
        #expect(refused.status >= 400)
        #expect(refused.text.contains("refused with status 400"))
        #expect(!refused.text.contains(Self.secret))
        for bad in try Self.badRequests() {
            let answer = try server.post(bad.route, json: bad.body)
            #expect(answer.status == bad.status, "\(bad.route): \(answer.text)")
            #expect(
                answer.headers["content-type"]?.hasPrefix("application/problem+json") == true)
            #expect(answer.text.contains(bad.says), "\(answer.text)")
            #expect(!answer.text.contains(Self.secret) && !answer.text.contains("hunter2"))
        }
        // In an address a fact has no place: it is refused, and not repeated.
        let escaped = Self.secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let misplaced = try server.get("/v1/cases/search?fact=\(escaped)")
        #expect(misplaced.status == 405)
        let metrics = try server.get("/metrics").text
        #expect(metrics.contains("/v1/cases/search"))
        server.send(signal: SIGTERM)
        #expect(server.exitCode(within: 20) == 0)
        for told in [misplaced.text, metrics, server.output, server.messages] {
            #expect(!told.contains(Self.secret) && !told.contains("hunter2"))
            #expect(!told.contains(escaped))
        }
    }

    // MARK: A language model

    private static func reply(_ months: Int, charge: String = "盗窃", fine: Int = 2000) -> String {
        """
        {"罚金": \(fine), "罪名": "\(charge)", "是否死刑": "否", "有期徒刑": \(months), \
        "是否无期": "否", "犯罪嫌疑人": "王某"}
        """
    }

    @Test func threeAnswersOfALanguageModelBecomeOne() throws {
        let model = try ScriptedServer([
            .says(Self.reply(10)), .says("我认为应当判处"), .says(Self.reply(14, charge: "抢夺")),
            .says(Self.reply(11, fine: 9000)),
        ])
        let server = try DemoCases.served([
            "REEL_LLM_ENDPOINT": model.url, "REEL_LLM_MODEL": "scripted",
        ])
        let answer = try server.post(Self.routes[2], json: Self.json(["fact": Self.fact]))
        #expect(answer.status == 200, "\(answer.text)")
        let document = try answer.object()
        #expect(document["source"] as? String == "language model")
        let outcome = try #require(document["outcome"] as? [String: Any])
        // The median of 10, 14 and 11; the majority of the charges.
        #expect(outcome["有期徒刑"] as? Int == 11)
        #expect(outcome["罪名"] as? String == "盗窃")
        #expect(outcome["罚金"] as? Int == 2000)
        #expect(document["imprisonment_months_range"] as? [Int] == [10, 14])
        let agreement = try #require(document["agreement"] as? [String: Double])
        #expect(agreement["charge"] == 0.6667 && agreement["suspect"] == 1)
        let votes = try #require(document["votes"] as? [[String: Any]])
        #expect(votes.map { $0["temperature"] as? Double } == [0, 0.5, 0.9])
        #expect(
            votes.map { $0["dissents"] as? [String] } == [
                ["有期徒刑"], ["罪名", "有期徒刑"], ["罚金"],
            ])
        // Four calls: the reply that was no JSON was asked for once more, at the same temperature.
        let bodies = try model.requests.map { request in
            try #require(
                JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any])
        }
        #expect(bodies.map { $0["temperature"] as? Double } == [0, 0.5, 0.5, 0.9])
        #expect(bodies.allSatisfy { $0["response_format"] != nil })
        let asked = try #require(bodies.first?["messages"] as? [[String: Any]])
        let prompt = asked.compactMap { $0["content"] as? String }.joined()
        #expect(prompt.contains("〈案情〉" + Self.fact + "〈/案情〉"))
        #expect(prompt.contains("先例5"))
    }

    @Test func aModelThatNeverAnswersInTheSchemaIsAnErrorWithoutTheCase() throws {
        let model = try ScriptedServer((0..<6).map { _ in .says("关于" + Self.secret) })
        let server = try DemoCases.served([
            "REEL_LLM_ENDPOINT": model.url, "REEL_LLM_MODEL": "scripted",
        ])
        let answer = try server.post(Self.routes[2], json: Self.json(["fact": Self.fact]))
        #expect(answer.status >= 400)
        #expect(answer.text.contains("reply cannot be used"))
        #expect(!answer.text.contains(Self.secret))
        #expect(model.requests.count == 6)
    }
}
