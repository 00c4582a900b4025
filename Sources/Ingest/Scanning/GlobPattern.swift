/// A file pattern as shells and `.gitignore` files write it, matched byte by byte.
///
/// `*` is any run of characters but `/`, `?` one such character, `[a-z]` and `[!a-z]` one of a set,
/// `\` takes the next character as it is; `**` between slashes is any number of folders.
struct GlobPattern: Equatable {
    private enum Token: Equatable {
        case byte(UInt8)
        /// `?`: one character of UTF-8, or one stray byte.
        case anyCharacter
        /// `*`: any run.
        case anyRun
        case set([ClosedRange<UInt8>], isNegated: Bool)
    }

    private enum Segment: Equatable {
        case anyFolders
        case name([Token])
    }

    private let segments: [Segment]

    /// - Parameter text: parts between slashes; a leading or trailing slash is not expected.
    init(_ text: some Sequence<UInt8>) {
        segments = Array(text).split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: true
        ).map { part in
            part.elementsEqual("**".utf8) ? .anyFolders : .name(Self.tokens(part))
        }
    }

    /// - Parameter names: a path's parts.
    func matches(_ names: [some Collection<UInt8>]) -> Bool {
        // reachable[k]: the segments so far can match the first k names.
        var reachable = [Bool](repeating: false, count: names.count + 1)
        reachable[0] = true
        for segment in segments {
            switch segment {
            case .anyFolders:
                for index in names.indices where reachable[index] { reachable[index + 1] = true }
            case .name(let tokens):
                var next = [Bool](repeating: false, count: names.count + 1)
                for index in names.indices where reachable[index] {
                    next[index + 1] = Self.matches(Array(names[index]), tokens)
                }
                reachable = next
            }
        }
        return reachable[names.count]
    }

    private static func tokens(_ part: ArraySlice<UInt8>) -> [Token] {
        var tokens: [Token] = []
        var rest = part
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"):
                if tokens.last != .anyRun { tokens.append(.anyRun) }
            case UInt8(ascii: "?"):
                tokens.append(.anyCharacter)
            case UInt8(ascii: "["):
                tokens.append(set(&rest) ?? .byte(byte))
            case UInt8(ascii: "\\"):
                tokens.append(.byte(rest.popFirst() ?? byte))
            default:
                tokens.append(.byte(byte))
            }
        }
        return tokens
    }

    /// Takes a set up to its `]`; nil, and nothing taken, when it has none.
    private static func set(_ rest: inout ArraySlice<UInt8>) -> Token? {
        var left = rest
        let isNegated = left.first == UInt8(ascii: "!") || left.first == UInt8(ascii: "^")
        if isNegated { left.removeFirst() }
        var ranges: [ClosedRange<UInt8>] = []
        while let low = left.popFirst() {
            if low == UInt8(ascii: "]"), !ranges.isEmpty {
                rest = left
                return .set(ranges, isNegated: isNegated)
            }
            var high = low
            let afterDash = left.dropFirst().first
            if left.first == UInt8(ascii: "-"), let afterDash, afterDash != UInt8(ascii: "]") {
                left.removeFirst(2)
                high = afterDash
            }
            ranges.append(min(low, high)...max(low, high))
        }
        return nil
    }

    /// Wildcards are tried again from the last run on, so that time grows with the product of the
    /// lengths and not with a power.
    private static func matches(_ name: [UInt8], _ tokens: [Token]) -> Bool {
        var position = 0
        var token = 0
        var lastRun: (token: Int, position: Int)?
        while position < name.count {
            if token < tokens.count, tokens[token] == .anyRun {
                lastRun = (token, position)
                token += 1
            } else if token < tokens.count,
                let length = length(of: tokens[token], at: position, name)
            {
                position += length
                token += 1
            } else if let (run, start) = lastRun {
                lastRun = (run, start + 1)
                position = start + 1
                token = run + 1
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .anyRun }
    }

    /// Bytes that one token takes from here; nil when it does not match.
    private static func length(of token: Token, at position: Int, _ name: [UInt8]) -> Int? {
        switch token {
        case .byte(let byte): name[position] == byte ? 1 : nil
        case .set(let ranges, let isNegated):
            ranges.contains { $0.contains(name[position]) } != isNegated ? 1 : nil
        case .anyCharacter:
            1 + name[(position + 1)...].prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
        case .anyRun: nil
        }
    }
}
