/// Reads the subset of Python's pickle language, protocol 2, that `torch.save` writes for a table of
/// tensors. In general a pickle is a program that may call anything; this reads the thirty-four opcodes
/// that building a table takes, knows thirteen names (`PickleGlobal`), and stops at the first byte
/// that is anything else. Nothing is ever called or looked up.
///
/// The instructions are described in Python's `pickletools.py`.
struct PickleInterpreter {
    typealias Fault = CheckpointError.PickleFault

    /// Values that may wait on the stack, be remembered, or stand in tuples and tables.
    static let valueLimit = 4_000_000
    /// Sides of a tensor.
    static let sideLimit = 32

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var stack: [PickleValue] = []
    /// Heights of the stack where the marks stand.
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private var elements: [PickleValue] = []
    private var tables: [[(key: PickleValue, value: PickleValue)]] = []
    private var tableItemCount = 0
    private var tensors: [PickledTensor] = []

    /// Reads a whole pickle.
    /// - Returns: the tensors of the table that it describes, by name.
    static func tensors(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> [String: PickledTensor] {
        var interpreter = PickleInterpreter(bytes: bytes)
        let root = try interpreter.run()
        return try interpreter.named(root)
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private func named(_ root: PickleValue) throws(Fault) -> [String: PickledTensor] {
        guard case .table(let table) = root else { throw .noTable(found: root.kind) }
        var named: [String: PickledTensor] = [:]
        for (key, value) in tables[table] {
            guard case .text(let name) = key else { throw .badName(found: key.kind) }
            guard case .tensor(let tensor) = value else {
                throw .noTensor(name: name, found: value.kind)
            }
            guard named.updateValue(tensors[tensor], forKey: name) == nil else {
                throw .repeatedName(name)
            }
        }
        return named
    }

    // MARK: Instructions

    private mutating func run() throws(Fault) -> PickleValue {
        guard try byte() == 0x80, case let version = try byte(), version == 2 else {
            throw .otherProtocol
        }
        while true {
            guard stack.count <= Self.valueLimit, memo.count <= Self.valueLimit,
                marks.count <= Self.valueLimit, elements.count <= Self.valueLimit,
                tables.count + tableItemCount <= Self.valueLimit
            else { throw .tooManyValues(limit: Self.valueLimit) }
            let place = position
            switch try byte() {
            case UInt8(ascii: "."):
                let root = try pop()
                guard stack.isEmpty, marks.isEmpty else { throw .leftOver }
                guard position == bytes.count else { throw .trailingBytes(bytes.count - position) }
                return root
            case UInt8(ascii: "("): marks.append(stack.count)
            case UInt8(ascii: "N"): stack.append(.none)
            case 0x88: stack.append(.bool(true))
            case 0x89: stack.append(.bool(false))
            case UInt8(ascii: "K"): stack.append(.integer(Int(try byte())))
            case UInt8(ascii: "M"): stack.append(.integer(try unsigned(byteCount: 2)))
            case UInt8(ascii: "J"):
                let pattern = UInt32(truncatingIfNeeded: try unsigned(byteCount: 4))
                stack.append(.integer(Int(Int32(bitPattern: pattern))))
            case 0x8a: stack.append(.integer(try long()))
            case UInt8(ascii: "G"):
                _ = try take(8)
                stack.append(.number)
            case UInt8(ascii: "X"): stack.append(.text(try text(try unsigned(byteCount: 4))))
            case UInt8(ascii: "U"): stack.append(.text(try text(Int(try byte()))))
            case UInt8(ascii: "q"): try remember(as: Int(try byte()))
            case UInt8(ascii: "r"): try remember(as: try unsigned(byteCount: 4))
            case UInt8(ascii: "h"): try recall(Int(try byte()))
            case UInt8(ascii: "j"): try recall(try unsigned(byteCount: 4))
            case UInt8(ascii: ")"): stack.append(.tuple(0..<0))
            case UInt8(ascii: "t"): try makeTuple(try sinceMark())
            case 0x85: try makeTuple(try pop(1))
            case 0x86: try makeTuple(try pop(2))
            case 0x87: try makeTuple(try pop(3))
            case UInt8(ascii: "]"), 0x8f: stack.append(.collection)
            case UInt8(ascii: "a"): try append(try pop(1))
            case UInt8(ascii: "e"): try append(try sinceMark())
            case UInt8(ascii: "}"): makeTable()
            case UInt8(ascii: "s"): try setItems(try pop(2))
            case UInt8(ascii: "u"): try setItems(try sinceMark())
            case UInt8(ascii: "c"): try pushGlobal()
            case UInt8(ascii: "Q"): try pushStorage()
            case UInt8(ascii: "R"), 0x81: try rebuild()
            case UInt8(ascii: "b"): try dropState()
            case let code: throw .unknownInstruction(code, place: place)
            }
        }
    }

    // MARK: Reading

    private mutating func take(_ count: Int) throws(Fault) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - position else { throw .endedEarly }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    private mutating func byte() throws(Fault) -> UInt8 { try take(1)[0] }

    /// Little-endian, of up to 4 bytes.
    private mutating func unsigned(byteCount: Int) throws(Fault) -> Int {
        try take(byteCount).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// Two's complement, little-endian, as long as it says.
    private mutating func long() throws(Fault) -> Int {
        let digits = try take(Int(try byte()))
        guard digits.count <= 8 else { throw .numberTooLarge }
        let isNegative = digits.last.map { $0 & 0x80 != 0 } ?? false
        let start: UInt64 = isNegative ? .max : 0
        return Int(
            Int64(bitPattern: digits.reversed().reduce(start) { $0 << 8 | UInt64($1) }))
    }

    private mutating func text(_ count: Int) throws(Fault) -> String {
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw .invalidText
        }
        return text
    }

    /// Up to the next line break.
    private mutating func line() throws(Fault) -> String {
        let rest = bytes[position...]
        guard let end = rest.prefix(Self.nameByteLimit).firstIndex(of: UInt8(ascii: "\n")) else {
            throw .endedEarly
        }
        let line = try text(end - position)
        position += 1
        return line
    }

    /// Of a module or a class.
    private static let nameByteLimit = 200

    // MARK: Stack and memory

    private mutating func pop() throws(Fault) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
            throw .nothingThere
        }
        return value
    }

