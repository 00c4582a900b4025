import CKernels
import TestSupport

/// A model of a few kilobytes on a hub.
enum SampleModel {
    static let config = small("config.json", #"{"model_type":"bert"}"#)
    static let tokenizer = small("tokenizer.json", "{}")
    static let weights = large("model.safetensors", (0..<100_000).map { UInt8($0 * 7 % 251) })
    static let files = [config, tokenizer, weights]

    static func small(_ path: String, _ text: String) -> ScriptedHub.File {
        let bytes = Array(text.utf8)
        return .init(path, bytes, digest: git(bytes), isLarge: false)
    }

    static func large(_ path: String, _ bytes: [UInt8]) -> ScriptedHub.File {
        .init(path, bytes, digest: sha256(bytes), isLarge: true)
    }

    static func sha256(_ bytes: [UInt8]) -> String {
        var hash = reel_sha256()
        reel_sha256_init(&hash)
        reel_sha256_update(&hash, bytes, bytes.count)
        var digest = [UInt8](repeating: 0, count: 32)
        reel_sha256_final(&hash, &digest)
        return hexadecimal(digest)
    }

    static func git(_ bytes: [UInt8]) -> String {
        var hash = reel_sha1()
        reel_sha1_init(&hash)
        let whole = Array("blob \(bytes.count)\0".utf8) + bytes
        reel_sha1_update(&hash, whole, whole.count)
        var digest = [UInt8](repeating: 0, count: 20)
        reel_sha1_final(&hash, &digest)
        return hexadecimal(digest)
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
