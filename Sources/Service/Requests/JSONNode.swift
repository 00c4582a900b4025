internal import JSONText

/// A value of a JSON document that came from outside, with its place in it, read strictly: a key
/// that is unknown or stands there twice, a number that is none, or a wrong type is an error that
/// names the place.
package struct JSONNode: Sendable {
    /// RFC 6901; empty for the whole document.
    package let pointer: String
    private let value: Value

    private indirect enum Value: Sendable {
        case object([(key: String, node: JSONNode)])
        case array([JSONNode])
        case string(String)
        case number(Double, integer: Int?)
        case bool(Bool)
        case null

        var name: String {
            switch self {
            case .object: "an object"
            case .array: "a list"
            case .string: "a text"
            case .number: "a number"
            case .bool: "true or false"
            case .null: "null"
            }
        }
    }

    /// Objects and lists inside each other.
    private static let depthLimit = 16

    /// Reads a whole document.
    package init(parsing bytes: [UInt8]) throws(InputError) {
        do {
            self = try bytes.withUnsafeBytes { bytes in
                var scanner = JSONScanner(bytes)
                let node = try JSONNode(&scanner, at: "", depth: 0)
                try scanner.finish()
                return node
            }
        } catch let error as InputError {
            throw error
        } catch {
            throw InputError(.malformed, "", "The body is no JSON: \(error)")
        }
    }

    private init(_ scanner: inout JSONScanner, at pointer: String, depth: Int) throws {
        guard depth <= Self.depthLimit else {
            throw InputError(
                .malformed, pointer,
                "The body is nested deeper than \(Self.depthLimit) levels.")
        }
        self.pointer = pointer
        switch try scanner.peek() {
        case .object:
            var members: [(key: String, node: JSONNode)] = []
            var names: Set<String> = []
            try scanner.readObject { scanner, key in
                let place = pointer + "/" + Self.escaped(key)
                guard names.insert(key).inserted else {
                    throw InputError(.malformed, place, "The key “\(key)” stands there twice.")
                }
                members.append((key, try JSONNode(&scanner, at: place, depth: depth + 1)))
            }
            value = .object(members)
        case .array:
            var elements: [JSONNode] = []
            try scanner.readArray { scanner in
                elements.append(
                    try JSONNode(&scanner, at: "\(pointer)/\(elements.count)", depth: depth + 1))
            }
            value = .array(elements)
        case .string: value = .string(try scanner.readString())
        case .number:
            let number = try scanner.readNumber()
            guard number.value.isFinite else {
                throw InputError(.malformed, pointer, "A number must be finite.")
            }
            value = .number(number.value, integer: number.integer ?? Int(exactly: number.value))
        case .literal: value = try scanner.readLiteral().map(Value.bool) ?? .null
        }
    }

    private static func escaped(_ key: String) -> String {
        key.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    }

    // MARK: Reading

    package func error(_ detail: String) -> InputError { InputError(.invalid, pointer, detail) }

    private func expected(_ wanted: String) -> InputError {
        error("Expected \(wanted), got \(value.name).")
    }

    /// The members of an object with no other keys than these; a member that is null counts as
    /// left out.
    package func members(_ known: [String]) throws(InputError) -> [String: JSONNode] {
        guard case .object(let members) = value else { throw expected("an object") }
        var found: [String: JSONNode] = [:]
        for (key, node) in members {
            guard known.contains(key) else {
                throw node.error(
                    "The key “\(key)” is unknown. Known are: \(known.joined(separator: ", ")).")
            }
            if case .null = node.value { continue }
            found[key] = node
        }
        return found
    }

    /// The keys of an object, to tell dialects apart; empty for anything else.
    package var keys: [String] {
        guard case .object(let members) = value else { return [] }
        return members.map(\.key)
    }

    /// - Parameter limit: bytes of UTF-8.
    package func text(atMost limit: Int) throws(InputError) -> String {
        guard case .string(let text) = value else { throw expected("a text") }
        guard text.utf8.count <= limit else {
            throw error("The text has \(text.utf8.count) bytes; at most \(limit) are allowed.")
        }
        return text
    }

    package func integer(in range: ClosedRange<Int>) throws(InputError) -> Int {
        guard case .number(_, let integer) = value else { throw expected("a whole number") }
        guard let integer, range.contains(integer) else {
            throw error("Expected a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return integer
    }

    package func number(in range: ClosedRange<Double>) throws(InputError) -> Double {
        guard case .number(let number, _) = value else { throw expected("a number") }
        guard range.contains(number) else {
            throw error(
                "Expected a number from \(Self.text(range.lowerBound)) to "
                    + "\(Self.text(range.upperBound)).")
        }
        return number
    }

    private static func text(_ number: Double) -> String {
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
    }

    package func bool() throws(InputError) -> Bool {
        guard case .bool(let bool) = value else { throw expected("true or false") }
        return bool
    }

    package func elements(atMost limit: Int) throws(InputError) -> [JSONNode] {
        guard case .array(let elements) = value else { throw expected("a list") }
        guard elements.count <= limit else {
            throw error("The list has \(elements.count) elements; at most \(limit) are allowed.")
        }
        return elements
    }

    /// One of an enumeration's raw values.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        of type: Choice.Type
    ) throws(InputError) -> Choice where Choice.RawValue == String {
        guard case .string(let text) = value else { throw expected("a text") }
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("“\(text.prefix(100))” is none of: \(names).")
        }
        return choice
    }

    // MARK: Kinds

    package var isText: Bool { if case .string = value { true } else { false } }
    package var isNumber: Bool { if case .number = value { true } else { false } }
    package var isBool: Bool { if case .bool = value { true } else { false } }
    package var isList: Bool { if case .array = value { true } else { false } }
    package var isObject: Bool { if case .object = value { true } else { false } }
}

