import Foundation
import TestSupport
import Testing

/// Assets of a served library: the list, their files, pictures and captions, and taking them out.
@Suite struct ServedAssetsTests {
    /// A folder of media of several kinds, its library, and a server of it.
    private final class Sample {
        let folder: TemporaryFolder
        let server: ServedProgram
        var media: String { folder.path("media") }

        init() throws {
            folder = try TemporaryFolder()
            let files = FileManager.default
            try files.createDirectory(
                atPath: folder.path("media"), withIntermediateDirectories: true)
            for (made, name) in [
                (try MediaFolder.film(), "film.mp4"), (try MediaFolder.matroska(), "film.mkv"),
                (try MediaFolder.picture(), "picture.png"),
            ] {
                try files.copyItem(atPath: made, toPath: folder.path("media/" + name))
            }
            try Data("<script>alert(1)</script> A note.".utf8)
                .write(to: URL(fileURLWithPath: folder.path("media/note.txt")))
            try Data(
                "1\n00:00:00,500 --> 00:00:01,500\nBread & <b>butter</b>, a < b.\n".utf8
            ).write(to: URL(fileURLWithPath: folder.path("media/film.srt")))
            let run = try BuiltProgram.run([
                "--index", folder.path("library"), "--quiet", "index", folder.path("media"),
            ])
            try #require(run.exitCode == 0, "\(run.messages)")
            server = try ServedProgram(library: folder.path("library"))
        }

        func assets(_ query: String = "limit=100") throws -> [[String: Any]] {
            try server.get("/v1/assets?" + query).object()["assets"] as? [[String: Any]] ?? []
        }

        /// The id of the asset that has a file of that name.
        func id(_ name: String) throws -> String {
            let asset = try assets().first {
                ($0["path"] as? String)?.hasSuffix("/" + name) ?? false
            }
            return try #require(asset?["id"] as? String)
        }
    }

