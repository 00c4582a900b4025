import Foundation
import TestSupport
import Testing

/// What the program loads when, and what it says of a library that is not there.
@Suite struct OnDemandLibrariesTests {
    private static let names = [
        "libavformat", "libavcodec", "libavutil", "libswscale", "libswresample", "libtesseract",
        "libpocketsphinx", "libsphinxbase", "libcurl",
    ]

    /// Those of `names` that a process has mapped.
    private static func loaded(by process: Int32) throws -> Set<String> {
        // The kernel gives the file in pieces; Foundation stops after the first.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/\(process)/maps"))
        var bytes = Data()
        while let piece = try file.read(upToCount: 1 << 16), !piece.isEmpty { bytes += piece }
        let maps = String(decoding: bytes, as: UTF8.self)
        try #require(maps.contains("/libc.so"))
        return Set(names.filter { maps.contains("/\($0).so") })
    }

    private static func children(of process: Int32) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task").flatMap {
            let path = "/proc/\(process)/task/\($0)/children"
            return try String(contentsOfFile: path, encoding: .utf8).split(separator: " ")
                .compactMap { Int32($0) }
        }
    }

    @Test func aServerThatSearchesLoadsNoneOfThem() throws {
        let server = try ServedProgram(library: DemoLibrary.path())
        for _ in 0..<1000 where try server.get("/readyz").status != 200 { usleep(20_000) }
        #expect(try server.get("/v1/search?q=blue+boat").status == 200)
        let process = server.process.processIdentifier
        #expect(try Self.loaded(by: process) == [])
        // Pictures are decoded by its child, which listens to nothing.
        var ofChild: Set<String> = []
        try server.eventually {
            ofChild = try Self.children(of: process).first.map(Self.loaded) ?? []
            return ofChild.contains("libavformat")
        }
        #expect(!ofChild.contains("libpocketsphinx"))
    }

    /// A folder where the system looks first, with nothing in the files of that name, whatever the
    /// number of its interface.
    private static func folder(hiding name: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for number in 0..<100 {
            try Data().write(to: URL(fileURLWithPath: folder.path("\(name).so.\(number)")))
        }
        return folder
    }

    private static let missing: [(library: String, arguments: [String])] = [
        ("libavcodec", ["frames", "media/travel-diary.mp4"]),
        ("libtesseract", ["frames", "--text", "media/budget-talk.mp4"]),
    ]

    @Test(arguments: missing)
    func whatNeedsALibraryThatIsMissingSaysWhereItIsToBeHad(
        library: String, arguments: [String]
    ) throws {
        let folder = try Self.folder(hiding: library)
        let run = try BuiltProgram.run(
            arguments, environment: ["LD_LIBRARY_PATH": folder.url.path])
        #expect(run.exitCode == 78)
        #expect(run.messages.contains("The library \(library).so."))
        #expect(run.messages.contains("Install it, on Debian by: apt-get install \(library)"))
    }

    @Test func speechIsLeftOutWithoutItsRecogniser() throws {
        let folder = try Self.folder(hiding: "libsphinxbase")
        let run = try BuiltProgram.run(
            ["transcribe", "media/budget-talk.mp4"],
            environment: ["LD_LIBRARY_PATH": folder.url.path])
        #expect(run.exitCode == 0 && run.output.contains("spending plan"))
        #expect(run.messages.contains("apt-get install libsphinxbase3"))
    }

    @Test func whatDoesNotNeedAMissingLibraryWorks() throws {
        for library in Self.names {
            let folder = try Self.folder(hiding: library)
            let run = try BuiltProgram.run(
                ["--index", DemoLibrary.path(), "search", "--no-rerank", "blue boat"],
                environment: ["LD_LIBRARY_PATH": folder.url.path])
            #expect(run.exitCode == 0 && run.output.contains("lighthouses.webm"), "\(run.messages)")
        }
    }

    @Test func nothingIsTakenInWithoutWhatDecodesMedia() throws {
        let folder = try Self.folder(hiding: "libavformat")
        let library = try TemporaryFolder()
        let run = try BuiltProgram.run(
            ["--index", library.path("library"), "index", BuiltProgram.media],
            environment: ["LD_LIBRARY_PATH": folder.url.path])
        #expect(run.exitCode == 78)
        #expect(run.messages.contains("apt-get install libavformat"))
    }

    @Test func doctorNamesEachLibraryOrSaysThatItIsMissing() throws {
        let good = try BuiltProgram.run(["doctor"])
        for text in ["libavcodec ", "Tesseract ", "PocketSphinx", "libcurl/"] {
            #expect(good.output.contains(text), "\(good.output)")
        }
        let folder = try Self.folder(hiding: "libcurl")
        let run = try BuiltProgram.run(
            ["doctor"], environment: ["LD_LIBRARY_PATH": folder.url.path])
        #expect(run.exitCode == 1)
        #expect(run.output.contains("apt-get install libcurl4"))
    }
}
