internal import Corpus
internal import Foundation
internal import Service

/// A word after `reel`: what it takes, how it is explained, and what it does.
protocol Command: Sendable {
    static var name: String { get }
    /// One line in `reel --help`.
    static var summary: String { get }
    /// Operands in the usage line: `PATH…`.
    static var operands: String { get }
    static var options: [CommandLineOption] { get }
    /// Whole command lines, each with what it does.
    static var examples: [(line: String, does: String)] { get }

    /// Options of the command that are settings: they overrule the environment and files.
    static func readSettings(
        _ arguments: ArgumentReader, into flags: inout Configuration.Flags
    ) throws(UsageError)

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode
}

extension Command {
    static func readSettings(
        _ arguments: ArgumentReader, into flags: inout Configuration.Flags
    ) throws(UsageError) {}
}

/// What every command is given besides its arguments.
struct CommandContext: Sendable {
    var application: Application
    var console: Console
    var wantsJSON: Bool
    /// Reads the settings again, with the same flags and environment.
    var reloaded: @Sendable () throws -> Configuration

    /// A path as a person would write it here: relative when it lies below the current folder.
    func shown(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}

/// All commands, in the order `--help` lists them.
enum CommandList {
    static let everyday: [any Command.Type] = [
        IndexCommand.self, SearchCommand.self,
        AskCommand.self, AgentCommand.self, VerifyLogCommand.self,
        ListCommand.self, ShowCommand.self, RemoveCommand.self, StatisticsCommand.self,
        ServeCommand.self,
        CasesCommand.self, ModelsCommand.self,
        DoctorCommand.self, EvaluateCommand.self,
    ]
    static let plumbing: [any Command.Type] = [
        FramesCommand.self, SpeechCommand.self, SubtitlesCommand.self, TranscribeCommand.self,
        EmbedCommand.self, TokenizeCommand.self, RerankCommand.self, VectorsCommand.self,
        TextsCommand.self, HealthCommand.self,
    ]
    static var all: [any Command.Type] { everyday + plumbing }
}