    @Test func filesOfEveryKindAreGivenByteByByteWithTheirType() throws {
        let sample = try Sample()
        let types = [
            "film.mp4": "video/mp4", "film.mkv": "video/x-matroska", "picture.png": "image/png",
            "note.txt": "application/octet-stream",
        ]
        #expect(try sample.assets().count == types.count)
        for (name, type) in types {
            let answer = try sample.server.get("/v1/assets/\(sample.id(name))/media")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == type)
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["accept-ranges"] == "bytes")
            #expect(try answer.body == MediaFolder.bytes(sample.media + "/" + name))
            let isSaved = answer.headers["content-disposition"]?.hasPrefix("attachment") ?? false
            #expect(isSaved == (name == "note.txt"))
        }
    }

    @Test func aFilmIsGivenInPartsAsAPlayerAsksForThem() throws {
        let sample = try Sample()
        let address = "/v1/assets/\(try sample.id("film.mp4"))/media"
        let film = try MediaFolder.bytes(sample.media + "/film.mp4")
        let first = try sample.server.get(address, headers: ["Range": "bytes=0-"])
        #expect(first.status == 206)
        #expect(first.headers["content-range"] == "bytes 0-\(film.count - 1)/\(film.count)")
        #expect(first.body == film)
        let tag = try #require(first.headers["etag"])
        let middle = try sample.server.get(
            address, headers: ["Range": "bytes=1000-1999", "If-Range": tag])
        #expect(middle.status == 206)
        #expect(middle.body == Array(film[1000..<2000]))
        #expect(middle.headers["content-length"] == "1000")
        let behind = try sample.server.get(
            address, headers: ["Range": "bytes=\(film.count)-"])
        #expect(behind.status == 416)
        #expect(behind.headers["content-range"] == "bytes */\(film.count)")
        #expect(behind.headers["content-type"] == "application/problem+json")
        let known = try sample.server.get(address, headers: ["If-None-Match": tag])
        #expect(known.status == 304)
        #expect(known.body.isEmpty)
        let head = try sample.server.ask("HEAD", address, headers: ["Range": "bytes=0-9"])
        #expect(head.status == 200)
        #expect(head.headers["content-length"] == "\(film.count)")
        #expect(head.body.isEmpty)
        // A file that changes is another one: its parts are not mixed with those of before.
        try Data(film.reversed()).write(to: URL(fileURLWithPath: sample.media + "/film.mp4"))
        let changed = try sample.server.get(
            address, headers: ["Range": "bytes=0-9", "If-Range": tag])
        #expect(changed.status == 200)
        #expect(changed.body == film.reversed())
    }

    @Test func aFileThatIsGoneOrALinkNowIsNotFoundAndItIsSaidWhy() throws {
        let sample = try Sample()
        let address = "/v1/assets/\(try sample.id("film.mp4"))/media"
        let path = sample.media + "/film.mp4"
        try FileManager.default.removeItem(atPath: path)
        let gone = try sample.server.get(address)
        #expect(gone.status == 404)
        #expect(gone.text.contains("reel index"))
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: "/etc/hostname")
        #expect(try sample.server.get(address).status == 404)
        #expect(try sample.server.get("/v1/assets/0123456789abcdef/media").status == 404)
        for id in ["..", "%2e%2e", "x", "0123456789ABCDEF", "%2Fetc%2Fpasswd"] {
            let answer = try sample.server.get("/v1/assets/\(id)/media")
            #expect([400, 404].contains(answer.status))
        }
    }

    @Test func picturesAndCaptionsBelongToTheirAsset() throws {
        let sample = try Sample()
        let id = try sample.id("film.mp4")
        let details = try sample.server.get("/v1/assets/\(id)").object()
        let frames = try #require(details["frames"] as? [[String: Any]])
        #expect(!frames.isEmpty)
        let picture = try sample.server.get(try #require(frames[0]["thumbnail"] as? String))
        #expect(picture.headers["content-type"] == "image/jpeg")
        #expect(picture.body.starts(with: [0xFF, 0xD8, 0xFF]))
        let again = try sample.server.get(
            "/v1/assets/\(id)/frames/0.jpg",
            headers: ["If-None-Match": try #require(picture.headers["etag"])])
        #expect(again.status == 304)
        for ordinal in ["\(frames.count)", "-1", "01", "x", "99999999999999999999"] {
            #expect(try sample.server.get("/v1/assets/\(id)/frames/\(ordinal).jpg").status == 404)
        }
        let captions = try sample.server.get("/v1/assets/\(id)/transcript.vtt")
        #expect(captions.headers["content-type"] == "text/vtt; charset=utf-8")
        #expect(
            captions.text
                == "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nBread &amp; butter, a &lt; b.\n")
        let asset = try #require(details["asset"] as? [String: Any])
        let links = try #require(asset["links"] as? [String: Any])
        #expect(links["captions"] as? String == "/v1/assets/\(id)/transcript.vtt")
        let silent = try sample.server.get("/v1/assets/\(sample.id("picture.png"))")
        #expect(silent.text.contains("\"captions\":null"))
    }

    @Test func pagesLeadToOneAnotherAndABadCursorIsRefused() throws {
        let sample = try Sample()
        var paths: [String] = []
        var target = "/v1/assets?limit=1"
        for _ in 0..<10 {
            let page = try sample.server.get(target).object()
            paths += (page["assets"] as? [[String: Any]] ?? []).compactMap { $0["path"] as? String }
            guard let cursor = page["next_cursor"] as? String else { break }
            target = "/v1/assets?limit=1&cursor=\(cursor)"
        }
        #expect(paths == paths.sorted())
        #expect(paths.count == 4)
        #expect(try sample.assets("kind=video&limit=100").count == 2)
        #expect(try sample.assets("path=*/picture.*").count == 1)
        for (query, status) in [
            ("cursor=x", 400), ("cursor=", 400), ("cursor=AAAA", 400), ("limit=0", 422),
            ("limit=101", 422), ("limit=ten", 422), ("kind=book", 422),
        ] {
            let answer = try sample.server.get("/v1/assets?" + query)
            #expect(answer.status == status)
            #expect(answer.headers["content-type"] == "application/problem+json")
        }
    }

    @Test func aRemovedAssetIsGoneAndItsFileStays() throws {
        let sample = try Sample()
        let id = try sample.id("film.mkv")
        let removed = try sample.server.ask("DELETE", "/v1/assets/\(id)")
        #expect(removed.status == 204)
        #expect(removed.body.isEmpty)
        for rest in ["", "/media", "/frames/0.jpg", "/transcript.vtt"] {
            #expect(try sample.server.get("/v1/assets/\(id)\(rest)").status == 404)
        }
        #expect(try sample.server.ask("DELETE", "/v1/assets/\(id)").status == 404)
        #expect(try sample.assets().count == 3)
        #expect(FileManager.default.fileExists(atPath: sample.media + "/film.mkv"))
        let check = try BuiltProgram.run([
            "--index", sample.folder.path("library"), "doctor", "--deep",
        ])
        #expect(check.output.contains("no damage found in any byte"))
    }

    @Test func ofALibraryThatIsNotThereNothingIsListed() throws {
        let server = try ServedProgram()
        let library = try server.get("/v1/library")
        #expect(library.status == 200)
        #expect(try library.object()["generation"] as? Int == 0)
        let page = try server.get("/v1/assets").object()
        #expect((page["assets"] as? [Any])?.isEmpty == true)
        #expect(page["next_cursor"] is NSNull)
        #expect(try server.get("/v1/assets/0123456789abcdef").status == 404)
    }
}
