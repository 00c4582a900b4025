package import JSONText

/// The settings in a model's JSON files, read by key with checked types and ranges. Code that a
/// configuration names (`auto_map`) is never loaded.
package struct ModelConfiguration: Sendable {
    /// The file, for errors.
    package let path: String
    /// Of a section: its key and a point.
    private let prefix: String
    private let members: [String: JSONValue]

    package init(path: String) throws {
        let file = try MappedFile(path: path)
        try file.refuseLFSPointer()
        do {
            let value = try file.withBytes { try JSONValue(parsing: $0) }
            guard let members = value.object else {
                throw JSONError(cause: .expectedObject, offset: 0)
            }
            self.init(path: path, prefix: "", members: members)
        } catch let fault as JSONError {
            throw CheckpointError.malformedJSON(path: path, fault: fault)
        }
    }

    private init(path: String, prefix: String, members: [String: JSONValue]) {
        self.path = path
        self.prefix = prefix
        self.members = members
    }

    /// Nil also for JSON null, which Hugging Face writes for "not set".
    package subscript(key: String) -> JSONValue? {
        guard let value = members[key], value != .null else { return nil }
        return value
    }

    /// A nested object; empty when there is none, so that the defaults apply.
    package func section(_ key: String) throws(CheckpointError) -> ModelConfiguration {
        guard let value = self[key] else {
            return ModelConfiguration(path: path, prefix: prefix + key + ".", members: [:])
        }
        guard let members = value.object else { throw wrong(key, expected: "an object") }
        return ModelConfiguration(path: path, prefix: prefix + key + ".", members: members)
    }

    /// With the other's values in place of equal keys.
    package func overridden(by other: ModelConfiguration) -> ModelConfiguration {
        ModelConfiguration(
            path: path, prefix: prefix,
            members: members.merging(other.members) { _, override in override })
    }

    /// A size of a network. The limit keeps products of sizes far from overflow.
    package func size(
        _ key: String, default standard: Int? = nil, atMost limit: Int = 1 << 20
    ) throws(CheckpointError) -> Int {
        guard let value = self[key] else {
            if let standard { return standard }
            throw wrong(key, expected: "a whole number")
        }
        guard let size = value.integer, (1...limit).contains(size) else {
            throw wrong(key, expected: "a whole number from 1 to \(limit)")
        }
        return size
    }

    package func integer(_ key: String) throws(CheckpointError) -> Int? {
        guard let value = self[key] else { return nil }
        guard let integer = value.integer else { throw wrong(key, expected: "a whole number") }
        return integer
    }

    /// A finite number above zero.
    package func positiveNumber(
        _ key: String, default standard: Double
    ) throws(CheckpointError) -> Double {
        guard let value = self[key] else { return standard }
        guard let number = value.number, number.isFinite, number > 0 else {
            throw wrong(key, expected: "a number above 0")
        }
        return number
    }

    package func string(
        _ key: String, default standard: String? = nil
    ) throws(CheckpointError) -> String {
        guard let value = self[key] else {
            if let standard { return standard }
            throw wrong(key, expected: "a string")
        }
        guard let string = value.string else { throw wrong(key, expected: "a string") }
        return string
    }

    /// Nil where the key is not set.
    package func strings(_ key: String) throws(CheckpointError) -> [String]? {
        guard let value = self[key] else { return nil }
        guard let list = value.array, list.allSatisfy({ $0.string != nil }) else {
            throw wrong(key, expected: "a list of strings")
        }
        return list.compactMap(\.string)
    }

    package func flag(_ key: String, default standard: Bool) throws(CheckpointError) -> Bool {
        guard let value = self[key] else { return standard }
        guard let flag = value.bool else { throw wrong(key, expected: "true or false") }
        return flag
    }

    /// The error for a key whose value is not as expected.
    package func wrong(_ key: String, expected: String) -> CheckpointError {
        .setting(
            path: path, key: prefix + key, expected: expected, found: Self.shown(members[key]))
    }

    private static func shown(_ value: JSONValue?) -> String {
        switch value {
        case nil: "not set"
        case .null: "null"
        case .object: "an object"
        case .array: "a list"
        case .string(let text): "\"\(text.prefix(80))\""
        case .number(let number): number.integer.map(String.init) ?? String(number.value)
        case .bool(let flag): String(flag)
        }
    }
}
