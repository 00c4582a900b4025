import CICU

/// Versions of the tables that decide what a word is. An index made with others may hold other
/// terms, so it records them.
package enum UnicodeTables {
    /// As in `72.1`.
    package static let icuVersion = String(cString: reel_icu_version())
    /// As in `15.0`.
    package static let unicodeVersion = String(cString: reel_icu_unicode_version())
}

package enum UnicodeTextError: Error, Sendable, Equatable, CustomStringConvertible {
    /// ICU gave up; the status is its own name for why.
    case segmenterUnavailable(status: String)

    package var description: String {
        switch self {
        case .segmenterUnavailable(let status):
            "ICU cannot find words (\(status)). Its data may be missing: reinstall libicu72."
        }
    }
}
