import Glibc
import JSONText

/// A model as Hugging Face lays it out: a directory with `config.json`, weights, and tokenizer
/// files. Nothing in it is executed and nothing is fetched.
package struct ModelDirectory: Sendable {
    package let path: String
    package let configuration: ModelConfiguration
    /// `model_type` in `config.json`: "clip", "bert", …
    package let modelType: String

    package init(path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw CheckpointError.notADirectory(path: path)
        }
        self.path = path
        configuration = try ModelConfiguration(path: path + "/config.json")
        modelType = try configuration.string("model_type")
    }

    private init(path: String, configuration: ModelConfiguration, modelType: String) {
        self.path = path
        self.configuration = configuration
        self.modelType = modelType
    }

    /// A part of the model that has a folder of its own, with settings and perhaps weights, but no
    /// `model_type`: such as `2_Dense`.
    /// - Parameter folder: a plain name.
    package func part(_ folder: String) throws -> ModelDirectory {
        ModelDirectory(
            path: path(of: folder),
            configuration: try ModelConfiguration(path: path(of: folder) + "/config.json"),
            modelType: "")
    }

    package func path(of file: String) -> String { path + "/" + file }

    package func fileExists(_ name: String) -> Bool { access(path(of: name), R_OK) == 0 }

    /// The settings in another JSON file of the directory; nil when there is none.
    package func settings(in name: String) throws -> ModelConfiguration? {
        fileExists(name) ? try ModelConfiguration(path: path(of: name)) : nil
    }

    /// Maps the weights and checks what they list: safetensors where there are any, or else what
    /// `torch.save` wrote. Of shards only those that the index names are opened.
    package func weights() throws -> CheckpointWeights {
        for format in WeightsFormat.allCases {
            // A link that leads nowhere is an error, not a reason to look further.
            let whole = path(of: format.fileName)
            if MappedFile.hasEntry(whole) {
                return try CheckpointWeights(files: [format.open(whole)], source: whole)
            }
            let index = path(of: format.indexName)
            if MappedFile.hasEntry(index) {
                return try ShardIndex(path: index, format: format).weights(in: path)
            }
        }
        throw CheckpointError.noWeights(directory: path)
    }

    /// Has the system bring weights that are one file into memory, and returns at once: what they are
    /// read for then need not wait for the disk page by page.
    package func readAhead() {
        guard let format = WeightsFormat.allCases.first(where: { fileExists($0.fileName) }) else {
            return
        }
        let descriptor = open(path(of: format.fileName), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        // Advice: that it is refused costs time and nothing else.
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_WILLNEED)
        close(descriptor)
    }

    /// The weights, with an adapter's updates merged into them where there is one.
    package func weights(adaptedBy adapter: LowRankAdapter?) throws -> CheckpointWeights {
        let weights = try weights()
        return try adapter?.merged(into: weights) ?? weights
    }

    // MARK: Fingerprint

    /// Everything besides the weights that can change what the model answers.
    private static let fingerprintedFiles = [
        "config.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.txt", "vocab.json", "merges.txt", "preprocessor_config.json", "modules.json",
        SentenceSettings.fileNames[0], "1_Pooling/config.json",
    ]
    private static let sampleCount = 64
    private static let sampleByteCount = 4096

    /// SHA-256 (lower-case hexadecimal) that tells models apart without reading all weights: the
    /// small files whole; of each weights file its size, its table, and 64 samples of 4 KiB spread
    /// over the numbers, since two trainings of one network differ in nothing else.
    package func fingerprint() throws -> String {
        var hash = FingerprintHash()
        // The big tokenizer.json counts only where the older files do not say the same.
        let older = fileExists("vocab.txt") || fileExists("vocab.json")
        let names =
            Self.fingerprintedFiles + SentenceSettings.fileNames.dropFirst()
            + (older ? [] : ["tokenizer.json"])
        for name in names where fileExists(name) {
            hash.add(name: name, try MappedFile(path: path(of: name)))
        }
        for (ordinal, file) in try weights().files.enumerated() {
            // Not by its name: a model stays the same when its shards are renamed.
            file.withBytes { bytes in
                hash.addLabel(name: "weights \(ordinal)", size: bytes.count)
                Self.add(weights: bytes, table: file.tableRange, to: &hash)
            }
        }
        try addSentenceFiles(to: &hash)
        return hash.hexadecimal()
    }

    /// Prompts, and networks behind the encoder: a vector depends on them as on the encoder.
    private func addSentenceFiles(to hash: inout FingerprintHash) throws {
        let prompts = try SentencePrompts(self)
        if !prompts.isEmpty { hash.add(name: "prompts", Array(prompts.description.utf8)) }
        for module in try SentenceModules(self)?.modules ?? [] where module.type == "Dense" {
            hash.add(name: module.folder, Array(try part(module.folder).fingerprint().utf8))
        }
    }

    private static func add(
        weights bytes: UnsafeRawBufferPointer, table: Range<Int>, to hash: inout FingerprintHash
    ) {
        hash.addBytes(UnsafeRawBufferPointer(rebasing: bytes[table]))
        let numbers = UnsafeRawBufferPointer(rebasing: bytes[table.upperBound...])
        for sample in 0..<sampleCount {
            let start = numbers.count / sampleCount * sample
            let end = min(start + sampleByteCount, numbers.count)
            hash.addBytes(UnsafeRawBufferPointer(rebasing: numbers[start..<end]))
        }
    }
}
