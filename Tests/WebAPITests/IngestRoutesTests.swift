import Corpus
import Foundation
import Service
import TestSupport
import Testing

@testable import WebAPI

@Suite struct IngestRoutesTests {
    private let folder: TemporaryFolder
    private let media: String
    private let roots: MediaRoots

    init() throws {
        folder = try TemporaryFolder()
        media = folder.url.resolvingSymlinksInPath().path + "/media"
        try FileManager.default.createDirectory(atPath: media, withIntermediateDirectories: true)
        roots = try MediaRoots([media])
    }

    private func problem(_ body: String, roots: MediaRoots? = nil) -> Problem? {
        let error = #expect(throws: (any Error).self) {
            try IngestRoutes.indexRequest(Array(body.utf8), roots ?? self.roots)
        }
        return error.map(ErrorTable.problem)
    }

    @Test func aRequestIsReadWithAllItMaySay() throws {
        let plain = try IngestRoutes.indexRequest(
            Array(#"{"paths":["\#(media)"]}"#.utf8), roots)
        #expect(plain.paths == [media])
        #expect(plain.keyFrames == .fast)
        #expect(plain.recognizer == .auto)
        #expect(!plain.rebuild && !plain.readsUnchanged && !plain.retriesFailures)
        let full = try IngestRoutes.indexRequest(
            Array(
                #"{"paths":["\#(media)"],"frames":"thorough","transcribe":"off","rebuild":true,"retry":true}"#
                    .utf8), roots)
        #expect(full.keyFrames == .thorough)
        #expect(full.recognizer == .off)
        #expect(full.readsUnchanged && full.retriesFailures)
        // A library is never thrown away from afar.
        #expect(!full.rebuild)
    }

    private struct Row: Sendable {
        var body: String
        var status: Int
        var pointers: [String]
    }

    private static let rows: [Row] = [
        Row(body: "", status: 400, pointers: [""]),
        Row(body: "[]", status: 422, pointers: [""]),
        Row(body: "{\"paths\":", status: 400, pointers: [""]),
        Row(body: "{}", status: 422, pointers: ["/paths"]),
        Row(body: #"{"paths":[]}"#, status: 422, pointers: ["/paths"]),
        Row(body: #"{"paths":"MEDIA"}"#, status: 422, pointers: ["/paths"]),
        Row(body: #"{"paths":["MEDIA",5]}"#, status: 422, pointers: ["/paths/1"]),
        Row(
            body: #"{"paths":["MEDIA"],"frames":"brief","transcribe":1,"rebuild":1,"colour":2}"#,
            status: 422, pointers: ["/colour"]),
        Row(body: #"{"paths":["MEDIA"],"frames":"brief"}"#, status: 422, pointers: ["/frames"]),
        Row(body: #"{"paths":["MEDIA"],"transcribe":1}"#, status: 422, pointers: ["/transcribe"]),
        Row(body: #"{"paths":["MEDIA"],"rebuild":1}"#, status: 422, pointers: ["/rebuild"]),
        Row(body: #"{"paths":["MEDIA"],"a/b~c":1}"#, status: 422, pointers: ["/a~1b~0c"]),
        Row(body: #"{"paths":["MEDIA/nosuch"]}"#, status: 422, pointers: ["/paths/0"]),
        Row(body: #"{"paths":["MEDIA","media"]}"#, status: 422, pointers: ["/paths/1"]),
        Row(body: #"{"paths":["MEDIA/../.."]}"#, status: 422, pointers: ["/paths/0"]),
        Row(body: #"{"paths":["MEDIA","/etc/passwd"]}"#, status: 403, pointers: ["/paths/1"]),
        Row(body: #"{"paths":["/proc/self/environ"]}"#, status: 403, pointers: ["/paths/0"]),
    ]

    @Test(arguments: rows.indices)
    func whatIsWrongIsNamedFieldByField(index: Int) {
        let row = Self.rows[index]
        let found = problem(row.body.replacingOccurrences(of: "MEDIA", with: media))
        #expect(found?.status == row.status)
        #expect(found?.errors.map(\.pointer) == row.pointers)
    }

    @Test func withoutARootNothingIsTakenInAndItIsSaidHowToAllowIt() throws {
        let found = problem(#"{"paths":["\#(media)"]}"#, roots: try MediaRoots([]))
        #expect(found?.status == 403)
        #expect(found?.detail.contains("--media-root") == true)
    }

    // MARK: Jobs

    private func request(_ method: HTTPMethod, id: String) -> HTTPRequest {
        var request = HTTPRequest(method: method, rawPath: "/v1/jobs/\(id)")
        request.parameters["id"] = id
        return request
    }

    private func route(_ method: HTTPMethod, _ pattern: String, _ jobs: JobQueue) throws -> Route {
        let routes = JobRoutes.routes(jobs) + IngestRoutes.routes(jobs) { [roots] in roots }
        return try #require(routes.first { $0.method == method && $0.pattern == pattern })
    }

    @Test func aJobIsTakenOnAndFollowedToItsEnd() throws {
        let jobs = JobQueue { _, _, _, _ in throw Failure(.busy, "Somebody else writes.") }
        var submission = HTTPRequest(method: .post, rawPath: "/v1/ingest")
        submission.body = Array(#"{"paths":["\#(media)"]}"#.utf8)
        let accepted = try route(.post, "/v1/ingest", jobs).respond(submission)
        #expect(accepted.status == 202)
        let id = try #require(jobs.jobs().first?.id)
        #expect(accepted.headers.contains { $0.name == "Location" && $0.value == "/v1/jobs/\(id)" })
        let response = try route(.get, "/v1/jobs/{id}/events", jobs)
            .respond(request(.get, id: id))
        guard case .stream(let stream) = response.body else {
            Issue.record("events are a stream")
            return
        }
        var text = ""
        try stream { text += String(decoding: $0, as: UTF8.self) }
        let names = text.split(separator: "\n").filter { $0.hasPrefix("event: ") }
        #expect(names.first == "event: job")
        #expect(names.last == "event: done")
        #expect(text.contains("\"problem\":\"Somebody else writes.\""))
        #expect(text.contains("\"state\":\"failed\""))
        // Whoever has seen the end is told to stay away.
        var again = request(.get, id: id)
        again.headers["last-event-id"] = "done"
        let rest = try route(.get, "/v1/jobs/{id}/events", jobs).respond(again)
        #expect(rest.status == 204)
    }

    @Test(arguments: [
        (HTTPMethod.get, "/v1/jobs/{id}"), (.get, "/v1/jobs/{id}/events"),
        (.post, "/v1/jobs/{id}/cancel"), (.delete, "/v1/jobs/{id}"),
    ])
    func aJobThatIsNotKnownIsNotFound(method: HTTPMethod, pattern: String) throws {
        let jobs = JobQueue { _, _, _, _ in throw Failure(.busy, "never") }
        let route = try route(method, pattern, jobs)
        let problem = #expect(throws: Problem.self) {
            try route.respond(request(method, id: "0123456789abcdef"))
        }
        #expect(problem?.status == 404)
    }

    @Test func aServerThatIsBeingStoppedTakesNothingOn() throws {
        let jobs = JobQueue { _, _, _, _ in throw Failure(.busy, "never") }
        jobs.beginStopping()
        #expect(jobs.waitUntilIdle(atMost: 5))
        var submission = HTTPRequest(method: .post, rawPath: "/v1/ingest")
        submission.body = Array(#"{"paths":["\#(media)"]}"#.utf8)
        let route = try route(.post, "/v1/ingest", jobs)
        let problem = #expect(throws: Problem.self) { try route.respond(submission) }
        #expect(problem?.status == 503)
        #expect(problem?.headers["Retry-After"] != nil)
    }
}
