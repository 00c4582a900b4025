internal import Foundation
internal import Service

/// The whole program from its arguments to its exit code.
package enum ReelProgram {
    /// - Parameter arguments: without the program's own name.
    package static func run(_ arguments: [String], environment: [String: String]) -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        // Not a command for people: it takes no options and reads no configuration.
        if arguments.first == DecodingApart.commandName {
            return DecodingApart.serve(Array(arguments.dropFirst()))
        }
        // A file that may not grow is an error of the write that tried, with a message.
        signal(SIGXFSZ, SIG_IGN)
        // A first look for what every message depends on, before anything can fail.
        let color = color(in: arguments)
        var console = Console(color: color ?? .auto, environment: environment)
        do {
            return try run(arguments, environment: environment, console: &console).rawValue
        } catch let error as UsageError {
            console.complain("\(Style.red("reel:", when: console.colorsMessages)) \(error)")
            console.complain("See: reel --help")
            return ExitCode.usage.rawValue
        } catch {
            let failure = error as? Failure ?? Failure(.defect, "\(error)")
            console.complain("\(Style.red("reel:", when: console.colorsMessages)) \(failure)")
            return ExitCode(failure.cause).rawValue
        }
    }

    private static func run(
        _ arguments: [String], environment: [String: String], console: inout Console
    ) throws -> ExitCode {
        guard let position = commandPosition(in: arguments) else {
            let global = try ArgumentReader(arguments, options: CommandLineOption.global)
            if global.has("version") {
                console.print("reel \(Application.version)")
                return .success
            }
            // Asked for, help is data; a call without a command is a mistake.
            let text = Help.overview(colors: console.colorsOutput)
            guard global.has("help") else {
                console.complain(text)
                return .usage
            }
            console.print(text)
            return .success
        }
        let name = arguments[position]
        guard let command = CommandList.all.first(where: { $0.name == name }) else {
            if name == "help" {
                return try help(Array(arguments[(position + 1)...]), console: console)
            }
            let closest = CommandList.all.map { $0.name }.filter { editDistance(name, $0) <= 2 }
                .min { editDistance(name, $0) < editDistance(name, $1) }
            throw UsageError.unknownCommand(name, closest: closest)
        }
        var rest = arguments
        rest.remove(at: position)
        let reader = try ArgumentReader(rest, options: CommandLineOption.global + command.options)
        if reader.has("help") {
            console.print(Help.page(of: command, colors: console.colorsOutput))
            return .success
        }
        // Used already, in the first look; here a wrong value is named.
        _ = try reader.choice("color", of: Console.ColorChoice.self)
        console.isQuiet = reader.has("quiet")
        var flags = Configuration.Flags()
        flags.indexPath = reader.value("index")
        flags.configurationFile = reader.value("config")
        flags.modelFolder = reader.value("models")
        try command.readSettings(reader, into: &flags)
        let load: @Sendable () throws -> Configuration = { [flags] in
            try Configuration.load(flags: flags, environment: environment)
        }
        return try command.run(
            reader,
            in: CommandContext(
                application: Application(configuration: try load()), console: console,
                wantsJSON: reader.has("json"), reloaded: load))
    }

    private static func help(_ names: [String], console: Console) throws -> ExitCode {
        guard let name = names.first else {
            console.print(Help.overview(colors: console.colorsOutput))
            return .success
        }
        guard let command = CommandList.all.first(where: { $0.name == name }) else {
            throw UsageError.unknownCommand(name, closest: nil)
        }
        console.print(Help.page(of: command, colors: console.colorsOutput))
        return .success
    }

    /// The first argument that is neither a global option nor the value of one.
    private static func commandPosition(in arguments: [String]) -> Int? {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            guard argument.hasPrefix("-"), argument != "-" else { return index }
            let takesValue = CommandLineOption.global.contains {
                $0.valueName != nil && "--" + $0.name == argument
            }
            index += takesValue ? 2 : 1
        }
        return nil
    }

    private static func color(in arguments: [String]) -> Console.ColorChoice? {
        for (index, argument) in arguments.enumerated() {
            if argument.hasPrefix("--color=") {
                return Console.ColorChoice(rawValue: String(argument.dropFirst(8)))
            }
            if argument == "--color", index + 1 < arguments.count {
                return Console.ColorChoice(rawValue: arguments[index + 1])
            }
        }
        return nil
    }
}
