internal import Checkpoints
internal import Foundation
internal import ModelHub
internal import Transformers

/// The models that are there, without opening their weights.
extension Application {
    /// Those in the model folders, those the settings name, and those in Hugging Face's cache.
    package func models() -> [ModelSummary] {
        let uses = modelUses()
        var seen: Set<String> = []
        return (foldersWithModels() + uses.keys.sorted())
            .filter { SnapshotPlace(path: $0) == nil && seen.insert(Self.realPath($0)).inserted }
            .map { summary(ofModelAt: $0, uses: uses) }
            + configuration.hub.cache.snapshots().map { snapshot in
                var summary = summary(ofModelAt: snapshot.path, uses: uses)
                summary.revisions = snapshot.revisions
                return summary
            }
    }

    private func foldersWithModels() -> [String] {
        configuration.modelFolders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
                .map { folder + "/" + $0 }.filter(Self.holdsModel)
        }
    }

    private static func holdsModel(_ path: String) -> Bool {
        (["config.json", LowRankAdapter.configurationFile] + voiceWeights).contains {
            MappedFile.hasEntry(path + "/" + $0)
        }
    }

    /// What the settings name models for, by the model's folder.
    private func modelUses() -> [String: [String]] {
        var uses: [String: [String]] = [:]
        func note(_ use: String, _ path: @autoclosure () throws -> String?) {
            // What keeps a name from being found is told when it is used.
            if let path = try? path() { uses[path, default: []].append(use) }
        }
        note("frames", try modelPath(configuration.framesModel))
        note("meaning", try modelPath(configuration.meaningModel))
        if !configuration.rerankModel.isEmpty {
            note("rerank", try rerankerPath(configuration.rerankModel))
        }
        note("voice", try voiceWeightsPath().map { URL(fileURLWithPath: $0).folder })
        return uses
    }

    func summary(ofModelAt path: String) -> ModelSummary {
        summary(ofModelAt: path, uses: modelUses())
    }

    private func summary(ofModelAt path: String, uses: [String: [String]]) -> ModelSummary {
        let place = SnapshotPlace(path: path)
        var summary = ModelSummary(
            name: Self.label(ofModelAt: path), path: path, place: place == nil ? .folder : .cache,
            kind: .other, size: Self.byteCount(ofFolder: path),
            uses: uses.first { Self.realPath($0.key) == Self.realPath(path) }?.value ?? [],
            commit: place?.commit)
        func has(_ file: String) -> Bool { MappedFile.hasEntry(path + "/" + file) }
        if has(LowRankAdapter.configurationFile) {
            summary.kind = .adapter
            return summary
        }
        if Self.voiceWeights.contains(where: has), !has("config.json") {
            summary.kind = .voiceDetector
            return summary
        }
        do {
            let model = try ModelDirectory(path: path)
            summary.modelType = model.modelType
            try describe(model, in: &summary)
        } catch {
            summary.problem = Failure(error).description
        }
        return summary
    }

    private func describe(_ model: ModelDirectory, in summary: inout ModelSummary) throws {
        let settings = model.configuration
        let architectures = try settings.strings("architectures") ?? []
        if ImageTextModel.imageModelTypes.contains(model.modelType) {
            summary.kind = .imageText
            let text = try settings.section("text_config")
            summary.dimension =
                try settings.integer("projection_dim") ?? text.integer("projection_size")
                ?? text.integer("hidden_size")
                ?? settings.section("vision_config")
                .integer("hidden_size")
        } else if TextEncoder.modelTypes.contains(model.modelType) {
            let classifies = architectures.contains { $0.hasSuffix("ForSequenceClassification") }
            summary.kind = classifies ? .crossEncoder : .textEncoder
            let width = try settings.integer("hidden_size") ?? settings.integer("dim")
            summary.dimension = classifies ? nil : try Self.dimension(of: model) ?? width
        } else {
            summary.problem =
                Failure(
                    CheckpointError.unsupportedModel(
                        path: model.path, found: model.modelType,
                        supported: TextEncoder.modelTypes + ImageTextModel.imageModelTypes)
                ).description
        }
    }

    /// Of a sentence encoder that ends in a dense layer.
    private static func dimension(of model: ModelDirectory) throws -> Int? {
        try SentenceModules(model)?.modules.last { $0.type == "Dense" }
            .flatMap { try model.settings(in: $0.folder + "/config.json")?.integer("out_features") }
    }

    /// Bytes of a folder's files, through links.
    private static func byteCount(ofFolder path: String) -> Int {
        FileCheck.names(in: path).reduce(0) { $0 + (fileSize(path + "/" + $1) ?? 0) }
    }

    static func fileSize(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    private static func realPath(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
}

extension URL {
    fileprivate var folder: String { deletingLastPathComponent().relativePath }
}
