/// A document that writes itself as JSON, byte for byte as `JSONLineEncoder` would: for what a server
/// writes with every answer. Codable makes an object for every object in the document; this makes
/// none.
protocol JSONLineWritable: Encodable {
    /// Fields in the order of their names.
    func write(to line: inout JSONLineWriter) throws
}

/// JSON in one line.
struct JSONLineWriter {
    private(set) var bytes: [UInt8] = []

    static func bytes(of document: some JSONLineWritable) throws -> [UInt8] {
        var line = JSONLineWriter()
        line.bytes.reserveCapacity(16 << 10)
        try document.write(to: &line)
        return line.bytes
    }

    mutating func write(_ text: String) { JSONBytes.append(text, to: &bytes) }
    mutating func write(_ value: Bool) { bytes.append(contentsOf: (value ? "true" : "false").utf8) }
    mutating func write(_ value: Int) { bytes.append(contentsOf: value.description.utf8) }
    mutating func write(_ value: Int64) { bytes.append(contentsOf: value.description.utf8) }
    mutating func write(_ value: Double) throws { try JSONBytes.append(value, to: &bytes) }
    mutating func writeNull() { bytes.append(contentsOf: "null".utf8) }

    mutating func writeArray<Element>(
        _ elements: [Element], _ write: (Element, inout JSONLineWriter) throws -> Void
    ) rethrows {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            try write(element, &self)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Names and values, by name.
    mutating func writeTable<Value>(
        _ table: [String: Value], _ write: (Value, inout JSONLineWriter) throws -> Void
    ) rethrows {
        try writeObject { object in
            for (name, value) in table.sorted(by: { $0.key < $1.key }) {
                object.beginField(name)
                try write(value, &object.line)
            }
        }
    }

    mutating func writeObject(_ body: (inout Fields) throws -> Void) rethrows {
        var fields = Fields(line: JSONLineWriter())
        // The bytes are lent to the fields, and come back longer.
        swap(&fields.line, &self)
        defer { swap(&fields.line, &self) }
        fields.line.bytes.append(UInt8(ascii: "{"))
        try body(&fields)
        fields.line.bytes.append(UInt8(ascii: "}"))
    }

    /// The fields of an object, in order. What is nil is left out.
    struct Fields {
        fileprivate(set) var line: JSONLineWriter
        private var isFirst = true

        fileprivate init(line: JSONLineWriter) { self.line = line }

        fileprivate mutating func beginField(_ name: String) {
            if !isFirst { line.bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            line.write(name)
            line.bytes.append(UInt8(ascii: ":"))
        }

        mutating func add(_ name: String, _ value: String?) {
            guard let value else { return }
            beginField(name)
            line.write(value)
        }

        mutating func add(_ name: String, _ value: Bool) {
            beginField(name)
            line.write(value)
        }

        mutating func add(_ name: String, _ value: Int) {
            beginField(name)
            line.write(value)
        }

        mutating func add(_ name: String, _ value: Int64) {
            beginField(name)
            line.write(value)
        }

        mutating func add(_ name: String, _ value: Double?) throws {
            guard let value else { return }
            beginField(name)
            try line.write(value)
        }

        mutating func add(_ name: String, _ value: (some JSONLineWritable)?) throws {
            guard let value else { return }
            beginField(name)
            try value.write(to: &line)
        }

        mutating func add(_ name: String, _ values: [some JSONLineWritable]?) throws {
            guard let values else { return }
            beginField(name)
            try line.writeArray(values) { try $0.write(to: &$1) }
        }

        mutating func add(_ name: String, _ values: [String]) {
            beginField(name)
            line.writeArray(values) { $1.write($0) }
        }

        mutating func add(_ name: String, _ values: [Int]) {
            beginField(name)
            line.writeArray(values) { $1.write($0) }
        }

        mutating func add(_ name: String, _ table: [String: Double]?) throws {
            guard let table else { return }
            beginField(name)
            try line.writeTable(table) { try $1.write($0) }
        }

        mutating func add(_ name: String, _ table: [String: some JSONLineWritable]?) throws {
            guard let table else { return }
            beginField(name)
            try line.writeTable(table) { try $0.write(to: &$1) }
        }

        /// Null where there is none.
        mutating func addOrNull(_ name: String, _ value: String?) {
            beginField(name)
            if let value { line.write(value) } else { line.writeNull() }
        }
    }
}
