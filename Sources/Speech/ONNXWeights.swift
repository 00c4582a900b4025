import Foundation

/// The named numbers of an ONNX file, without its graph: of the protocol buffers' messages (ONNX's
/// onnx.proto), the model's graph and its initial tensors in single precision are read, the rest is
/// passed over. Every length is checked before it is used.
struct ONNXWeights {
    struct Tensor {
        var shape: [Int] = []
        var elements: [Float] = []
    }

    /// A voice network has about a megabyte.
    private static let maximumBytes = 64 << 20

    private(set) var tensors: [String: Tensor] = [:]

    init(path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try file.read(upToCount: Self.maximumBytes)
        else { throw SpeechError.notONNX(path: path) }
        do {
            try [UInt8](data).withUnsafeBytes { bytes in
                try Message(bytes).forEachField { field in
                    guard field.number == 7, let graph = field.bytes else { return }
                    try Message(graph).forEachField { field in
                        guard field.number == 5, let tensor = field.bytes else { return }
                        try read(tensor: Message(tensor))
                    }
                }
            }
        } catch is Message.Malformed {
            throw SpeechError.notONNX(path: path)
        }
        guard !tensors.isEmpty else { throw SpeechError.notONNX(path: path) }
    }

    /// Fields of a tensor: 1 sides, 2 type (1 is single precision), 4 or 9 numbers, 8 name.
    private mutating func read(tensor message: Message) throws {
        var tensor = Tensor()
        var name = ""
        var isSingle = false
        try message.forEachField { field in
            switch field.number {
            case 1:
                if let packed = field.bytes {
                    var rest = Message(packed)
                    while !rest.isAtEnd { tensor.shape.append(try side(rest.readVarint())) }
                } else {
                    tensor.shape.append(try side(field.value))
                }
            case 2: isSingle = field.value == 1
            case 4, 9:
                guard let bytes = field.bytes else { return }
                tensor.elements += (0..<bytes.count / 4).map {
                    Float(
                        bitPattern: UInt32(
                            littleEndian: bytes.loadUnaligned(
                                fromByteOffset: 4 * $0, as: UInt32.self)))
                }
            case 8: name = field.bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
            default: break
            }
        }
        let count = tensor.shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        guard isSingle, count == tensor.elements.count else { return }
        tensors[name] = tensor
    }

    private func side(_ value: UInt64) throws -> Int {
        guard let side = Int(exactly: value), side < 1 << 24 else { throw Message.Malformed() }
        return side
    }
}

/// A message of protocol buffers: fields of a number and either a whole number or bytes.
private struct Message {
    struct Malformed: Error {}

    struct Field {
        var number: UInt64
        /// Zero for a field of bytes.
        var value: UInt64 = 0
        var bytes: UnsafeRawBufferPointer?
    }

    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    func forEachField(_ body: (Field) throws -> Void) throws {
        var message = self
        while !message.isAtEnd { try body(try message.readField()) }
    }

    private mutating func readField() throws -> Field {
        let key = try readVarint()
        var field = Field(number: key >> 3)
        switch key & 7 {
        case 0: field.value = try readVarint()
        case 1: _ = try take(8)
        case 2: field.bytes = try take(try readVarint())
        case 5: _ = try take(4)
        default: throw Malformed()
        }
        return field
    }

    mutating func readVarint() throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw Malformed() }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Malformed()
    }

    private mutating func take(_ count: UInt64) throws -> UnsafeRawBufferPointer {
        guard let count = Int(exactly: count), count <= rest.count else { throw Malformed() }
        let bytes = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
        rest = rest.dropFirst(count)
        return bytes
    }
}
