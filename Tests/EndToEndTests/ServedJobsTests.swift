import Foundation
import TestSupport
import Testing

/// Taking files in over HTTP: jobs from their beginning to their end, however they end.
@Suite struct ServedJobsTests {
    private let folder: TemporaryFolder
    private let media: String
    private var library: String { folder.path("library") }

    init() throws {
        folder = try TemporaryFolder()
        media = folder.url.resolvingSymlinksInPath().path + "/media"
        try FileManager.default.createDirectory(atPath: media, withIntermediateDirectories: true)
        try Data("A lighthouse in the fog.".utf8)
            .write(to: URL(fileURLWithPath: media + "/a.txt"))
    }

    private func serve(_ options: [String] = []) throws -> ServedProgram {
        try ServedProgram(library: library, ["--media-root", media] + options)
    }

    private func body(_ paths: [String], _ more: String = "") throws -> String {
        let list = try JSONSerialization.data(
            withJSONObject: paths, options: [.withoutEscapingSlashes])
        return "{\"paths\":\(String(decoding: list, as: UTF8.self))\(more)}"
    }

    /// - Returns: the address of the job.
    private func submit(_ server: ServedProgram, _ paths: [String]) throws -> String {
        let answer = try server.post("/v1/ingest", json: body(paths))
        try #require(answer.status == 202, "\(answer.text)")
        return try #require(answer.headers["location"])
    }

    private struct Event {
        var name: String
        var data: [String: Any]
    }

