import CICU
internal import Synchronization

/// A regular expression as ICU understands it, searched for in UTF-8. May be shared by threads.
///
/// `^` and `$` match at every line, as in Ruby. A search gives up where a pattern takes more steps
/// than its budget has, or more memory than any sensible one: patterns that backtrack may go on for
/// longer than anybody lives.
package final class RegularExpression: Sendable {
    /// One compiled expression, which searches one text at a time.
    ///
    /// `@unchecked Sendable` is sound: ICU ties an expression to no thread, and `searchers` hands
    /// each to one search at a time.
    private struct Searcher: @unchecked Sendable {
        let regex: OpaquePointer
    }

    package let pattern: String
    private let prototype: Searcher
    /// Those that no search uses now.
    private let searchers = Mutex<[Searcher]>([])

    package init(_ pattern: String) throws(RegularExpressionError) {
        guard pattern.utf8.count <= 1 << 16 else {
            throw .malformed(pattern: String(pattern.prefix(40)) + "…", status: "it is too long")
        }
        var status: Int32 = 0
        let bytes = Array(pattern.utf8)
        guard let regex = reel_regex_open(bytes, Int32(bytes.count), &status) else {
            throw .malformed(pattern: pattern, status: String(cString: reel_icu_error_name(status)))
        }
        self.pattern = pattern
        prototype = Searcher(regex: regex)
    }

    deinit {
        for searcher in searchers.withLock({ $0 }) { reel_regex_close(searcher.regex) }
        reel_regex_close(prototype.regex)
    }

    /// Bytes that one search takes.
    package static let textLimit = 1 << 29

    /// Steps that the searches through one text may take together. A step is a fraction of a
    /// millisecond; usual patterns take one for several thousand bytes.
    package struct Budget: Sendable, Equatable {
        package private(set) var steps: Int

        package init(textBytes: Int) { steps = 1000 + textBytes / 512 }

        fileprivate mutating func spend(_ spent: Int32) { steps = max(0, steps - Int(spent)) }
    }

    /// Appends the places of all matches, left to right, to `matches`. The text must be UTF-8.
    /// - Parameter budget: what is left after this search.
    package func findMatches(
        in text: UnsafeBufferPointer<UInt8>, within budget: inout Budget,
        appendingTo matches: inout [Range<Int>]
    ) throws(RegularExpressionError) {
        guard text.count <= Self.textLimit else {
            throw .gaveUp(pattern: pattern, status: "the text is too long")
        }
        var status: Int32 = 0
        let searcher = try takeSearcher()
        defer { searchers.withLock { $0.append(searcher) } }
        guard
            reel_regex_set_text(
                searcher.regex, text.baseAddress, Int32(text.count),
                Int32(clamping: budget.steps), &status) != 0
        else { throw gaveUp(status) }
        var failed = false
        withUnsafeTemporaryAllocation(of: reel_match.self, capacity: 128) { found in
            while true {
                let count = Int(
                    reel_regex_next(searcher.regex, found.baseAddress, Int32(found.count), &status))
                failed = count < 0
                for match in found.prefix(max(0, count)) {
                    matches.append(Int(match.start)..<Int(match.end))
                }
                if count < found.count { return }
            }
        }
        budget.spend(reel_regex_steps(searcher.regex))
        if failed { throw gaveUp(status) }
    }

    private func takeSearcher() throws(RegularExpressionError) -> Searcher {
        if let free = searchers.withLock({ $0.popLast() }) { return free }
        var status: Int32 = 0
        guard let regex = reel_regex_clone(prototype.regex, &status) else { throw gaveUp(status) }
        return Searcher(regex: regex)
    }

    private func gaveUp(_ status: Int32) -> RegularExpressionError {
        .gaveUp(pattern: pattern, status: String(cString: reel_icu_error_name(status)))
    }
}

package enum RegularExpressionError: Error, Sendable, Equatable, CustomStringConvertible {
    case malformed(pattern: String, status: String)
    case gaveUp(pattern: String, status: String)

    package var description: String {
        switch self {
        case .malformed(let pattern, let status):
            "ICU cannot read the regular expression \(pattern) (\(status))."
        case .gaveUp(let pattern, let status):
            "ICU gave up searching for the regular expression \(pattern.prefix(200)) (\(status))."
        }
    }
}
