internal import Checkpoints
internal import Embedders
internal import Foundation
internal import JSONText
internal import ModelHub
internal import Speech
internal import Transformers

/// One model, opened as a search would open it.
extension Application {
    /// - Parameter name: as every other command takes it.
    package func modelDetails(_ name: String) throws -> ModelDetails {
        try Failure.translating {
            let path = try requireModelFolder(name)
            var details = ModelDetails(
                summary: summary(ofModelAt: path), files: files(ofModelAt: path))
            do {
                try open(&details)
            } catch {
                details.summary.problem = Failure(error).description
            }
            return details
        }
    }

    /// The folder of a model of any kind.
    func requireModelFolder(_ name: String) throws -> String {
        let path =
            try rerankerPath(name)
            ?? Self.voiceWeights.lazy.compactMap { try? modelPath(name, with: $0) }.first
        guard let path else {
            throw try missingModel(
                name, wanted: "a config.json or an \(LowRankAdapter.configurationFile)")
        }
        return path
    }

    private func open(_ details: inout ModelDetails) throws {
        let path = details.summary.path
        switch details.summary.kind {
        case .voiceDetector:
            let weights = Self.voiceWeights.map { path + "/" + $0 }.first(
                where: MappedFile.hasEntry)
            if let weights { _ = try SileroNetwork(path: weights) }
        case .adapter:
            let reranker = try openReranker(path)
            details.fingerprint = reranker.modelFingerprint
        case .other, .imageText, .textEncoder, .crossEncoder:
            let model = try ModelDirectory(path: path)
            details.architectures = try model.configuration.strings("architectures") ?? []
            try describeWeights(of: model, in: &details)
            details.tokenizer = try tokenizerKind(of: model)
            try openNetwork(of: model, in: &details)
        }
    }

    private func describeWeights(
        of model: ModelDirectory, in details: inout ModelDetails
    ) throws {
        for file in try model.weights().files {
            for tensor in file.tensors.values {
                details.elementTypes[tensor.type.rawValue, default: 0] += tensor.count
            }
        }
        details.parameters = details.elementTypes.values.reduce(0, +)
        details.fingerprint = try model.fingerprint()
    }

    private func openNetwork(of model: ModelDirectory, in details: inout ModelDetails) throws {
        switch details.summary.kind {
        case .imageText:
            let images = try ImageEmbedder(model: model)
            let texts = try ImageTextEmbedder(model: model)
            details.summary.dimension = images.dimension
            details.maximumTokens = texts.maximumTokens
        case .textEncoder:
            let encoder = try TextEmbedder(model: model)
            details.summary.dimension = encoder.dimension
            details.maximumTokens = encoder.maximumTokens
        case .crossEncoder:
            _ = try openReranker(model.path)
        case .adapter, .voiceDetector, .other:
            _ = try TextModel(model: model)
        }
    }

    /// By `tokenizer.json`, or by the older files.
    private func tokenizerKind(of model: ModelDirectory) throws -> String? {
        if model.fileExists("tokenizer.json") {
            return try TokenizerKind.named(in: MappedFile(path: model.path(of: "tokenizer.json")))
        }
        if model.fileExists("vocab.txt") { return "WordPiece" }
        if model.fileExists("merges.txt") { return "BPE" }
        return model.fileExists("sentencepiece.bpe.model") || model.fileExists("spiece.model")
            || model.fileExists("tokenizer.model") ? "SentencePiece" : nil
    }

    /// With what is recorded of them.
    private func files(ofModelAt path: String) -> [ModelDetails.File] {
        let recorded = FileCheck.recordedDigests(in: path)
        return FileCheck.names(in: path).map { name in
            ModelDetails.File(
                path: name, size: Self.fileSize(path + "/" + name) ?? 0,
                digest: recorded[name]?.text)
        }
    }
}

/// Looks into `tokenizer.json` for what kind of model it has, past vocabularies of any size.
private enum TokenizerKind {
    static func named(in file: MappedFile) throws -> String? {
        var kind: String?
        try file.withBytes { bytes in
            var scanner = JSONScanner(bytes)
            try scanner.readObject { scanner, key in
                guard key == "model", try scanner.peek() == .object else {
                    return try scanner.skipValue()
                }
                try scanner.readObject { scanner, key in
                    guard key == "type", try scanner.peek() == .string else {
                        return try scanner.skipValue()
                    }
                    kind = try scanner.readString()
                }
            }
        }
        return kind
    }
}