    /// All events of a job, to its end.
    private func events(_ server: ServedProgram, _ job: String) throws -> [Event] {
        let answer = try server.get(job + "/events")
        #expect(answer.headers["content-type"]?.hasPrefix("text/event-stream") == true)
        return try answer.text.components(separatedBy: "\n\n").compactMap { block in
            let lines = block.components(separatedBy: "\n")
            guard let name = lines.first(where: { $0.hasPrefix("event: ") }),
                let data = lines.first(where: { $0.hasPrefix("data: ") })
            else { return nil }
            let object = try JSONSerialization.jsonObject(with: Data(data.dropFirst(6).utf8))
            return Event(
                name: String(name.dropFirst(7)), data: try #require(object as? [String: Any]))
        }
    }

    /// Several minutes of a picture that moves, quick to make and slow to read.
    private func writeLongFilms(_ count: Int) throws {
        for number in 0..<count {
            try FFmpegCommand.run([
                "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=60", "-vf",
                "hue=h=\(number * 40)", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
                "yuv420p", media + "/long \(number).mp4",
            ])
        }
    }

    @Test func aJobMakesALibraryAndTellsWhatItDidFileByFile() throws {
        try FileManager.default.copyItem(
            atPath: MediaFolder.film(), toPath: media + "/film.mp4")
        try Data("This is no film.".utf8).write(to: URL(fileURLWithPath: media + "/broken.mp4"))
        let server = try serve()
        let job = try submit(server, [media])
        let events = try events(server, job)
        #expect(events.first?.name == "job")
        let last = try #require(events.last)
        #expect(last.name == "done")
        #expect(last.data["state"] as? String == "succeeded")
        let outcome = try #require(last.data["outcome"] as? [String: Any])
        #expect(outcome["indexed"] as? Int == 2)
        #expect(outcome["failed"] as? Int == 1)
        let failures = try #require(last.data["failures"] as? [[String: Any]])
        #expect(failures.count == 1)
        #expect(failures.first?["path"] as? String == media + "/broken.mp4")
        #expect((failures.first?["problem"] as? String)?.isEmpty == false)
        let files = events.filter { $0.name == "file" }.compactMap { $0.data["path"] as? String }
        #expect(Set(files) == Set(["a.txt", "film.mp4", "broken.mp4"].map { media + "/" + $0 }))
        // Whoever comes late is told the same.
        #expect(try self.events(server, job).map(\.name) == ["job", "done"])
        #expect(try server.get(job + "/events", headers: ["Last-Event-ID": "done"]).status == 204)
        let counts = try #require(server.get("/v1/library").object()["assets"] as? [String: Int])
        #expect(counts == ["video": 1, "text": 1, "audio": 0, "image": 0])
        let problems = try server.get("/v1/assets").object()["problems"] as? [[String: Any]]
        #expect(problems?.first?["path"] as? String == media + "/broken.mp4")
    }

    @Test func aCancelledJobKeepsWhatIsWholeAndTheNextGoesOn() throws {
        try writeLongFilms(3)
        let server = try serve()
        let job = try submit(server, [media])
        let answer = try server.post(job + "/cancel", json: "{}")
        #expect(answer.status == 200)
        let last = try #require(try events(server, job).last)
        #expect(last.data["state"] as? String == "cancelled")
        let check = try BuiltProgram.run(["--index", library, "doctor", "--deep"])
        #expect(!check.output.contains("✗"))
        let again = try events(server, submit(server, [media]))
        #expect(again.last?.data["state"] as? String == "succeeded")
        let counts = try #require(server.get("/v1/library").object()["assets"] as? [String: Int])
        #expect(counts["video"] == 3)
        #expect(try server.ask("DELETE", job).status == 200)
    }

    @Test func aTermSignalEndsARunAtASafePlace() throws {
        try writeLongFilms(2)
        let server = try serve()
        let job = try submit(server, [media])
        let deadline = Date.now.addingTimeInterval(60)
        while try server.get(job).object()["state"] as? String == "queued", Date.now < deadline {
            usleep(10_000)
        }
        server.send(signal: SIGTERM)
        #expect(server.exitCode(within: 60) == 0)
        let restarted = try serve()
        #expect(try restarted.get(job).status == 404)
        let last = try #require(try events(restarted, submit(restarted, [media])).last)
        #expect(last.data["state"] as? String == "succeeded")
        let check = try BuiltProgram.run(["--index", library, "doctor", "--deep"])
        #expect(check.output.contains("3 assets"))
        #expect(check.output.contains("no damage found in any byte"))
    }

    @Test func aJobFailsWhileSomebodyElseWritesTheLibraryAndSaysWho() throws {
        let server = try serve()
        let first = try events(server, submit(server, [media]))
        #expect(first.last?.data["state"] as? String == "succeeded")
        let lock = open(library + "/lock", O_RDWR)
        try #require(lock >= 0)
        defer { close(lock) }
        try #require(flock(lock, LOCK_EX) == 0)
        let last = try #require(try events(server, submit(server, [media])).last)
        #expect(last.data["state"] as? String == "failed")
        #expect((last.data["problem"] as? String)?.contains("is being written by") == true)
        let asset = try #require(
            (try server.get("/v1/assets").object()["assets"] as? [[String: Any]])?.first)
        let busy = try server.ask("DELETE", "/v1/assets/\(try #require(asset["id"] as? String))")
        #expect(busy.status == 503)
        #expect(busy.headers["retry-after"] != nil)
    }

    @Test func nothingIsTakenInFromOutsideTheRoots() throws {
        let outside = folder.path("outside")
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: media + "/link", withDestinationPath: outside)
        try FileManager.default.createSymbolicLink(
            atPath: media + "/environ", withDestinationPath: "/proc/self/environ")
        let server = try serve()
        for path in [
            outside, media + "/link", media + "/environ", "/proc/self/environ", "/etc/passwd",
            "/", media + "x",
        ] {
            let answer = try server.post("/v1/ingest", json: body([path]))
            #expect(answer.status == 403, "\(path)")
            #expect(answer.headers["content-type"] == "application/problem+json")
        }
        for path in [media + "/../outside", media + "/nosuch", "media", ""] {
            #expect(try server.post("/v1/ingest", json: body([path])).status == 422)
        }
        #expect(try server.get("/v1/jobs").object()["jobs"] as? [String] == [])
        #expect(!FileManager.default.fileExists(atPath: library))
    }

    @Test func withoutARootItIsSaidHowToAllowOne() throws {
        let server = try ServedProgram(library: library)
        let answer = try server.post("/v1/ingest", json: body([media]))
        #expect(answer.status == 403)
        #expect(answer.text.contains("--media-root"))
        #expect(try server.get("/v1/library").object()["media_roots"] as? [String] == [])
    }
}
