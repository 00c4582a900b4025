internal import Corpus
internal import Foundation

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
        filter.kind = try arguments.choice("kind", of: AssetKind.self)
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
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = fields.compactMap { Int($0) }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .current
        let parts = numbers.count == 3 && fields.count == 3 ? numbers : []
        if let year = parts.first, (1970...9999).contains(year) {
            let components = DateComponents(year: year, month: parts[1], day: parts[2])
            // 2026-02-30 is no day, though a calendar would make one of it.
            if components.isValidDate(in: calendar), let date = calendar.date(from: components) {
                return date.timeIntervalSince1970
            }
        }
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
