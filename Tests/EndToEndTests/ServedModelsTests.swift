import Foundation
import TestSupport
import Testing

/// The models over HTTP, in the dialects of other servers: whole documents, numbers apart.
@Suite(.enabled(if: BuiltProgram.hasTextEncoder, "scripts/fetch-models has not been run"))
struct ServedModelsTests {
    private let server: ServedProgram

    init() throws {
        server = try ServedProgram(library: DemoLibrary.path())
        for _ in 0..<1000 where try server.get("/readyz").status != 200 { usleep(20_000) }
    }

    private func text(_ target: String, _ json: String, status: Int = 200) throws -> String {
        let answer = try server.post(target, json: json)
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.headers["content-type"] == "application/json")
        return answer.text
    }

    /// The document with every number that has a fraction made a #.
    private func shape(_ text: String) -> String {
        text.replacing(/-?\d+\.\d+(e-?\d+)?/, with: "#")
    }

    private func numbers(_ target: String, _ json: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(text(target, json).utf8))
    }

    @Test func theModelsAreListed() throws {
        let answer = try server.get("/v1/models")
        #expect(
            answer.text
                == #"{"data":[{"created":0,"id":"all-MiniLM-L6-v2","object":"model","#
                + #""owned_by":"reel"},{"created":0,"id":"reel-clip-tiny","object":"model","#
                + #""owned_by":"reel"},{"created":0,"id":"reel-reranker","object":"model","#
                + #""owned_by":"reel"},{"created":0,"id":"reel-library","object":"model","#
                + #""owned_by":"reel"}],"object":"list"}"#)
    }

    @Test func embeddingsAreOfUnitLengthAndInOrder() throws {
        let found = try numbers(
            "/v1/embeddings",
            #"{"input":["a cat","a cat sleeps","the budget"],"model":"all-MiniLM-L6-v2"}"#)
        let document = try #require(found as? [String: Any])
        #expect(document["object"] as? String == "list")
        #expect(document["model"] as? String == "all-MiniLM-L6-v2")
        // Two special tokens a text.
        #expect(document["usage"] as? [String: Int] == ["prompt_tokens": 13, "total_tokens": 13])
        let data = try #require(document["data"] as? [[String: Any]])
        #expect(data.compactMap { $0["index"] as? Int } == [0, 1, 2])
        let vectors = try data.map { try #require($0["embedding"] as? [Double]) }
        #expect(vectors.allSatisfy { $0.count == 384 })
        func dot(_ left: [Double], _ right: [Double]) -> Double {
            zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
        }
        for vector in vectors { #expect(abs(dot(vector, vector) - 1) < 1e-5) }
        #expect(dot(vectors[0], vectors[1]) > dot(vectors[0], vectors[2]) + 0.3)
    }

    @Test func base64HoldsTheSameNumbers() throws {
        let plain = try #require(
            try numbers("/v1/embeddings", #"{"input":"a cat"}"#) as? [String: Any])
        let coded = try #require(
            try numbers("/v1/embeddings", #"{"input":"a cat","encoding_format":"base64"}"#)
                as? [String: Any])
        func item(_ document: [String: Any]) throws -> Any? {
            try #require(document["data"] as? [[String: Any]])[0]["embedding"]
        }
        let floats = try #require(try item(plain) as? [Double]).map(Float.init)
        let text = try #require(try item(coded) as? String)
        let bytes = try #require(Data(base64Encoded: text))
        let decoded = stride(from: 0, to: bytes.count, by: 4).map { offset in
            Float(
                bitPattern: (0..<4).reduce(UInt32(0)) {
                    $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1)
                })
        }
        #expect(decoded == floats)
    }

    @Test func theOtherModelCanBeNamed() throws {
        let document = try #require(
            try numbers("/v1/embeddings", #"{"input":"a red car","model":"reel-clip-tiny"}"#)
                as? [String: Any])
        let data = try #require(document["data"] as? [[String: Any]])
        #expect((data[0]["embedding"] as? [Double])?.count == 192)
    }

    private static let errors: [(body: String, status: Int, answer: String)] = [
        (
            #"{"input":"a","model":"gpt-9"}"#, 404,
            #"{"error":{"code":"model_not_found","message":"There is no model gpt-9 for embeddings "#
                + #"here. There are: all-MiniLM-L6-v2, reel-clip-tiny.","param":null,"#
                + #""type":"invalid_request_error"}}"#
        ),
        (
            #"{"input":"a","dimensions":64}"#, 400,
            #"{"error":{"code":null,"message":"all-MiniLM-L6-v2 has embeddings of 384 numbers, "#
                + #"which cannot be cut to 64.","param":"dimensions","#
                + #""type":"invalid_request_error"}}"#
        ),
        (
            #"{"input":[[1,2]]}"#, 400,
            #"{"error":{"code":null,"message":"Tokens are of another model's vocabulary: send "#
                + #"texts. (LangChain: check_embedding_ctx_length=False.)","param":"input/0","#
                + #""type":"invalid_request_error"}}"#
        ),
        (
            #"{"inputs":"a"}"#, 400,
            #"{"error":{"code":null,"message":"The key “inputs” is unknown. Known are: input, "#
                + #"model, encoding_format, dimensions, user.","param":"inputs","#
                + #""type":"invalid_request_error"}}"#
        ),
    ]

    @Test(arguments: errors)
    func errorsAreOpenAIs(_ row: (body: String, status: Int, answer: String)) throws {
        #expect(try text("/v1/embeddings", row.body, status: row.status) == row.answer)
    }

    private static let documents =
        #""query":"Who sleeps?","documents":["The budget grew.","The cat sleeps all day."]"#

    @Test func jinaAndLlamaAreAnswered() throws {
        for address in ["/v1/rerank", "/rerank", "/reranking", "/v1/reranking"] {
            let answer = try text(
                address, "{\(Self.documents),\"return_documents\":true,\"top_n\":1}")
            #expect(
                shape(answer)
                    == ##"{"model":"reel-reranker","object":"list","results":[{"document":{"text":"##
                    + ##""The cat sleeps all day."},"index":1,"relevance_score":#}],"usage":"##
                    + ##"{"prompt_tokens":24,"total_tokens":24}}"##)
        }
    }

    @Test func cohereIsAnswered() throws {
        let answer = try text("/v2/rerank", "{\"model\":\"reel-reranker\",\(Self.documents)}")
        let plain = shape(answer).replacing(/"id":"[0-9a-f-]{36}"/, with: "\"id\":\"*\"")
        #expect(
            plain
                == ##"{"id":"*","meta":{"api_version":{"version":"2"}},"results":["##
                + ##"{"index":1,"relevance_score":#},{"index":0,"relevance_score":#}]}"##)
    }

    @Test func textEmbeddingsInferenceIsAnswered() throws {
        let answer = try text(
            "/rerank",
            #"{"query":"Who sleeps?","texts":["The budget grew.","The cat sleeps all day."],"#
                + #""return_text":true}"#)
        #expect(
            shape(answer)
                == ##"[{"index":1,"score":#,"text":"The cat sleeps all day."},"##
                + ##"{"index":0,"score":#,"text":"The budget grew."}]"##)
        let vectors = try #require(
            try numbers("/embed", #"{"inputs":["a","b"],"truncate":true}"#) as? [[Double]])
        #expect(vectors.map(\.count) == [384, 384])
        #expect(
            try text("/embed", #"{"inputs":"a","normalize":false}"#, status: 422)
                == #"{"error":"These models' embeddings are always of unit length.","#
                + #""error_type":"Validation"}"#)
    }

    @Test func tooManyPassagesAreRefused() throws {
        let texts = Array(repeating: "\"a\"", count: 1001).joined(separator: ",")
        #expect(
            try text("/rerank", "{\"query\":\"q\",\"texts\":[\(texts)]}", status: 422)
                == #"{"error":"The list has 1001 elements; at most 1000 are allowed.","#
                + #""error_type":"Validation"}"#)
    }
}
