internal import Corpus
internal import Tensors

/// The settings in force and where each came from, as JSON.
package struct ConfigurationDocument: Encodable {
    private enum Value: Encodable {
        case text(String)
        case count(Int)
        case number(Double)
        case texts([String])
        case numbers([String: Double])
        case none

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let value): try container.encode(value)
            case .count(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .texts(let value): try container.encode(value)
            case .numbers(let value): try container.encode(value)
            case .none: try container.encodeNil()
            }
        }
    }

    private struct Setting: Encodable {
        var value: Value
        /// A flag, a variable, a file, or `default`.
        var from: String
    }

    private let schemaVersion = 1
    private let settings: [String: Setting]

    enum CodingKeys: String, CodingKey {
        case schemaVersion = "schema_version"
        case settings
    }

    package init(_ configuration: Configuration) {
        let serving = configuration.serving
        let values: [String: Value] = [
            "index": .text(configuration.indexPath),
            "cache": configuration.cachePath.map { .text($0) } ?? .none,
            "models": .texts(configuration.modelFolders),
            "frames_model": .text(configuration.framesModel),
            "meaning_model": .text(configuration.meaningModel),
            "rerank_model": .text(configuration.rerankModel),
            "voice_model": .text(configuration.voiceModel),
            "pocketsphinx_model": .text(configuration.pocketSphinxModel),
            "languages": .texts(configuration.languages),
            "workers": .count(configuration.workers),
            "instructions": .text(configuration.instructions.rawValue),
            "precision": configuration.precision.map { .text($0.rawValue) } ?? .none,
            "weights": .numbers(
                Dictionary(
                    uniqueKeysWithValues: configuration.weights.map { ($0.rawValue, $1) })),
            "host": .text(serving.host),
            "port": .count(serving.port),
            "token_file": serving.tokenFile.map { .text($0) } ?? .none,
            "allowed_hosts": .texts(serving.allowedHosts),
            "media_roots": .texts(configuration.mediaRoots),
            "max_connections": .count(serving.maximumConnections),
            "max_connections_per_address": .count(serving.maximumConnectionsPerAddress),
            "request_workers": .count(serving.requestWorkers),
            "request_queue": .count(serving.requestQueue),
            "head_seconds": .number(serving.headSeconds),
            "body_seconds": .number(serving.bodySeconds),
            "drain_seconds": .number(serving.drainSeconds),
        ]
        settings = values.reduce(into: [:]) { settings, pair in
            settings[pair.key] = Setting(
                value: pair.value, from: configuration.origins[pair.key] ?? "default")
        }
    }
}
