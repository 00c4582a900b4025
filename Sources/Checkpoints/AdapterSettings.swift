import JSONText

/// `adapter_config.json` of PEFT, as far as a merged model depends on it. What would change the
/// arithmetic and is not done here is refused by its key.
struct AdapterSettings: Sendable {
    let baseModel: String
    let isClassifier: Bool
    let rank: Int
    /// Of B · A: alpha / rank, or alpha / √rank (Kalajdzievski 2023, "rank-stabilized").
    let scale: Float
    /// Names of modules or ends of them; nil for a pattern, which only training needs.
    private let targets: [String]?
    /// Modules trained whole.
    private let savedModules: [String]
    private let path: String

    init(path: String) throws {
        self.path = path
        let settings = try ModelConfiguration(path: path)
        guard try settings.string("peft_type") == "LORA" else {
            throw settings.wrong("peft_type", expected: "\"LORA\"")
        }
        for key in ["fan_in_fan_out", "use_dora", "use_qalora", "use_bdlora", "lora_bias"] {
            guard try !settings.flag(key, default: false) else {
                throw settings.wrong(key, expected: "false")
            }
        }
        for key in ["rank_pattern", "alpha_pattern"] where settings[key] != nil {
            guard settings[key]?.object?.isEmpty == true else {
                throw settings.wrong(key, expected: "empty, one rank for all modules")
            }
        }
        for key in ["layer_replication", "trainable_token_indices", "target_parameters"]
        where settings[key] != nil {
            throw settings.wrong(key, expected: "null")
        }
        guard try settings.string("bias", default: "none") == "none" else {
            throw settings.wrong("bias", expected: "\"none\"")
        }
        baseModel = try settings.string("base_model_name_or_path")
        isClassifier = try settings.string("task_type", default: "") == "SEQ_CLS"
        rank = try settings.size("r", default: 8, atMost: 1 << 14)
        let alpha = try settings.positiveNumber("lora_alpha", default: 8)
        let isRankStabilized = try settings.flag("use_rslora", default: false)
        scale = Float(alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank)))
        targets =
            settings["target_modules"]?.string == nil
            ? try settings.strings("target_modules") : nil
        savedModules = try settings.strings("modules_to_save") ?? []
    }

    /// Compares what the settings promise with what the weights' file holds: an adapter without its
    /// head would give numbers that look like scores.
    func check(
        adapted: [String], whole: [String], weights: String
    ) throws(CheckpointError) {
        for target in targets ?? []
        where !adapted.contains(where: { Self.isNamed($0, target) }) {
            throw .adapterLacksModule(path: weights, module: target, key: "target_modules")
        }
        for module in adapted {
            if let targets, !targets.contains(where: { Self.isNamed(module, $0) }) {
                throw .unknownAdapterTensor(name: module, path: weights)
            }
        }
        let modules = whole.map { $0.split(separator: ".").dropLast().joined(separator: ".") }
        func isThere(_ saved: String) -> Bool {
            modules.contains { Self.isNamed($0, saved) || $0.hasPrefix(saved + ".") }
        }
        for saved in savedModules where !isThere(saved) {
            // For a classifier PEFT lists both names a head may have; a network has one of them.
            let other = Self.headNames.first { $0 != saved }
            if Self.headNames.contains(saved), let other, savedModules.contains(other),
                isThere(other)
            {
                continue
            }
            throw .adapterLacksModule(path: weights, module: saved, key: "modules_to_save")
        }
        for module in modules where !savedModules.contains(where: { Self.isNamed(module, $0) }) {
            throw .unknownAdapterTensor(name: module, path: weights)
        }
    }

    private static let headNames = ["classifier", "score"]

    /// Whether a module is the one named, or its path ends in that name.
    private static func isNamed(_ module: String, _ name: String) -> Bool {
        module == name || module.hasSuffix("." + name)
    }
}
