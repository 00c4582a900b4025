/// How `reel serve` listens, and for whom.
package struct ServingSettings: Sendable, Equatable {
    /// Address or name to listen at; anything but this machine itself needs a token.
    package var host = "127.0.0.1"
    /// 0 for any that is free.
    package var port = 8420
    /// File with the token that requests must bring; nil for none.
    package var tokenFile: String?
    /// Names this server answers to besides those of this machine.
    package var allowedHosts: [String] = []
    package var maximumConnections = 256
    package var maximumConnectionsPerAddress = 32
    /// Requests answered at the same time.
    package var requestWorkers = 24
    /// Requests that may wait for a worker.
    package var requestQueue = 64
    /// Seconds for the head of a request.
    package var headSeconds = 10.0
    /// Seconds for the body of a request.
    package var bodySeconds = 60.0
    /// Seconds that requests in flight get when the server is told to stop.
    package var drainSeconds = 10.0
    /// Where systemd wants to hear of readiness; nil where nobody does.
    package var notifySocket: String?
    /// Seconds within which systemd wants a sign of life; nil where it does not.
    package var watchdogSeconds: Double?

    package init() {}

    /// What the command line said of these; nil where it said nothing.
    package struct Flags: Sendable, Equatable {
        package var host: String?
        package var port: Int?
        package var tokenFile: String?
        package var allowedHosts: [String]?
        package var maximumConnections: Int?
        package var maximumConnectionsPerAddress: Int?
        package var requestWorkers: Int?
        package var requestQueue: Int?
        package var headSeconds: Double?
        package var bodySeconds: Double?
        package var drainSeconds: Double?

        package init() {}
    }

    /// What one settings file says of these.
    struct File: Decodable {
        var host: String?
        var port: Int?
        var tokenFile: String?
        var allowedHosts: [String]?
        var maximumConnections: Int?
        var maximumConnectionsPerAddress: Int?
        var requestWorkers: Int?
        var requestQueue: Int?
        var headSeconds: Double?
        var bodySeconds: Double?
        var drainSeconds: Double?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case host, port
            case tokenFile = "token_file"
            case allowedHosts = "allowed_hosts"
            case maximumConnections = "max_connections"
            case maximumConnectionsPerAddress = "max_connections_per_address"
            case requestWorkers = "request_workers"
            case requestQueue = "request_queue"
            case headSeconds = "head_seconds"
            case bodySeconds = "body_seconds"
            case drainSeconds = "drain_seconds"
        }
    }

    /// What is taken, of flags, environment and files; the first that says something wins.
    init(flags: Flags, environment: [String: String], files: [File]) throws {
        func first<Value>(_ key: KeyPath<File, Value?>) -> Value? {
            files.lazy.compactMap { $0[keyPath: key] }.first
        }
        func number<Value: LosslessStringConvertible>(
            _ variable: String, as type: Value.Type = Value.self
        ) throws -> Value? {
            guard let text = environment[variable] else { return nil }
            guard let value = Value(text) else {
                throw Failure(.badConfiguration, "\(variable)=\(text) is not a number.")
            }
            return value
        }
        host = flags.host ?? environment["REEL_HOST"] ?? first(\.host) ?? host
        port = try flags.port ?? number("REEL_PORT") ?? first(\.port) ?? port
        tokenFile = flags.tokenFile ?? environment["REEL_TOKEN_FILE"] ?? first(\.tokenFile)
        allowedHosts =
            flags.allowedHosts
            ?? environment["REEL_ALLOWED_HOSTS"].map { $0.split(separator: ",").map(String.init) }
            ?? first(\.allowedHosts) ?? []
        maximumConnections =
            try flags.maximumConnections ?? number("REEL_MAX_CONNECTIONS")
            ?? first(\.maximumConnections) ?? maximumConnections
        maximumConnectionsPerAddress =
            try flags.maximumConnectionsPerAddress ?? number("REEL_MAX_CONNECTIONS_PER_ADDRESS")
            ?? first(\.maximumConnectionsPerAddress) ?? maximumConnectionsPerAddress
        requestWorkers =
            try flags.requestWorkers ?? number("REEL_REQUEST_WORKERS") ?? first(\.requestWorkers)
            ?? requestWorkers
        requestQueue =
            try flags.requestQueue ?? number("REEL_REQUEST_QUEUE") ?? first(\.requestQueue)
            ?? requestQueue
        headSeconds =
            try flags.headSeconds ?? number("REEL_HEAD_SECONDS") ?? first(\.headSeconds)
            ?? headSeconds
        bodySeconds =
            try flags.bodySeconds ?? number("REEL_BODY_SECONDS") ?? first(\.bodySeconds)
            ?? bodySeconds
        drainSeconds =
            try flags.drainSeconds ?? number("REEL_DRAIN_SECONDS") ?? first(\.drainSeconds)
            ?? drainSeconds
        notifySocket = environment["NOTIFY_SOCKET"]
        watchdogSeconds = environment["WATCHDOG_USEC"].flatMap(Double.init).map { $0 / 1e6 }
        try check()
    }

    private func check() throws(Failure) {
        func require(
            _ name: String, _ value: Double, _ range: ClosedRange<Double>
        ) throws(Failure) {
            guard !range.contains(value) else { return }
            throw Failure(
                .badConfiguration,
                "\(name) is \(value), and may be from \(range.lowerBound) to \(range.upperBound).")
        }
        try require("port", Double(port), 0...65535)
        try require("max_connections", Double(maximumConnections), 1...4096)
        try require("max_connections_per_address", Double(maximumConnectionsPerAddress), 1...4096)
        try require("request_workers", Double(requestWorkers), 1...256)
        try require("request_queue", Double(requestQueue), 0...65536)
        try require("head_seconds", headSeconds, 0.1...600)
        try require("body_seconds", bodySeconds, 0.1...3600)
        try require("drain_seconds", drainSeconds, 0...600)
    }
}
