import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// What `torch.save` writes is read as torch reads it: the goldens are made by
/// training/goldens/make_checkpoint_goldens.py.
struct PickledWeightsFileTests {
    private struct Expected: Decodable {
        var type: String
        var shape: [Int]
        var values: [Float]
    }

    private static func golden(_ name: String) -> URL {
        (Bundle.module.resourceURL ?? URL(filePath: "/missing")).appending(path: "Goldens/\(name)")
    }

    private static func expected() throws -> [String: Expected] {
        try JSONDecoder().decode(
            [String: Expected].self, from: Data(contentsOf: golden("whole.json")))
    }

    private static func error(_ path: String) -> CheckpointError? {
        #expect(throws: CheckpointError.self) { try PickledWeightsFile(path: path) }
    }

    @Test func namesTypesShapesAndNumbersAreTorchs() throws {
        let file = try PickledWeightsFile(path: Self.golden("whole.bin").path)
        let expected = try Self.expected()
        #expect(Set(file.tensors.keys) == Set(expected.keys))
        for (name, tensor) in file.tensors {
            let wanted = try #require(expected[name])
            #expect(tensor.type.rawValue == wanted.type && tensor.shape == wanted.shape, "\(name)")
            guard ["F32", "F16", "BF16"].contains(wanted.type) else {
                #expect(
                    throws: CheckpointError.unsupportedElementType(
                        name: name, path: file.path, type: wanted.type)
                ) { try file.floats(name) }
                continue
            }
            #expect(try numbers(file, name) == wanted.values, "\(name)")
        }
        try file.requireWhole()
    }

    private func numbers(_ file: PickledWeightsFile, _ name: String) throws -> [Float] {
        let storage = try file.floats(name)
        return WeightNumbers.of(storage)
    }

    @Test func singlePrecisionStaysWhereItIsUnlessItsRowsAreScattered() throws {
        let file = try PickledWeightsFile(path: Self.golden("whole.bin").path)
        #expect(file.tensors["weight"]?.range == file.tensors["tied"]?.range)
        #expect(file.tensors["weight"]?.strides == nil && file.tensors["slice"]?.strides == nil)
        #expect(file.tensors["transposed"]?.strides == [1, 3])
        let storage = try file.floats("weight")
        let range = try #require(file.tensors["weight"]?.range)
        file.withBytes { bytes in
            #expect(WeightNumbers.start(storage) == bytes.baseAddress! + range.lowerBound)
        }
    }

    @Test func shardsAreJoinedByTheirIndex() throws {
        let folder = try Folder()
        try folder.write("config.json", #"{"model_type":"bert"}"#)
        for name in ["part-1.bin", "part-2.bin"] {
            try folder.write(name, Array(Data(contentsOf: Self.golden(name))))
        }
        try folder.write("part-3.bin", "no shard that is needed, and never opened")
        let index = "pytorch_model.bin.index.json"
        try folder.write(index, #"{"weight_map":{"a":"part-1.bin","b":"part-2.bin"}}"#)
        let weights = try ModelDirectory(path: folder.path).weights()
        #expect(weights.contains("a") && weights.contains("b"))
        #expect(try weights.vector("a", count: 2).withUnsafeElements { Array($0) } == [1, 2])

        try folder.write(index, #"{"weight_map":{"a":"part-1.bin","c":"part-2.bin"}}"#)
        #expect(
            throws: CheckpointError.missingTensor(name: "c", path: folder.path + "/part-2.bin")
        ) { try ModelDirectory(path: folder.path).weights() }
        try folder.write(index, #"{"weight_map":{"a":"../part-1.bin"}}"#)
        #expect(
            throws: CheckpointError.shardOutsideDirectory(
                index: "\(folder.path)/\(index)", shard: "../part-1.bin")
        ) { try ModelDirectory(path: folder.path).weights() }
    }

    @Test func safetensorsArePreferredAndModelsToldApart() throws {
        let folder = try Folder()
        try folder.write("config.json", #"{"model_type":"bert"}"#)
        try folder.write(
            "pytorch_model.bin", Array(Data(contentsOf: Self.golden("part-1.bin"))))
        let directory = try ModelDirectory(path: folder.path)
        let fingerprint = try directory.fingerprint()
        #expect(try directory.weights().contains("a"))
        try folder.write(
            "pytorch_model.bin", Array(Data(contentsOf: Self.golden("part-2.bin"))))
        #expect(try directory.fingerprint() != fingerprint)
        try folder.write(
            "model.safetensors",
            safetensors(#"{"s":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: 4))
        let weights = try directory.weights()
        #expect(weights.contains("s") && !weights.contains("a"))
    }

    // MARK: Files of other kinds

    private static let refused: [(name: String, reason: String)] = [
        ("older.bin", "the format of PyTorch before 1.6"),
        ("script.bin", "is compressed, which torch.save never does"),
        ("training.bin", #""state_dict" in its table is a table, not a tensor"#),
        ("expanded.bin", "numbers of the tensor a lie on top of each other"),
        ("object.bin", #"refers to "fractions.Fraction""#), ("whole.json", "it is no zip archive"),
    ]

    @Test(arguments: refused)
    func filesOfOtherKindsAreRefusedWithWhatToDo(name: String, reason: String) throws {
        let error = try #require(Self.error(Self.golden(name).path))
        #expect(error.description.contains(reason), "\(error)")
        let next = name == "whole.json" ? "Download the model again." : "save_pretrained"
        #expect(error.description.contains(next), "\(error)")
    }

    @Test func aPointerOfGitLFSIsNamed() throws {
        let folder = try Folder()
        let path = try folder.write(
            "pytorch_model.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
        #expect(Self.error(path) == .gitLFSPointer(path: path))
    }

    // MARK: Damage

    @Test func aFileCutShortAnywhereIsRefused() throws {
        let whole = try Array(Data(contentsOf: Self.golden("part-1.bin")))
        let folder = try Folder()
        let path = try folder.write("w.bin", whole)
        for length in stride(from: whole.count - 1, through: 0, by: -1) {
            try #require(truncate(path, length) == 0)
            #expect(throws: CheckpointError.self, "\(length) bytes") {
                try PickledWeightsFile(path: path)
            }
        }
    }

    @Test func aChangedBitIsNoticedOrDoesNotMatter() throws {
        let whole = try Array(Data(contentsOf: Self.golden("whole.bin")))
        let expected = try Self.expected()
        let folder = try Folder()
        let path = try folder.write("w.bin", whole)
        var random = SeededRandom(seed: 11)
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        func put(_ byte: UInt8, at place: Int) throws {
            try handle.seek(toOffset: UInt64(place))
            try handle.write(contentsOf: [byte])
        }
        for place in whole.indices {
            try put(whole[place] ^ 1 << UInt8.random(in: 0..<8, using: &random), at: place)
            defer { try? put(whole[place], at: place) }
            do {
                let file = try PickledWeightsFile(path: path)
                try file.requireWhole()
                for (name, wanted) in expected where wanted.type == "F32" {
                    #expect(try numbers(file, name) == wanted.values, "byte \(place)")
                }
            } catch is CheckpointError {
                continue
            }
        }
    }

    /// Offsets in the record that says in 64 bits what the archive's end says in fewer.
    private static let wideFields = [24, 32, 40, 48, 55]

    @Test(arguments: wideFields)
    func anEndThatSaysTwoThingsIsRefused(offset: Int) throws {
        var whole = try Array(Data(contentsOf: Self.golden("part-1.bin")))
        let start = try #require(whole.firstRange(of: Array("PK\u{6}\u{6}".utf8))?.lowerBound)
        whole[start + offset] ^= 0x40
        let folder = try Folder()
        let path = try folder.write("w.bin", whole)
        #expect(throws: CheckpointError.self) { try PickledWeightsFile(path: path) }
    }

    /// The table's own checksum is right here: the interpreter sees what was changed.
    @Test func aChangedTableNeverLeadsOutOfItsStorage() throws {
        let folder = try Folder()
        let table = Pickle.file(Pickle.tensor(offset: 0, shape: [1, 2], strides: [2, 1]))
        var random = SeededRandom(seed: 12)
        var openedCount = 0
        for round in 0..<3000 {
            var changed = table
            for _ in 0...round % 3 {
                let place = Int.random(in: 0..<changed.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: changed[place] = UInt8.random(in: 0...255, using: &random)
                case 1: changed.remove(at: place)
                default: changed.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            let path = try folder.write("w.bin", SampleArchive(pickle: changed).bytes)
            do {
                let file = try PickledWeightsFile(path: path)
                openedCount += 1
                for (name, tensor) in file.tensors where tensor.type == .f32 {
                    #expect(try numbers(file, name).allSatisfy { [1, 2].contains($0) })
                }
            } catch is CheckpointError {
                continue
            }
        }
        #expect(openedCount > 10 && openedCount < 2000)
    }
}
