internal import Foundation

/// A day as people and programs write it: 2026-03-01.
package enum CalendarDay {
    /// The beginning of the day in the local calendar, in seconds since 1970; nil for what is no
    /// day.
    package static func start(_ text: String) -> Double? {
        day(text)?.timeIntervalSince1970
    }

    /// The beginning of the day after.
    package static func end(_ text: String) -> Double? {
        day(text).flatMap { calendar.date(byAdding: .day, value: 1, to: $0) }?
            .timeIntervalSince1970
    }

    private static var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .current
        return calendar
    }

    private static func day(_ text: String) -> Date? {
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = fields.compactMap { Int($0) }
        guard fields.count == 3, numbers.count == 3, (1970...9999).contains(numbers[0]) else {
            return nil
        }
        let components = DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
        // 2026-02-30 is no day, though a calendar would make one of it.
        guard components.isValidDate(in: calendar) else { return nil }
        return calendar.date(from: components)
    }
}
