/// Walks over JSON text (RFC 8259) value by value, so that a vocabulary of 50 000 entries goes
/// straight into its table without a tree in between, and a repeated key can be noticed.
///
/// Beyond the standard it takes `NaN`, `Infinity` and `-Infinity`, which Python writes.
package struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    /// Byte offset of what comes next.
    package private(set) var position = 0
    private var depth = 0
    /// Objects and arrays inside each other; deeper text is refused, not recursed into.
    package static let maximumDepth = 512

    /// The memory must outlive the scanner.
    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    // MARK: Values

    package enum Kind: String, Sendable {
        case object, array, string, number, literal
    }

    /// What comes next, without taking it.
    package mutating func peek() throws(JSONError) -> Kind {
        skipWhitespace()
        switch try next() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return .literal
        case UInt8(ascii: "-"), UInt8(ascii: "N"), UInt8(ascii: "I"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number
        default: throw error(.unexpectedByte)
        }
    }

    /// Calls `member` after each key; it must take exactly the value.
    package mutating func readObject<Failure: Error>(
        _ member: (inout JSONScanner, _ key: String) throws(Failure) -> Void
    ) throws {
        var key: [UInt8] = []
        try readObject(keyBuffer: &key) { scanner, key in
            guard let text = String(validating: key, as: UTF8.self) else {
                throw scanner.error(.invalidText)
            }
            try member(&scanner, text)
        }
    }

    /// The same with keys as UTF-8 bytes in a buffer used again and again.
    package mutating func readObject(
        keyBuffer key: inout [UInt8],
        _ member: (inout JSONScanner, _ key: [UInt8]) throws -> Void
    ) throws {
        try open(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) {
            depth -= 1
            return
        }
        repeat {
            skipWhitespace()
            try readString(into: &key)
            guard take(UInt8(ascii: ":")) else { throw error(.expectedColon) }
            try member(&self, key)
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw error(.expectedCommaOrEnd) }
        depth -= 1
    }

    /// Calls `element` before each element; it must take exactly that value.
    package mutating func readArray(_ element: (inout JSONScanner) throws -> Void) throws {
        try open(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) {
            depth -= 1
            return
        }
        repeat { try element(&self) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw error(.expectedCommaOrEnd) }
        depth -= 1
    }

    package mutating func readString() throws(JSONError) -> String {
        var text: [UInt8] = []
        try readString(into: &text)
        guard let string = String(validating: text, as: UTF8.self) else {
            throw error(.invalidText)
        }
        return string
    }

    /// Replaces the buffer's contents with the string's UTF-8, escapes resolved. The bytes are not
    /// checked to be UTF-8; `readString()` does so.
    package mutating func readString(into text: inout [UInt8]) throws(JSONError) {
        text.removeAll(keepingCapacity: true)
        guard take(UInt8(ascii: "\"")) else { throw error(.expectedString) }
        while true {
            let start = position
            while position < bytes.count, isPlain(bytes[position]) { position += 1 }
            text.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
            switch try next() {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                position += 1
                try readEscape(into: &text)
            default: throw error(.controlCharacterInString)
            }
        }
    }

    /// An integer written as one (no fraction, no exponent) that fits; anything else throws.
    package mutating func readInteger() throws(JSONError) -> Int {
        let number = try readNumber()
        guard let integer = number.integer else { throw error(.expectedInteger) }
        return integer
    }

    package mutating func readNumber() throws(JSONError) -> JSONNumber {
        skipWhitespace()
        let start = position
        let negative = take(UInt8(ascii: "-"), afterWhitespace: false)
        if takeWord("NaN") { return JSONNumber(value: .nan, integer: nil) }
        if takeWord("Infinity") {
            return JSONNumber(value: negative ? -.infinity : .infinity, integer: nil)
        }
        let digits = position
        var magnitude: Int? = 0
        while position < bytes.count, let digit = digit(bytes[position]) {
            if let sofar = magnitude {
                let (tens, overflow) = sofar.multipliedReportingOverflow(by: 10)
                let (sum, overflow2) = tens.addingReportingOverflow(digit)
                magnitude = overflow || overflow2 ? nil : sum
            }
            position += 1
        }
        guard position > digits else { throw error(.expectedNumber) }
        if position - digits > 1, bytes[digits] == UInt8(ascii: "0") {
            throw error(.expectedNumber)
        }
        let whole = position
        if take(UInt8(ascii: "."), afterWhitespace: false) { try skipDigits() }
        if take(UInt8(ascii: "e"), afterWhitespace: false)
            || take(UInt8(ascii: "E"), afterWhitespace: false)
        {
            if !take(UInt8(ascii: "+"), afterWhitespace: false) {
                _ = take(UInt8(ascii: "-"), afterWhitespace: false)
            }
            try skipDigits()
        }
        if position == whole, let magnitude {
            let integer = negative ? -magnitude : magnitude
            return JSONNumber(value: Double(integer), integer: integer)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text) else { throw error(.expectedNumber) }
        return JSONNumber(value: value, integer: nil)
    }

    /// A number as Rust's `serde_json` reads it: the digits as one integer, rounded, then multiplied
    /// or divided by a power of ten, rounded again. Now and then the last bit is not that of the
    /// nearest number, and sums of such numbers may come out the other way round.
    package mutating func readNumberAsSerde() throws(JSONError) -> Double {
        skipWhitespace()
        let start = position
        let number = try readNumber()
        var digits: UInt64 = 0
        var exponent = 0
        var isFraction = false
        var isFull = false
        var index = start
        loop: while index < position {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "-"): continue
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let (tens, overflow) = digits.multipliedReportingOverflow(by: 10)
                let (sum, overflow2) = tens.addingReportingOverflow(UInt64(byte - 48))
                if isFull || overflow || overflow2 {
                    isFull = true
                    if !isFraction { exponent += 1 }
                } else {
                    digits = sum
                    if isFraction { exponent -= 1 }
                }
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                let text = String(decoding: bytes[index..<position], as: UTF8.self)
                guard let power = Int(text), abs(power) < 1000 else { return number.value }
                exponent += power
                break loop
            default: return number.value  // NaN and the like
            }
        }
        guard abs(exponent) <= 308, number.integer == nil else { return number.value }
        let power = Self.powersOfTen[abs(exponent)]
        let magnitude = exponent < 0 ? Double(digits) / power : Double(digits) * power
        return bytes[start] == UInt8(ascii: "-") ? -magnitude : magnitude
    }

    /// 1, 10, …, 1e308, each the nearest number.
    private static let powersOfTen = (0...308).map { Double("1e\($0)") ?? .infinity }

    /// `true`, `false`, or nil for `null`.
    package mutating func readLiteral() throws(JSONError) -> Bool? {
        skipWhitespace()
        if takeWord("true") { return true }
        if takeWord("false") { return false }
        if takeWord("null") { return nil }
        throw error(.unexpectedByte)
    }

    /// Passes over one value of any kind, checking its form.
    package mutating func skipValue() throws {
        switch try peek() {
        case .object:
            var key: [UInt8] = []
            try readObject(keyBuffer: &key) { scanner, _ in try scanner.skipValue() }
        case .array: try readArray { scanner in try scanner.skipValue() }
        case .string:
            var text: [UInt8] = []
            try readString(into: &text)
        case .number: _ = try readNumber()
        case .literal: _ = try readLiteral()
        }
    }

    /// Only whitespace may be left.
    package mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard position == bytes.count else { throw error(.textAfterEnd) }
    }

    package func error(_ cause: JSONError.Cause) -> JSONError {
        JSONError(cause: cause, offset: position)
    }

    // MARK: Bytes

    private func next() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw error(.endedEarly) }
        return bytes[position]
    }

    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8, afterWhitespace: Bool = true) -> Bool {
        if afterWhitespace { skipWhitespace() }
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        for index in 0..<count where bytes[position + index] != word.utf8Start[index] {
            return false
        }
        position += count
        return true
    }

    private mutating func open(_ bracket: UInt8) throws(JSONError) {
        guard take(bracket) else {
            throw error(bracket == UInt8(ascii: "{") ? .expectedObject : .expectedArray)
        }
        depth += 1
        guard depth <= Self.maximumDepth else { throw error(.tooDeep) }
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while position < bytes.count, digit(bytes[position]) != nil { position += 1 }
        guard position > start else { throw error(.expectedNumber) }
    }

    private func digit(_ byte: UInt8) -> Int? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte) - 48 : nil
    }

    private func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func readEscape(into text: inout [UInt8]) throws(JSONError) {
        let letter = try next()
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try readFourHexDigits())
            if code & 0xFC00 == 0xD800 {  // the first half of a surrogate pair
                guard takeWord("\\u") else { throw error(.loneSurrogate) }
                let second = UInt32(try readFourHexDigits())
                guard second & 0xFC00 == 0xDC00 else { throw error(.loneSurrogate) }
                code = 0x10000 + (code & 0x3FF) << 10 + (second & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error(.loneSurrogate) }
            Self.append(scalar, to: &text)
        default: throw error(.unknownEscape)
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout [UInt8]) {
        let value = scalar.value
        func tail(_ shift: UInt32) -> UInt8 {
            0x80 | UInt8(truncatingIfNeeded: value >> shift) & 0x3F
        }
        switch value {
        case ..<0x80: text.append(UInt8(value))
        case ..<0x800:
            text.append(0xC0 | UInt8(value >> 6))
            text.append(tail(0))
        case ..<0x10000:
            text.append(0xE0 | UInt8(value >> 12))
            text.append(tail(6))
            text.append(tail(0))
        default:
            text.append(0xF0 | UInt8(value >> 18))
            text.append(tail(12))
            text.append(tail(6))
            text.append(tail(0))
        }
    }

    private mutating func readFourHexDigits() throws(JSONError) -> UInt16 {
        var code: UInt16 = 0
        for _ in 0..<4 {
            let byte = try next()
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - 48
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - 87
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - 55
            default: throw error(.unknownEscape)
            }
            code = code << 4 | UInt16(digit)
            position += 1
        }
        return code
    }
}

/// A number as written: its value, and the integer when it was written as one and fits.
package struct JSONNumber: Sendable, Equatable {
    package let value: Double
    package let integer: Int?

    package init(value: Double, integer: Int?) {
        self.value = value
        self.integer = integer
    }
}
