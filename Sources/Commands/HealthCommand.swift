internal import Service
internal import WebAPI

enum HealthCommand: Command {
    static let name = "health"
    static let summary = "Ask a running reel serve whether it is ready"
    static let operands = "[URL]"
    static let options: [CommandLineOption] = []
    static let examples: [(line: String, does: String)] = [
        ("reel health", "Exit code 0 when the server of these settings is ready, else 1"),
        ("reel health http://127.0.0.1:8420/livez", "Whether it lives at all"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let address =
            arguments.operands.isEmpty
            ? ownAddress(context.application.configuration.serving)
            : try arguments.requireOneOperand("URL")
        guard let probe = HealthProbe(address) else {
            throw UsageError.contradiction(
                "\(address) is not the address of a server, such as http://127.0.0.1:8420.")
        }
        switch probe.ask() {
        case .healthy:
            context.console.note("\(address) is ready.")
            return .success
        case .unhealthy(let status):
            context.console.complain("\(address) is not ready: it answers \(status).")
        case .unreachable(let reason):
            context.console.complain("\(address) does not answer: \(reason).")
        }
        return .failure
    }

    /// Where the server of these settings is, seen from this machine.
    private static func ownAddress(_ settings: ServingSettings) -> String {
        let host =
            switch settings.host {
            case "0.0.0.0": "127.0.0.1"
            case "::", "[::]": "[::1]"
            default:
                settings.host.contains(":") && !settings.host.hasPrefix("[")
                    ? "[\(settings.host)]" : settings.host
            }
        return "http://\(host):\(settings.port)"
    }
}
