internal import Foundation
internal import HTTPTransfer
internal import LanguageModels

/// Where language models answer, when somebody said so: without an endpoint nothing is sent anywhere.
struct LanguageModelSettings: Sendable, Equatable {
    /// `http://127.0.0.1:8080/v1`; nil for none.
    var endpoint: String?
    var model: String?
    /// The model that looks at pictures too; nil to send none.
    var visionModel: String?
    var key: SecretKey?
    /// Path of a file with the key; the environment's key goes before it.
    var keyFile: String?
    /// Whether a host's name may lead into the local network.
    var allowsLocalNetwork = false
    var timeoutSeconds: Double?
    /// Of a prompt.
    var tokenBudget: Int?

    /// The keys of a settings file.
    struct File: Decodable {
        var endpoint: String?
        var model: String?
        var visionModel: String?
        var keyFile: String?
        var allowsLocalNetwork: Bool?
        var timeoutSeconds: Double?
        var tokenBudget: Int?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case endpoint = "llm_endpoint"
            case model = "llm_model"
            case visionModel = "vlm_model"
            case keyFile = "llm_key_file"
            case allowsLocalNetwork = "llm_local_network"
            case timeoutSeconds = "llm_timeout_seconds"
            case tokenBudget = "llm_token_budget"
        }
    }

    init() {}

    /// The environment goes before the files, the first file before the second.
    init(files: [File], environment: [String: String]) throws(Failure) {
        func first<Value>(_ path: KeyPath<File, Value?>) -> Value? {
            files.lazy.compactMap { $0[keyPath: path] }.first
        }
        func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        func number(_ name: String, in range: ClosedRange<Double>, _ filed: Double?) throws(Failure)
            -> Double?
        {
            guard let number = text(name).map({ Double($0) ?? .nan }) ?? filed else { return nil }
            guard range.contains(number) else {
                throw Failure(
                    .badConfiguration,
                    "\(name) is a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))."
                )
            }
            return number
        }
        endpoint = text("REEL_LLM_ENDPOINT") ?? first(\.endpoint)
        model = text("REEL_LLM_MODEL") ?? first(\.model)
        visionModel = text("REEL_VLM_MODEL") ?? first(\.visionModel)
        key = text("REEL_LLM_API_KEY").flatMap { SecretKey($0) }
        keyFile = text("REEL_LLM_KEY_FILE") ?? first(\.keyFile)
        allowsLocalNetwork =
            text("REEL_LLM_LOCAL_NETWORK").map { ["1", "true", "yes"].contains($0.lowercased()) }
            ?? first(\.allowsLocalNetwork) ?? false
        timeoutSeconds = try number(
            "REEL_LLM_TIMEOUT_SECONDS", in: 1...3600, first(\.timeoutSeconds))
        tokenBudget = try number(
            "REEL_LLM_TOKEN_BUDGET", in: 100...10_000_000, first(\.tokenBudget).map(Double.init)
        ).map { Int($0) }
    }

    /// The endpoint as it is used for a model; nil when none is configured.
    func endpoint(for model: String?) throws -> ChatEndpoint? {
        guard let endpoint else { return nil }
        let key = try self.key ?? keyFile.map { try SecretKey(path: $0) }
        var made = try ChatEndpoint(
            url: endpoint, model: model ?? "", key: key, allowsLocalNetwork: allowsLocalNetwork)
        made.limits.replySeconds = timeoutSeconds ?? made.limits.replySeconds
        made.limits.promptTokens = tokenBudget ?? made.limits.promptTokens
        return made
    }
}

extension Application {
    /// The model that writes; nil when none is configured.
    func languageModel() throws -> (any LanguageModel)? {
        let settings = configuration.languageModels
        return try settings.endpoint(for: settings.model ?? settings.visionModel)
            .map(ChatCompletionsClient.init)
    }

    /// The model that looks at pictures; nil when none is configured.
    func visionModel() throws -> (any LanguageModel)? {
        let settings = configuration.languageModels
        guard let model = settings.visionModel else { return nil }
        return try settings.endpoint(for: model).map(ChatCompletionsClient.init)
    }

    /// Where prompts are looked for: the library's own folder first.
    var prompts: PromptFolders {
        PromptFolders([configuration.indexPath + "/prompts"] + configuration.promptFolders)
    }

    /// Says where questions go, without going there.
    func languageModelDiagnosis() -> Diagnosis {
        let subject = "language model"
        let settings = configuration.languageModels
        do {
            guard let endpoint = try settings.endpoint(for: settings.model ?? settings.visionModel)
            else {
                return Diagnosis(
                    subject: subject, state: .good,
                    detail: "none configured (llm_endpoint): nothing is sent anywhere")
            }
            let pictures =
                settings.visionModel.map {
                    " Up to 6 key frames a question, and with reel index up to 24 key frames of each "
                        + "video, are sent to \($0) there (--describe off: none)."
                } ?? " No pictures are sent."
            return Diagnosis(
                subject: subject, state: .good,
                detail: "reel ask sends the question and the passages found for it to "
                    + "\(endpoint.model) at \(endpoint.url)"
                    + (endpoint.key == nil ? ", without a key." : ", with a key.") + pictures)
        } catch {
            return Diagnosis(subject: subject, state: .bad, detail: Failure(error).description)
        }
    }
}
