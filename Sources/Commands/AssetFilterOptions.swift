internal import Corpus
internal import Service

/// The options that decide which files a search may find.
enum AssetFilterOptions {
    static let declared: [CommandLineOption] = [
        .value("kind", "KIND", "Only video, audio or image"),
        .value("path", "GLOB", "Only files whose path matches, as in '*/talks/*'"),
        .value("after", "DATE", "Only files last changed on this day or later: 2026-03-01"),
        .value("before", "DATE", "Only files last changed before this day"),
        .value("longer", "TIME", "Only files of this length or longer: 90s, 5m, 1:30:00"),
        .value("shorter", "TIME", "Only files of this length or shorter"),
        .value("language", "CODE", "Only files with words in this language: en, zh, deu"),
    ]

    static func read(_ arguments: ArgumentReader) throws(UsageError) -> AssetFilter {
        var filter = AssetFilter()
        filter.kinds = try arguments.choice("kind", of: AssetKind.self).map { [$0] }
        filter.pathPattern = arguments.value("path")
        filter.modifiedFrom = try date("after", arguments)
        filter.modifiedBefore = try date("before", arguments)
        filter.minimumDuration = try time("longer", arguments)
        filter.maximumDuration = try time("shorter", arguments)
        filter.language = arguments.value("language")
        if let from = filter.modifiedFrom, let before = filter.modifiedBefore, before <= from {
            throw .contradiction("No file is changed after --after and before --before.")
        }
        if let least = filter.minimumDuration, let most = filter.maximumDuration, most < least {
            throw .contradiction("No file is as long as --longer and as short as --shorter.")
        }
        return filter
    }

    /// The beginning of a day of the local calendar, in seconds since 1970.
    private static func date(_ name: String, _ arguments: ArgumentReader) throws(UsageError)
        -> Double?
    {
        guard let text = arguments.value(name) else { return nil }
        if let start = CalendarDay.start(text) { return start }
        throw .badValue(option: name, value: text, expected: "a day such as 2026-03-01")
    }

    private static func time(_ name: String, _ arguments: ArgumentReader) throws(UsageError)
        -> Double?
    {
        guard let text = arguments.value(name) else { return nil }
        guard let seconds = MediaTime.seconds(text) else {
            throw .badValue(option: name, value: text, expected: "a time such as 90s, 5m or 1:30")
        }
        return seconds
    }
}
