import Glibc
import JSONText

/// `model.safetensors.index.json` or `pytorch_model.bin.index.json`: which tensor lies in which shard.
/// The names come from a file of unknown origin, so a shard must be a plain name inside the model's
/// directory.
struct ShardIndex {
    private let path: String
    private let format: WeightsFormat
    private let shardOfTensor: [String: String]

    init(path: String, format: WeightsFormat) throws {
        let configuration = try ModelConfiguration(path: path)
        guard let map = configuration["weight_map"]?.object else {
            throw CheckpointError.malformedIndex(path: path, reason: "it has no weight_map")
        }
        self.path = path
        self.format = format
        shardOfTensor = try map.mapValues { value in
            guard let shard = value.string else {
                throw CheckpointError.malformedIndex(
                    path: path, reason: "weight_map holds something other than file names")
            }
            return shard
        }
    }

    func weights(in directory: String) throws -> CheckpointWeights {
        let shards = Set(shardOfTensor.values).sorted()
        let files = try shards.map { shard in
            try checkPlace(of: shard, in: directory)
            return try format.open(directory + "/" + shard)
        }
        for (tensor, shard) in shardOfTensor {
            guard let file = shards.firstIndex(of: shard).map({ files[$0] }),
                file.tensors[tensor] != nil
            else {
                throw CheckpointError.missingTensor(name: tensor, path: directory + "/" + shard)
            }
        }
        return try CheckpointWeights(files: files, source: path)
    }

    /// A base name of letters, digits, `_`, `.`, `-`, which, when it is a link, leads to a file of
    /// the directory or to `blobs` of the Hugging Face cache the directory is a snapshot in.
    private func checkPlace(of shard: String, in directory: String) throws(CheckpointError) {
        let plain = shard.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        let outside = CheckpointError.shardOutsideDirectory(index: path, shard: shard)
        guard plain, !shard.isEmpty, shard != ".", shard != ".." else { throw outside }
        guard let home = Self.realPath(directory) else { throw .notADirectory(path: directory) }
        let file = directory + "/" + shard
        guard let target = Self.realPath(file) else {
            throw MappedFile.hasEntry(file) ? .danglingLink(path: file) : .missingFile(path: file)
        }
        let blobs = SnapshotPlace(path: home).map { $0.blobs + "/" }
        guard target.hasPrefix(home + "/") || blobs.map(target.hasPrefix) == true else {
            throw outside
        }
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
