/// The texts of `reel --help` and `reel COMMAND --help`, made from what the commands declare.
enum Help {
    static func overview(colors: Bool) -> String {
        """
        Search a folder of videos on your own machine by what is seen, said and meant.

        \(Style.bold("Usage:", when: colors)) reel [options] COMMAND …

        \(Style.bold("Start here:", when: colors))
          reel index ~/Videos
          reel search "red car in front of a beach"

        \(Style.bold("Commands:", when: colors))
        \(list(CommandList.everyday))

        \(Style.bold("Each stage alone:", when: colors))
        \(list(CommandList.plumbing))

        \(Style.bold("Options:", when: colors))
        \(list(CommandLineOption.global))

        reel COMMAND --help tells more about a command. Exit codes: 0 success, 1 failure,
        2 wrong usage, 3 finished but some files failed; above 63 as in sysexits.h.
        """
    }

    static func page(of command: any Command.Type, colors: Bool) -> String {
        var parts = [
            command.summary,
            "\(Style.bold("Usage:", when: colors)) reel \(command.name) "
                + (command.options.isEmpty ? "" : "[options] ") + command.operands,
        ]
        if !command.options.isEmpty {
            parts.append(Style.bold("Options:", when: colors) + "\n" + list(command.options))
        }
        parts.append(
            Style.bold("Options of every command:", when: colors) + "\n"
                + list(CommandLineOption.global))
        let examples = command.examples.map { "  \($0.line)\n      \($0.does)" }
        parts.append(
            Style.bold("Examples:", when: colors) + "\n" + examples.joined(separator: "\n"))
        return parts.joined(separator: "\n\n")
    }

    private static func list(_ commands: [any Command.Type]) -> String {
        columns(commands.map { ($0.name, $0.summary) })
    }

    private static func list(_ options: [CommandLineOption]) -> String {
        columns(
            options.map { option in
                let short = option.short.map { "-\($0), " } ?? ""
                let value = option.valueName.map { " \($0)" } ?? ""
                return (short + "--" + option.name + value, option.summary)
            })
    }

    private static func columns(_ rows: [(left: String, right: String)]) -> String {
        let width = rows.map(\.left.count).max() ?? 0
        return rows.map { row in
            "  " + row.left + String(repeating: " ", count: width - row.left.count + 2) + row.right
        }.joined(separator: "\n")
    }
}
