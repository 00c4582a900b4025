/// A JSON text as a tree, for small files such as a model's `config.json`.
package enum JSONValue: Sendable, Equatable {
    case object([String: JSONValue])
    case array([JSONValue])
    case string(String)
    case number(JSONNumber)
    case bool(Bool)
    case null

    /// The whole text is one value. Of a repeated key the last value counts, as in Python.
    package init(parsing bytes: UnsafeRawBufferPointer) throws {
        var scanner = JSONScanner(bytes)
        self = try JSONValue(&scanner)
        try scanner.finish()
    }

    package init(parsing bytes: [UInt8]) throws {
        self = try bytes.withUnsafeBytes { try JSONValue(parsing: $0) }
    }

    /// Takes the next value.
    package init(_ scanner: inout JSONScanner) throws {
        switch try scanner.peek() {
        case .object:
            var members: [String: JSONValue] = [:]
            try scanner.readObject { scanner, key in members[key] = try JSONValue(&scanner) }
            self = .object(members)
        case .array:
            var elements: [JSONValue] = []
            try scanner.readArray { scanner in elements.append(try JSONValue(&scanner)) }
            self = .array(elements)
        case .string: self = .string(try scanner.readString())
        case .number: self = .number(try scanner.readNumber())
        case .literal: self = try scanner.readLiteral().map(JSONValue.bool) ?? .null
        }
    }

    /// The member of an object; nil when there is none or this is no object.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    package var string: String? {
        guard case .string(let string) = self else { return nil }
        return string
    }

    /// A number without a fraction that fits an Int, also when written as 1.0 or 1e3.
    package var integer: Int? {
        guard case .number(let number) = self else { return nil }
        return number.integer ?? Int(exactly: number.value)
    }

    package var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number.value
    }

    package var bool: Bool? {
        guard case .bool(let bool) = self else { return nil }
        return bool
    }

    package var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    package var object: [String: JSONValue]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}