    private mutating func pop(_ count: Int) throws(Fault) -> ArraySlice<PickleValue> {
        guard stack.count - (marks.last ?? 0) >= count else { throw .nothingThere }
        defer { stack.removeLast(count) }
        return stack.suffix(count)
    }

    private mutating func sinceMark() throws(Fault) -> ArraySlice<PickleValue> {
        guard let height = marks.popLast() else { throw .nothingThere }
        defer { stack.removeSubrange(height...) }
        return stack[height...]
    }

    private func top() throws(Fault) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.last else { throw .nothingThere }
        return value
    }

    private mutating func remember(as place: Int) throws(Fault) { memo[place] = try top() }

    private mutating func recall(_ place: Int) throws(Fault) {
        guard let value = memo[place] else { throw .notRemembered(place) }
        stack.append(value)
    }

    // MARK: Containers

    private mutating func makeTuple(_ values: ArraySlice<PickleValue>) throws(Fault) {
        let start = elements.count
        elements += values
        stack.append(.tuple(start..<elements.count))
    }

    private mutating func makeTable() {
        stack.append(.table(tables.count))
        tables.append([])
    }

    private func append(_ values: ArraySlice<PickleValue>) throws(Fault) {
        guard try top() == .collection else { throw .wrongArguments("APPEND") }
    }

    private mutating func setItems(_ values: ArraySlice<PickleValue>) throws(Fault) {
        guard case .table(let table) = try top(), values.count.isMultiple(of: 2) else {
            throw .wrongArguments("SETITEM")
        }
        for place in stride(from: values.startIndex, to: values.endIndex, by: 2) {
            tables[table].append((values[place], values[place + 1]))
        }
        tableItemCount += values.count / 2
    }

    // MARK: Tensors

    private mutating func pushGlobal() throws(Fault) {
        let module = try line()
        let name = try line()
        guard let global = PickleGlobal(module: module, name: name) else {
            throw .unknownName(module + "." + name)
        }
        stack.append(.global(global))
    }

    /// ("storage", class, key, device, count)
    private mutating func pushStorage() throws(Fault) {
        guard case .tuple(let places) = try pop(), places.count == 5,
            case let parts = Array(elements[places]), parts[0] == .text("storage"),
            case .global(.storage(let type)) = parts[1], case .text(let key) = parts[2],
            !key.isEmpty, key.utf8.count <= 9,
            key.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            case .text = parts[3], case .integer(let count) = parts[4], count >= 0
        else { throw .wrongArguments("a storage") }
        stack.append(.storage(PickledStorage(key: key, type: type, count: count)))
    }

    /// What a call of one of the known functions would make.
    private mutating func rebuild() throws(Fault) {
        guard case .tuple(let places) = try pop(), case .global(let global) = try pop() else {
            throw .wrongArguments("REDUCE")
        }
        let arguments = Array(elements[places])
        switch global {
        case .orderedDictionary:
            guard arguments.isEmpty else { throw .wrongArguments("OrderedDict") }
            makeTable()
        case .rebuildTensor:
            stack.append(.tensor(tensors.count))
            tensors.append(try tensor(arguments))
        case .rebuildParameter:
            // Tensor, whether it learns, hooks.
            guard arguments.count == 3, case .tensor = arguments[0] else {
                throw .wrongArguments("_rebuild_parameter")
            }
            stack.append(arguments[0])
        case .storage: throw .wrongArguments("a class of storages")
        }
    }

    /// Storage, offset, shape, strides, whether it learns, hooks, and properties in newer files.
    private func tensor(_ arguments: [PickleValue]) throws(Fault) -> PickledTensor {
        guard (6...7).contains(arguments.count), case .storage(let storage) = arguments[0],
            case .integer(let offset) = arguments[1], offset >= 0,
            let shape = sizes(arguments[2]), let strides = sizes(arguments[3]),
            shape.count == strides.count, case .bool = arguments[4]
        else { throw .wrongArguments("_rebuild_tensor_v2") }
        // A property may be that all numbers are to be read with the other sign.
        if let properties = arguments.dropFirst(6).first, properties != .none {
            guard case .table(let table) = properties, tables[table].isEmpty else {
                throw .wrongArguments("_rebuild_tensor_v2")
            }
        }
        return PickledTensor(storage: storage, offset: offset, shape: shape, strides: strides)
    }

    private func sizes(_ value: PickleValue) -> [Int]? {
        guard case .tuple(let places) = value, places.count <= Self.sideLimit else { return nil }
        let sizes = elements[places].compactMap { element -> Int? in
            guard case .integer(let size) = element, size >= 0 else { return nil }
            return size
        }
        return sizes.count == places.count ? sizes : nil
    }

    /// Versions of layers that `state_dict` hangs on its table: of no use here.
    private mutating func dropState() throws(Fault) {
        guard case .table = try pop(), case .table = try top() else {
            throw .wrongArguments("BUILD")
        }
    }
}
