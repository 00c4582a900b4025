import Foundation
import Service
import TestSupport
import Testing

@Suite struct ConfigurationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func settings(_ text: String) throws -> String {
        let path = folder.path("reel.json")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func load(
        file: String? = nil, index: String? = nil, _ environment: [String: String] = [:]
    ) throws -> Configuration {
        var flags = Configuration.Flags()
        flags.configurationFile = file
        flags.indexPath = index
        return try Configuration.load(flags: flags, environment: environment)
    }

    @Test func flagsWinOverTheEnvironmentAndThatOverFiles() throws {
        let file = try settings(#"{"index": "of-file", "workers": 3}"#)
        #expect(try load(file: file).indexPath == "of-file")
        #expect(try load(file: file, ["REEL_INDEX": "of-env"]).indexPath == "of-env")
        #expect(
            try load(file: file, index: "of-flag", ["REEL_INDEX": "of-env"]).indexPath == "of-flag")
        #expect(try load(file: file).workers == 3)
        #expect(try load(file: file, ["REEL_WORKERS": "1"]).workers == 1)
    }

    @Test func precisionIsNamedOrLeftToTheUse() throws {
        let home = ["HOME": folder.url.path]
        #expect(try load(home).precision == nil)
        let file = try settings(#"{"precision": "int8"}"#)
        #expect(try load(file: file).precision == .int8)
        #expect(try load(file: file, ["REEL_PRECISION": "auto"]).precision == .auto)
        #expect(throws: Failure.self) { try load(["REEL_PRECISION": "fp64"]) }
    }

    @Test func instructionsAreNamedByTheEnvironmentAlone() throws {
        for name in ["plain", "avx2", "avx512"] { _ = try load(["REEL_INSTRUCTIONS": name]) }
        let error = #expect(throws: Failure.self) { try load(["REEL_INSTRUCTIONS": "mmx"]) }
        #expect(error?.description.contains("plain, avx2, avx512") == true)
    }

    @Test func withoutSettingsTheDefaultsHold() throws {
        let configuration = try load(["HOME": folder.url.path])
        #expect(configuration.indexPath == Configuration.defaultIndexPath)
        #expect(configuration.framesModel == Configuration.defaultFramesModel)
        #expect(configuration.modelFolders.first == "models")
        #expect(configuration.workers >= 1)
    }

    private static let caches: [([String: String], String?)] = [
        (["HOME": "/home/eve"], "/home/eve/.cache/reel"),
        (["HOME": "/home/eve", "XDG_CACHE_HOME": "/var/tmp"], "/var/tmp/reel"),
        (["HOME": "/home/eve", "XDG_CACHE_HOME": "not/absolute"], "/home/eve/.cache/reel"),
        (["HOME": "/home/eve", "REEL_CACHE": "here"], "here"),
        (["HOME": "/home/eve", "REEL_CACHE": ""], nil),
        ([:], nil),
    ]

    @Test(arguments: caches)
    func theCacheLiesWherePeopleKeepTheirs(_ environment: [String: String], _ path: String?) throws
    {
        #expect(try load(environment).cachePath == path)
        let file = try settings(#"{"cache": "of-file"}"#)
        let named = environment["REEL_CACHE"] != nil
        #expect(try load(file: file, environment).cachePath == (named ? path : "of-file"))
    }

    @Test func theRerankerIsNamedLikeTheOtherModels() throws {
        #expect(try load(["HOME": folder.url.path]).rerankModel == "reel-reranker")
        let file = try settings(#"{"rerank_model": "of-file"}"#)
        #expect(try load(file: file).rerankModel == "of-file")
        #expect(try load(file: file, ["REEL_RERANK_MODEL": "of-env"]).rerankModel == "of-env")
    }

    @Test func theUsersOwnFileIsReadWhenThereIsNoOther() throws {
        let home = folder.url.appendingPathComponent(".config/reel")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        try Data(#"{"meaning_model": "e5"}"#.utf8).write(
            to: home.appendingPathComponent("reel.json"))
        #expect(try load(["HOME": folder.url.path]).meaningModel == "e5")
    }

    @Test(arguments: ["", "[]", #"{"indx": "x"}"#, #"{"workers": "many"}"#])
    func aWrongSettingsFileIsNamed(_ text: String) throws {
        let file = try settings(text)
        let failure = #expect(throws: Failure.self) { try load(file: file) }
        #expect(failure?.cause == .badConfiguration)
        #expect(failure?.description.contains(file) == true)
    }

    @Test func aSettingsFileThatIsNotThereIsNamed() {
        let failure = #expect(throws: Failure.self) { try load(file: "no-such.json") }
        #expect(failure?.cause == .badConfiguration)
    }
}

@Suite struct MediaRootSettingsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func mediaRootsComeFromFlagsThenTheEnvironmentThenFiles() throws {
        let file = folder.path("reel.json")
        try Data(#"{"media_roots": ["/of/file"]}"#.utf8).write(to: URL(fileURLWithPath: file))
        var flags = Configuration.Flags()
        #expect(try Configuration.load(flags: flags, environment: [:]).mediaRoots.isEmpty)
        flags.configurationFile = file
        #expect(try Configuration.load(flags: flags, environment: [:]).mediaRoots == ["/of/file"])
        let environment = ["REEL_MEDIA_ROOTS": "/a:/b c"]
        #expect(
            try Configuration.load(flags: flags, environment: environment).mediaRoots
                == ["/a", "/b c"])
        flags.mediaRoots = ["/of/flag"]
        #expect(
            try Configuration.load(flags: flags, environment: environment).mediaRoots
                == ["/of/flag"])
    }
}
