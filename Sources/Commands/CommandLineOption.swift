/// A flag a command understands, as `--help` shows it and `ArgumentReader` reads it.
struct CommandLineOption: Sendable, Equatable {
    /// Without the dashes: `top`.
    var name: String
    /// One letter, without the dash.
    var short: Character?
    /// What stands for the value in the usage line, `N`; nil for a flag without a value.
    var valueName: String?
    var summary: String

    static func flag(_ name: String, short: Character? = nil, _ summary: String) -> Self {
        CommandLineOption(name: name, short: short, valueName: nil, summary: summary)
    }

    static func value(
        _ name: String, _ valueName: String, short: Character? = nil, _ summary: String
    ) -> Self {
        CommandLineOption(name: name, short: short, valueName: valueName, summary: summary)
    }

    /// Understood before and after every command's name.
    static let global: [CommandLineOption] = [
        .value("index", "DIR", "The library to use (indexes/default, or $REEL_INDEX)"),
        .value(
            "config", "FILE", "Settings to read (reel.json here, or in the user's config folder)"),
        .value("models", "DIR", "Where model folders lie (models, or $REEL_MODELS)"),
        .flag("json", "Machine-readable output: one object, or one a line"),
        .flag("quiet", short: "q", "No progress and no notes"),
        .value("color", "WHEN", "auto, always or never (auto also minds NO_COLOR)"),
        .flag("help", short: "h", "Show how to use reel, or a command"),
        .flag("version", "Show the version"),
    ]
}
