internal import Foundation
internal import Service
internal import WebAPI

enum ServeCommand: Command {
    static let name = "serve"
    static let summary = "Search in a browser, and from programs, over HTTP"
    static let operands = ""
    static let options: [CommandLineOption] = [
        .value("host", "ADDRESS", "Where to listen (127.0.0.1; others need --token-file)"),
        .value("port", "N", short: "p", "Port to listen at (8420; 0 finds a free one)"),
        .value("token-file", "FILE", "A file with the secret that requests must bring"),
        .value("allowed-host", "NAME", "Another name this server answers to; may be repeated"),
        .value("media-root", "DIR", "A folder whose files may be indexed over HTTP; repeatable"),
        .value("max-connections", "N", "Open connections (256)"),
        .value("max-connections-per-address", "N", "Open connections from one address (32)"),
        .value("request-workers", "N", "Requests answered at the same time (24)"),
        .value("request-queue", "N", "Requests that may wait for a worker (64)"),
        .value("head-seconds", "S", "Time for the head of a request (10)"),
        .value("body-seconds", "S", "Time for the body of a request (60)"),
        .value("drain-seconds", "S", "Time for requests in flight when told to stop (10)"),
        .flag("print-config", "Print the settings, and where each came from, and stop"),
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel serve", "The page is at http://127.0.0.1:8420"),
        ("reel serve --port 0 --json", "On a free port, told as JSON"),
        (
            "reel serve --host 0.0.0.0 --token-file token --allowed-host reel.lan",
            "For other machines that know the secret"
        ),
    ]

    static func readSettings(
        _ arguments: ArgumentReader, into flags: inout Configuration.Flags
    ) throws(UsageError) {
        flags.serving.host = arguments.value("host")
        flags.serving.port = try arguments.integer("port", in: 0...65535)
        flags.serving.tokenFile = arguments.value("token-file")
        if arguments.has("allowed-host") {
            flags.serving.allowedHosts = arguments.allValues("allowed-host")
        }
        flags.mediaRoots = arguments.allValues("media-root")
        flags.serving.maximumConnections = try arguments.integer("max-connections", in: 1...4096)
        flags.serving.maximumConnectionsPerAddress = try arguments.integer(
            "max-connections-per-address", in: 1...4096)
        flags.serving.requestWorkers = try arguments.integer("request-workers", in: 1...256)
        flags.serving.requestQueue = try arguments.integer("request-queue", in: 0...65536)
        flags.serving.headSeconds = try arguments.number("head-seconds", in: 0.1...600)
        flags.serving.bodySeconds = try arguments.number("body-seconds", in: 0.1...3600)
        flags.serving.drainSeconds = try arguments.number("drain-seconds", in: 0...600)
    }

    /// What scripts read once requests are taken.
    private struct Listening: Encodable {
        var schemaVersion = 1
        var listening: String

        enum CodingKeys: String, CodingKey {
            case schemaVersion = "schema_version"
            case listening
        }
    }

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        try arguments.refuseOperands()
        let console = context.console
        let configuration = context.application.configuration
        if arguments.has("print-config") {
            try console.printJSON(ConfigurationDocument(configuration))
            return .success
        }
        let service = try WebService(context.application) { console.complain("reel: \($0)") }
        let address: String
        do {
            address = try service.listen()
        } catch let error as ServerError {
            console.complain("\(Style.red("reel:", when: console.colorsMessages)) \(error)")
            return .unavailable
        }
        ServerSignals.watch(service.handle, console: console, settings: context.reloaded)
        if context.wantsJSON {
            try console.printJSON(Listening(listening: address))
        } else {
            console.print("listening on \(address)")
        }
        service.run()
        return .success
    }
}
