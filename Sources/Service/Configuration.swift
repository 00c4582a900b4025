package import Corpus
internal import Foundation
internal import Tensors

/// Settings from flags, environment and files, in that order of precedence.
///
/// This is the only place that reads configuration or the environment.
package struct Configuration: Sendable, Equatable {
    /// Folder of the library.
    package var indexPath: String
    /// Folder of the library of cases; `reel cases --index` names another.
    package var casesPath: String
    /// Folders that hold model folders, best first.
    package var modelFolders: [String]
    /// Folders that may hold the vocabulary of tags, best first.
    package var promptFolders: [String]
    /// Name or path of the CLIP directory for frames.
    package var framesModel: String
    /// Name or path of the text encoder's directory for passages.
    package var meaningModel: String
    /// Name or path of the model that reads the best hits again; empty for none.
    package var rerankModel: String
    /// Name or path of the folder with Silero's voice network.
    package var voiceModel: String
    /// Folder of PocketSphinx's model of English.
    package var pocketSphinxModel: String
    /// Languages that subtitles are wanted in, best first, as ISO 639 codes; empty for all.
    package var languages: [String]
    /// Cores to use.
    package var workers: Int
    /// The most of the processor's instructions that is used; less than it has only to see what a
    /// lesser one would do. The environment alone says so.
    var instructions = InstructionSet.avx512
    /// How exactly the networks multiply; nil where nobody said. A search's one query is always
    /// embedded in single precision: laying the weights out anew would take longer than it saves.
    package var precision: PrecisionChoice?
    /// Of a server's encoders: it lays weights out anew once, and gains with every query.
    var servingPrecision: Precision { (precision ?? .auto).resolved }
    /// How much each channel counts in a search that does not say.
    package var weights: [Channel: Double]
    /// Folder for what can be made again; nil: nothing is kept.
    package var cachePath: String?
    /// Folders below which the server may take files in; none unless someone says so.
    package var mediaRoots: [String] = []
    /// The file that this project's settings are read from, whether it exists or not.
    package var projectFile: String
    /// How `reel serve` listens.
    package var serving = ServingSettings()
    /// Where models of the hub are kept and fetched from.
    var hub = HubSettings()
    /// Where language models answer.
    var languageModels = LanguageModelSettings()
    /// Where each setting came from, by its key in a settings file.
    package var origins: [String: String] = [:]

    package static let defaultIndexPath = "indexes/default"
    package static let defaultCasesPath = "indexes/cases"
    package static let defaultFramesModel = "reel-clip-tiny"
    package static let defaultMeaningModel = "all-MiniLM-L6-v2"
    package static let defaultRerankModel = "reel-reranker"
    package static let defaultVoiceModel = "silero-vad"
    /// Where Debian's pocketsphinx-en-us puts it.
    package static let defaultPocketSphinxModel = "/usr/share/pocketsphinx/model/en-us"

    /// What the command line said; nil where it said nothing.
    package struct Flags: Sendable {
        package var indexPath: String?
        package var configurationFile: String?
        package var modelFolder: String?
        package var serving = ServingSettings.Flags()
        /// Empty where nothing was said.
        package var mediaRoots: [String] = []

        package init() {}
    }

    /// A settings file, `reel.json`. Every key may be left out; an unknown key is an error.
    private struct SettingsFile: Decodable {
        var index: String?
        var cases: String?
        var cache: String?
        var models: String?
        var framesModel: String?
        var meaningModel: String?
        var rerankModel: String?
        var voiceModel: String?
        var pocketSphinxModel: String?
        var languages: [String]?
        var mediaRoots: [String]?
        var workers: Int?
        var precision: String?
        var weights: [String: Double]?
        var serving = ServingSettings.File()
        var languageModels = LanguageModelSettings.File()
        /// Where it was read, and the keys it has.
        var path = ""
        var keys: Set<String> = []

        enum CodingKeys: String, CodingKey, CaseIterable {
            case index, cases, cache, models, workers, precision, weights, languages
            case framesModel = "frames_model"
            case meaningModel = "meaning_model"
            case rerankModel = "rerank_model"
            case voiceModel = "voice_model"
            case pocketSphinxModel = "pocketsphinx_model"
            case mediaRoots = "media_roots"
        }
    }

    package static func load(flags: Flags, environment: [String: String]) throws -> Configuration {
        var files: [SettingsFile] = []
        let named = flags.configurationFile ?? environment["REEL_CONFIG"]
        if let named {
            files = [try read(named)]
        } else {
            files = try [standardProjectFile, userFile(environment)].filter(
                FileManager.default.fileExists
            )
            .map(read)
        }
        func first<Value>(_ key: KeyPath<SettingsFile, Value?>) -> Value? {
            files.lazy.compactMap { $0[keyPath: key] }.first
        }
        let modelFolder =
            flags.modelFolder ?? environment["REEL_MODELS"] ?? first(\.models)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var configuration = Configuration(
            indexPath: flags.indexPath ?? environment["REEL_INDEX"] ?? first(\.index)
                ?? defaultIndexPath,
            casesPath: environment["REEL_CASES"] ?? first(\.cases)
                ?? defaultCasesPath,
            modelFolders: modelFolder.map { [$0] } ?? standardFolders("models", environment),
            promptFolders: environment["REEL_PROMPTS"].map { [$0] }
                ?? standardFolders("prompts", environment),
            framesModel: environment["REEL_FRAMES_MODEL"] ?? first(\.framesModel)
                ?? defaultFramesModel,
            meaningModel: environment["REEL_MEANING_MODEL"] ?? first(\.meaningModel)
                ?? defaultMeaningModel,
            rerankModel: environment["REEL_RERANK_MODEL"] ?? first(\.rerankModel)
                ?? defaultRerankModel,
            voiceModel: environment["REEL_VOICE_MODEL"] ?? first(\.voiceModel)
                ?? defaultVoiceModel,
            pocketSphinxModel: environment["REEL_POCKETSPHINX_MODEL"]
                ?? first(\.pocketSphinxModel) ?? defaultPocketSphinxModel,
            languages: environment["REEL_LANGUAGES"].map(languageList) ?? first(\.languages) ?? [],
            workers: max(
                1, environment["REEL_WORKERS"].flatMap { Int($0) } ?? first(\.workers) ?? cores),
            precision: try (environment["REEL_PRECISION"] ?? first(\.precision)).map(precision),
            weights: first(\.weights).map(channelWeights) ?? SearchRequest.defaultWeights,
            mediaRoots: flags.mediaRoots.isEmpty
                ? environment["REEL_MEDIA_ROOTS"].map(folderList) ?? first(\.mediaRoots) ?? []
                : flags.mediaRoots,
            projectFile: named ?? standardProjectFile)
        configuration.cachePath = cacheFolder(named: first(\.cache), environment)
        if let name = environment["REEL_INSTRUCTIONS"] {
            configuration.instructions = try instructions(name)
        }
        configuration.hub = HubSettings(environment: environment)
        configuration.languageModels = try LanguageModelSettings(
            files: files.map(\.languageModels), environment: environment)
        configuration.serving = try ServingSettings(
            flags: flags.serving, environment: environment, files: files.map(\.serving))
        configuration.origins = SettingOrigins.of(
            flags: flags, environment: environment,
            files: files.map { (path: $0.path, keys: $0.keys) })
        return configuration
    }

    /// Folders with a colon between them, as in `PATH`.
    private static func folderList(_ text: String) -> [String] {
        text.split(separator: ":").map(String.init)
    }

    /// `en,de` as a list.
    private static func languageList(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    private static func precision(_ name: String) throws -> PrecisionChoice {
        guard let choice = PrecisionChoice(rawValue: name) else {
            throw Failure(
                .badConfiguration,
                "There is no precision \(name). There are: "
                    + PrecisionChoice.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        return choice
    }

    private static func instructions(_ name: String) throws -> InstructionSet {
        guard let set = InstructionSet(rawValue: name) else {
            throw Failure(
                .badConfiguration,
                "REEL_INSTRUCTIONS says \(name). There are: "
                    + InstructionSet.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        return set
    }

    /// Of names that `read` has checked.
    private static func channelWeights(_ named: [String: Double]) -> [Channel: Double] {
        var weights: [Channel: Double] = [:]
        for (name, weight) in named {
            if let channel = Channel(rawValue: name) { weights[channel] = weight }
        }
        return weights
    }

    private static let standardProjectFile = "reel.json"

    private static func userFile(_ environment: [String: String]) -> String {
        let home = environment["HOME"] ?? ""
        return (environment["XDG_CONFIG_HOME"] ?? home + "/.config") + "/reel/reel.json"
    }

    /// Nil when it is set to nothing, and for those who have no home.
    private static func cacheFolder(
        named: String?, _ environment: [String: String]
    ) -> String? {
        if let named = environment["REEL_CACHE"] ?? named { return named.isEmpty ? nil : named }
        func absolute(_ name: String) -> String? {
            environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        let caches = absolute("XDG_CACHE_HOME") ?? absolute("HOME").map { $0 + "/.cache" }
        return caches.map { $0 + "/reel" }
    }

    /// Here, beside or above the program (a build folder lies inside its checkout), the user's own.
    private static func standardFolders(
        _ name: String, _ environment: [String: String]
    ) -> [String] {
        var folders = [name]
        if let program = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe")
        {
            var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
            for _ in 0..<4 where folder.path != "/" {
                folders.append(folder.appendingPathComponent(name).path)
                folder.deleteLastPathComponent()
            }
        }
        let home = environment["HOME"] ?? ""
        folders.append((environment["XDG_DATA_HOME"] ?? home + "/.local/share") + "/reel/" + name)
        var seen: Set<String> = []
        return folders.filter { seen.insert($0).inserted }
    }

    private static func read(_ path: String) throws -> SettingsFile {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure(
                .badConfiguration, "The settings file \(path) cannot be read.")
        }
        guard let object = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any] else {
            throw Failure(
                .badConfiguration, "The settings file \(path) is not a JSON object.")
        }
        let known =
            SettingsFile.CodingKeys.allCases.map(\.rawValue)
            + ServingSettings.File.CodingKeys.allCases.map(\.rawValue)
            + LanguageModelSettings.File.CodingKeys.allCases.map(\.rawValue)
        if let unknown = object.keys.sorted().first(where: { !known.contains($0) }) {
            throw Failure(
                .badConfiguration,
                "The settings file \(path) has an unknown key \(unknown). "
                    + "Known are: \(known.sorted().joined(separator: ", ")).")
        }
        guard var settings = try? JSONDecoder().decode(SettingsFile.self, from: bytes),
            let serving = try? JSONDecoder().decode(ServingSettings.File.self, from: bytes),
            let languageModels = try? JSONDecoder().decode(
                LanguageModelSettings.File.self, from: bytes)
        else {
            throw Failure(
                .badConfiguration,
                "A key of the settings file \(path) has a value of the wrong type: workers, port "
                    + "and all counts and seconds are numbers, weights is an object of numbers, "
                    + "languages, allowed_hosts and media_roots are lists of texts, "
                    + "llm_local_network is true or false, the others are texts.")
        }
        settings.serving = serving
        settings.languageModels = languageModels
        settings.path = path
        settings.keys = Set(object.keys)
        if let weights = settings.weights {
            let areKnown = weights.keys.allSatisfy { Channel(rawValue: $0) != nil }
            let areInRange = weights.values.allSatisfy((0...1000).contains)
            guard areKnown, areInRange, weights.values.contains(where: { $0 > 0 }) else {
                throw Failure(
                    .badConfiguration,
                    "The weights in the settings file \(path) are from 0 to 1000, one of them "
                        + "above 0, for: "
                        + Channel.allCases.map(\.rawValue).joined(separator: ", ") + ".")
            }
        }
        return settings
    }
}
