/// Tells of each setting which place it was taken from: `reel serve --print-config`.
enum SettingOrigins {
    private struct Setting {
        /// In a settings file.
        var key: String
        /// In the environment; `REEL_` and the key in capitals, but for a few.
        var variable: String
        /// On the command line, where there is one.
        var flag: String?
        var isFlagGiven: @Sendable (Configuration.Flags) -> Bool

        init(
            _ key: String, variable: String? = nil, flag: String? = nil,
            isFlagGiven: @escaping @Sendable (Configuration.Flags) -> Bool = { _ in false }
        ) {
            self.key = key
            self.variable = variable ?? "REEL_" + key.uppercased()
            self.flag = flag
            self.isFlagGiven = isFlagGiven
        }
    }

    private static let settings: [Setting] = [
        Setting("index", flag: "index") { $0.indexPath != nil },
        Setting("cache"),
        Setting("models", flag: "models") { $0.modelFolder != nil },
        Setting("frames_model"), Setting("meaning_model"), Setting("rerank_model"),
        Setting("voice_model"), Setting("pocketsphinx_model"), Setting("languages"),
        Setting("workers"), Setting("instructions"), Setting("precision"),
        Setting("weights", variable: ""),
        Setting("host", flag: "host") { $0.serving.host != nil },
        Setting("port", flag: "port") { $0.serving.port != nil },
        Setting("token_file", flag: "token-file") { $0.serving.tokenFile != nil },
        Setting("allowed_hosts", flag: "allowed-host") { $0.serving.allowedHosts != nil },
        Setting("media_roots", flag: "media-root") { !$0.mediaRoots.isEmpty },
        Setting("max_connections", flag: "max-connections") {
            $0.serving.maximumConnections != nil
        },
        Setting("max_connections_per_address", flag: "max-connections-per-address") {
            $0.serving.maximumConnectionsPerAddress != nil
        },
        Setting("request_workers", flag: "request-workers") { $0.serving.requestWorkers != nil },
        Setting("request_queue", flag: "request-queue") { $0.serving.requestQueue != nil },
        Setting("head_seconds", flag: "head-seconds") { $0.serving.headSeconds != nil },
        Setting("body_seconds", flag: "body-seconds") { $0.serving.bodySeconds != nil },
        Setting("drain_seconds", flag: "drain-seconds") { $0.serving.drainSeconds != nil },
    ]

    /// `--host`, `REEL_HOST`, the path of a settings file, or `default`, by key.
    static func of(
        flags: Configuration.Flags, environment: [String: String],
        files: [(path: String, keys: Set<String>)]
    ) -> [String: String] {
        var origins: [String: String] = [:]
        for setting in settings {
            origins[setting.key] =
                if let flag = setting.flag, setting.isFlagGiven(flags) {
                    "--" + flag
                } else if environment[setting.variable] != nil {
                    setting.variable
                } else if let file = files.first(where: { $0.keys.contains(setting.key) }) {
                    file.path
                } else { "default" }
        }
        return origins
    }
}
