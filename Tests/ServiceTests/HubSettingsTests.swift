import Foundation
import HTTPTransfer
import ModelHub
import TestSupport
import Testing

@testable import Service

/// The variables of Hugging Face's own tools mean here what they mean there.
struct HubSettingsTests {
    private static let places: [(environment: [String: String], cache: String)] = [
        (["HOME": "/h"], "/h/.cache/huggingface/hub"),
        (["HOME": "/h", "XDG_CACHE_HOME": "/x"], "/x/huggingface/hub"),
        (["HOME": "/h", "XDG_CACHE_HOME": "/x", "HF_HOME": "/f"], "/f/hub"),
        (["HOME": "/h", "HF_HOME": "~/f"], "/h/f/hub"),
        (["HF_HOME": "/f", "HUGGINGFACE_HUB_CACHE": "/old"], "/old"),
        (["HF_HOME": "/f", "HUGGINGFACE_HUB_CACHE": "/old", "HF_HUB_CACHE": "/c"], "/c"),
        (["HOME": "/h", "HF_HOME": "", "HF_HUB_CACHE": ""], "/h/.cache/huggingface/hub"),
    ]

    @Test(arguments: places)
    func theCacheIsWhereTheEnvironmentSays(environment: [String: String], cache: String) {
        #expect(HubSettings(environment: environment).cachePath == cache)
    }

    private static let offline: [(value: String, isOffline: Bool)] = [
        ("1", true), ("true", true), ("ON", true), ("Yes", true), ("0", false), ("", false),
        ("no", false), ("false", false),
    ]

    @Test(arguments: offline)
    func offlineIsSaidInFourWords(value: String, isOffline: Bool) {
        #expect(HubSettings(environment: ["HF_HUB_OFFLINE": value]).isOffline == isOffline)
        #expect(HubSettings(environment: ["TRANSFORMERS_OFFLINE": value]).isOffline == isOffline)
        #expect(!HubSettings(environment: [:]).isOffline)
    }

    @Test func theTokenComesFromTheEnvironmentOrItsFile() throws {
        let folder = try TemporaryFolder()
        func token(_ environment: [String: String]) throws -> String? {
            try HubSettings(environment: environment).server().token?.text
        }
        let home = ["HF_HOME": folder.url.path]
        #expect(try token(home) == nil)
        try Data("hf_file\n".utf8).write(to: URL(fileURLWithPath: folder.path("token")))
        #expect(try token(home) == "hf_file")
        #expect(try token(home.merging(["HF_TOKEN": "hf_env"]) { $1 }) == "hf_env")
        try Data("hf_other".utf8).write(to: URL(fileURLWithPath: folder.path("other")))
        #expect(
            try token(home.merging(["HF_TOKEN_PATH": folder.path("other")]) { $1 }) == "hf_other")
        try Data("two words".utf8).write(to: URL(fileURLWithPath: folder.path("token")))
        #expect(throws: ModelHubError.tokenUnreadable(path: folder.path("token"))) {
            try token(home)
        }
    }

    @Test func theHubIsThePublicOneUnlessAnotherIsNamed() throws {
        #expect(try HubSettings(environment: [:]).server().url == "https://huggingface.co")
        let own = ["HF_ENDPOINT": "https://hub.example.com/"]
        #expect(try HubSettings(environment: own).server().url == "https://hub.example.com")
        #expect(throws: ModelHubError.self) {
            try HubSettings(environment: ["HF_ENDPOINT": "http://hub.example.com"]).server()
        }
    }
}