extension JSONNode {
    /// How a query item is written.
    package enum ItemForm: Sendable {
        case text
        /// A number, `true` or `false`, or else a text.
        case plain
        /// Repeated, or between commas.
        case list
        /// `name=number`, repeated or between commas.
        case pairs
    }

    /// The object that a body would be, of a URL's query: places in it are `?name`.
    package init(
        queryItems: [(name: String, value: String)], forms: [String: ItemForm]
    ) throws(InputError) {
        pointer = ""
        var members: [(key: String, node: JSONNode)] = []
        var texts: [String: [String]] = [:]
        for (name, value) in queryItems { texts[name, default: []].append(value) }
        for (name, values) in texts.sorted(by: { $0.key < $1.key }) {
            let place = "?" + name
            guard let form = forms[name] else {
                throw InputError(
                    .invalid, place,
                    "The query item “\(name.prefix(100))” is unknown. Known are: "
                        + forms.keys.sorted().joined(separator: ", ") + ".")
            }
            switch form {
            case .text, .plain:
                guard values.count == 1 else {
                    throw InputError(
                        .malformed, place, "The query item “\(name)” stands there twice.")
                }
                let value = form == .text ? .string(values[0]) : Self.plain(values[0])
                members.append((name, JSONNode(pointer: place, value: value)))
            case .list:
                let elements = Self.parts(values).map {
                    JSONNode(pointer: place, value: .string($0))
                }
                members.append((name, JSONNode(pointer: place, value: .array(elements))))
            case .pairs:
                var pairs: [(key: String, node: JSONNode)] = []
                for part in Self.parts(values) {
                    let pair = part.split(
                        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    guard pair.count == 2 else {
                        throw InputError(
                            .invalid, place, "Expected pairs such as frames=2, got “\(part)”.")
                    }
                    pairs.append(
                        (
                            String(pair[0]),
                            JSONNode(pointer: place, value: Self.plain(String(pair[1])))
                        ))
                }
                members.append((name, JSONNode(pointer: place, value: .object(pairs))))
            }
        }
        value = .object(members)
    }

    private init(pointer: String, value: Value) {
        self.pointer = pointer
        self.value = value
    }

    private static func parts(_ values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",").map(String.init) }
    }

    private static func plain(_ text: String) -> Value {
        if let bool = Bool(text) { return .bool(bool) }
        guard let number = Double(text), number.isFinite, text.utf8.count < 40 else {
            return .string(text)
        }
        return .number(number, integer: Int(exactly: number))
    }
}
