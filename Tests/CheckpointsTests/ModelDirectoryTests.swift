import Checkpoints
import Foundation
import JSONText
import Tensors
import Testing

@Suite("Model directories are read, and refused with what to do next")
struct ModelDirectoryTests {
    static let header =
        #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#

    private func model(_ folder: Folder, weights: [Float] = [1, 2]) throws -> ModelDirectory {
        try folder.write("config.json", #"{"model_type":"bert"}"#)
        try folder.write(
            "model.safetensors", safetensors(Array(Self.header.utf8), data: bytes(of: weights)))
        return try ModelDirectory(path: folder.path)
    }

    @Test("a directory with config and weights opens")
    func opens() throws {
        let folder = try Folder()
        let directory = try model(folder)
        #expect(directory.modelType == "bert")
        #expect(directory.fileExists("config.json") && !directory.fileExists("vocab.txt"))
        let vector = try directory.weights().vector("w", count: 2)
        #expect(vector.withUnsafeElements { Array($0) } == [1, 2])
    }

    @Test("what is missing is named")
    func missing() throws {
        let folder = try Folder()
        #expect(throws: CheckpointError.notADirectory(path: folder.path + "/no")) {
            try ModelDirectory(path: folder.path + "/no")
        }
        #expect(throws: CheckpointError.missingFile(path: folder.path + "/config.json")) {
            try ModelDirectory(path: folder.path)
        }
        try folder.write("config.json", #"{"model_type":"bert"}"#)
        let directory = try ModelDirectory(path: folder.path)
        #expect(throws: CheckpointError.noWeights(directory: folder.path)) {
            try directory.weights()
        }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/model.safetensors", withDestinationPath: "../../blobs/gone")
        #expect(throws: CheckpointError.danglingLink(path: folder.path + "/model.safetensors")) {
            try directory.weights()
        }
    }

    @Test("a missing tensor and a wrong shape are named")
    func tensors() throws {
        let folder = try Folder()
        let weights = try model(folder).weights()
        let path = folder.path + "/model.safetensors"
        #expect(throws: CheckpointError.missingTensor(name: "v", path: path)) {
            try weights.vector("v", count: 2)
        }
        #expect(
            throws: CheckpointError.wrongShape(name: "w", path: path, expected: [3], found: [2])
        ) {
            try weights.vector("w", count: 3)
        }
    }

    // MARK: Shards

    private func sharded(_ folder: Folder, map: String) throws -> ModelDirectory {
        try folder.write("config.json", #"{"model_type":"bert"}"#)
        try folder.write("model.safetensors.index.json", "{\"weight_map\":{\(map)}}")
        for name in ["a", "b"] {
            try folder.write(
                "\(name).safetensors",
                safetensors(
                    Array(Self.header.replacing("\"w\"", with: "\"\(name)\"").utf8),
                    data: bytes(of: [1, 2])))
        }
        return try ModelDirectory(path: folder.path)
    }

    @Test("shards are joined by name")
    func shards() throws {
        let folder = try Folder()
        let weights = try sharded(
            folder, map: #""a":"a.safetensors","b":"b.safetensors""#
        ).weights()
        #expect(weights.contains("a") && weights.contains("b") && !weights.contains("w"))
    }

    @Test(
        "a shard outside the directory is not opened",
        arguments: [
            "../../etc/passwd", "/etc/passwd", "..", ".", "", "sub/a.safetensors", "a b",
            "a\\u0000",
            "link.safetensors",
        ])
    func escape(shard: String) throws {
        let folder = try Folder()
        let other = try Folder()
        let target = try other.write("secret", safetensors("{}"))
        let directory = try sharded(folder, map: "\"a\":\"\(shard)\"")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link.safetensors", withDestinationPath: target)
        let error = #expect(throws: CheckpointError.self) { try directory.weights() }
        guard case .shardOutsideDirectory = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("links into the blobs of a Hugging Face cache are followed")
    func cache() throws {
        let folder = try Folder()
        let snapshot = "models--o--m/snapshots/0123"
        try folder.write("\(snapshot)/config.json", #"{"model_type":"bert"}"#)
        try folder.write(
            "\(snapshot)/model.safetensors.index.json",
            #"{"weight_map":{"w":"m-1.safetensors"}}"#)
        try folder.write(
            "models--o--m/blobs/abcd",
            safetensors(Array(Self.header.utf8), data: bytes(of: [1, 2])))
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/\(snapshot)/m-1.safetensors",
            withDestinationPath: "../../blobs/abcd")
        let directory = try ModelDirectory(path: "\(folder.path)/\(snapshot)")
        #expect(try directory.weights().contains("w"))
    }

    @Test("a missing shard and a tensor absent from its shard are named")
    func damagedShards() throws {
        let folder = try Folder()
        let missing = try sharded(folder, map: #""a":"c.safetensors""#)
        #expect(throws: CheckpointError.missingFile(path: folder.path + "/c.safetensors")) {
            try missing.weights()
        }
        let wrong = try sharded(folder, map: #""a":"b.safetensors""#)
        #expect(
            throws: CheckpointError.missingTensor(
                name: "a", path: folder.path + "/b.safetensors")
        ) {
            try wrong.weights()
        }
        try folder.write(
            "b.safetensors",
            safetensors(
                Array(
                    (#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"#
                        + #""b":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#).utf8),
                data: []))
        let twice = try ModelDirectory(path: folder.path)
        try folder.write(
            "model.safetensors.index.json",
            #"{"weight_map":{"a":"a.safetensors","b":"b.safetensors"}}"#)
        #expect(
            throws: CheckpointError.repeatedTensor(name: "a", path: folder.path + "/b.safetensors")
        ) {
            try twice.weights()
        }
    }

    @Test(
        "an index that lists no shards is refused", arguments: ["{}", #"{"weight_map":{"a":1}}"#])
    func malformedIndex(text: String) throws {
        let folder = try Folder()
        let directory = try sharded(folder, map: "")
        try folder.write("model.safetensors.index.json", text)
        let error = #expect(throws: CheckpointError.self) { try directory.weights() }
        guard case .malformedIndex = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    // MARK: Fingerprint

    @Test("the fingerprint is 64 hexadecimal digits and the same for the same model")
    func fingerprint() throws {
        let (one, other) = (try Folder(), try Folder())
        let fingerprint = try model(one).fingerprint()
        #expect(fingerprint.count == 64 && fingerprint.allSatisfy(\.isHexDigit))
        #expect(try model(other).fingerprint() == fingerprint)
    }

    @Test("other weights of the same shape, settings or tokenizer files change the fingerprint")
    func fingerprintChanges() throws {
        let folder = try Folder()
        var seen: Set<String> = [try model(folder).fingerprint()]
        #expect(seen.insert(try model(folder, weights: [1, 2.5]).fingerprint()).inserted)
        try folder.write("vocab.txt", "a\nb\n")
        let directory = try ModelDirectory(path: folder.path)
        #expect(seen.insert(try directory.fingerprint()).inserted)
        try folder.write("vocab.txt", "a\nc\n")
        #expect(seen.insert(try directory.fingerprint()).inserted)
        try folder.write("config.json", #"{"model_type":"bert","hidden_act":"gelu"}"#)
        #expect(seen.insert(try directory.fingerprint()).inserted)
        try folder.write("README.md", "not part of the model")
        #expect(!seen.insert(try directory.fingerprint()).inserted)
    }
}
