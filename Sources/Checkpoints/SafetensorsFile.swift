import JSONText
package import Tensors

/// A file of named tensors in Hugging Face's safetensors format: eight bytes little-endian with
/// the length of a JSON header, the header, then the numbers. Checked completely when opened, so
/// that nothing read later can lie outside the file; the numbers stay mapped, not copied.
package struct SafetensorsFile: Sendable {
    /// The element types the format knows.
    package enum ElementType: String, Sendable {
        case bool = "BOOL"
        case u8 = "U8"
        case i8 = "I8"
        case f8e5m2 = "F8_E5M2"
        case f8e4m3 = "F8_E4M3"
        case i16 = "I16"
        case u16 = "U16"
        case f16 = "F16"
        case bf16 = "BF16"
        case i32 = "I32"
        case u32 = "U32"
        case f32 = "F32"
        case f64 = "F64"
        case i64 = "I64"
        case u64 = "U64"

        var byteCount: Int {
            switch self {
            case .bool, .u8, .i8, .f8e5m2, .f8e4m3: 1
            case .i16, .u16, .f16, .bf16: 2
            case .i32, .u32, .f32: 4
            case .f64, .i64, .u64: 8
            }
        }
    }

    package struct Tensor: Sendable, Equatable {
        package let type: ElementType
        package let shape: [Int]
        /// Where its bytes lie in the file.
        package let range: Range<Int>
    }

    /// As in the reference implementation.
    package static let headerByteLimit = 100_000_000
    package static let tensorLimit = 100_000

    package let path: String
    package let tensors: [String: Tensor]
    /// Length word and JSON header, bytes from the beginning of the file.
    package let headerByteCount: Int
    private let file: MappedFile

    package init(path: String) throws {
        let file = try MappedFile(path: path)
        try file.refuseLFSPointer()
        do {
            (tensors, headerByteCount) = try file.withBytes { bytes in
                let header = try Self.headerRange(in: bytes)
                let listed = try Self.parse(header: UnsafeRawBufferPointer(rebasing: bytes[header]))
                let placed = try Self.placed(
                    listed, from: header.upperBound, dataCount: bytes.count - header.upperBound)
                return (placed, header.upperBound)
            }
        } catch let fault as CheckpointError.HeaderFault {
            throw CheckpointError.malformedHeader(path: path, fault: fault)
        } catch let fault as JSONError {
            throw CheckpointError.malformedJSON(path: path, fault: fault)
        }
        self.path = path
        self.file = file
    }

    package func withBytes<Result, Fault>(
        _ body: (UnsafeRawBufferPointer) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        try file.withBytes(body)
    }

    /// The numbers of a tensor in single precision: F32 in place, F16 and BF16 widened into memory
    /// of their own.
    package func floats(_ name: String) throws(CheckpointError) -> WeightStorage {
        guard let tensor = tensors[name] else {
            throw .missingTensor(name: name, path: path)
        }
        let source = UnsafeRawBufferPointer(rebasing: file.bytes[tensor.range])
        let count = source.count / tensor.type.byteCount
        switch tensor.type {
        case .f32:
            // The reference writer pads the header to 8 bytes; other writers need not.
            if let start = source.baseAddress, Int(bitPattern: start) % 4 == 0 {
                return WeightStorage(
                    start: start.assumingMemoryBound(to: Float.self), count: count, keptBy: file)
            }
            return WeightStorage(count: count) { memory in
                UnsafeMutableRawBufferPointer(memory).copyMemory(from: source)
            }
        case .f16:
            return WeightStorage(count: count) { HalfPrecision.widen(halves: source, into: $0) }
        case .bf16:
            return WeightStorage(count: count) {
                HalfPrecision.widen(brainFloats: source, into: $0)
            }
        default:
            throw .unsupportedElementType(name: name, path: path, type: tensor.type.rawValue)
        }
    }

    // MARK: Header

    private struct ListedTensor {
        var name: String
        var type: ElementType
        var shape: [Int]
        /// Byte offsets from the end of the header.
        var begin: Int
        var end: Int
    }

    private typealias Fault = CheckpointError.HeaderFault

    private static func headerRange(in bytes: UnsafeRawBufferPointer) throws(Fault) -> Range<Int> {
        guard bytes.count >= 8 else { throw .tooShort(bytes: bytes.count) }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(headerByteLimit) else {
            throw .headerTooLong(bytes: length, limit: headerByteLimit)
        }
        guard length <= UInt64(bytes.count - 8) else {
            throw .headerPastEnd(bytes: length, available: bytes.count - 8)
        }
        return 8..<8 + Int(length)
    }

    private static func parse(header: UnsafeRawBufferPointer) throws -> [ListedTensor] {
        var listed: [ListedTensor] = []
        var names: Set<String> = []
        var scanner = JSONScanner(header)
        try scanner.readObject { scanner, name in
            guard names.insert(name).inserted else { throw Fault.repeatedName(name) }
            if name == "__metadata__" { return try checkMetadata(&scanner) }
            guard listed.count < tensorLimit else {
                throw Fault.tooManyTensors(limit: tensorLimit)
            }
            listed.append(try parseTensor(name, &scanner))
        }
        try scanner.finish()
        return listed
    }

    private static func checkMetadata(_ scanner: inout JSONScanner) throws {
        guard try scanner.peek() == .object else { throw Fault.metadataNotText }
        try scanner.readObject { scanner, _ in
            guard try scanner.peek() == .string else { throw Fault.metadataNotText }
            _ = try scanner.readString()
        }
    }

    private static func parseTensor(
        _ name: String, _ scanner: inout JSONScanner
    ) throws -> ListedTensor {
        var type: ElementType?
        var shape: [Int]?
        var offsets: [Int]?
        var fields: Set<String> = []
        try scanner.readObject { scanner, field in
            guard fields.insert(field).inserted else { throw scanner.error(.repeatedKey) }
            switch field {
            case "dtype":
                let text = try scanner.readString()
                guard let known = ElementType(rawValue: text) else {
                    throw Fault.unknownElementType(tensor: name, type: text)
                }
                type = known
            case "shape": shape = try readSizes(name, &scanner)
            case "data_offsets": offsets = try readSizes(name, &scanner)
            default: try scanner.skipValue()
            }
        }
        guard let type else { throw Fault.missingField(tensor: name, field: "dtype") }
        guard let shape else { throw Fault.missingField(tensor: name, field: "shape") }
        guard let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
            throw Fault.missingField(tensor: name, field: "data_offsets")
        }
        return ListedTensor(
            name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
    }

    private static func readSizes(_ name: String, _ scanner: inout JSONScanner) throws -> [Int] {
        var sizes: [Int] = []
        try scanner.readArray { scanner in
            let number = try scanner.readNumber()
            guard let size = number.integer else { throw Fault.sizeOverflow(tensor: name) }
            guard size >= 0 else { throw Fault.negativeSize(tensor: name) }
            sizes.append(size)
        }
        return sizes
    }

    /// Checks that the tensors cover the data exactly, each once and in its shape's size.
    private static func placed(
        _ listed: [ListedTensor], from dataStart: Int, dataCount: Int
    ) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        tensors.reserveCapacity(listed.count)
        var expected = 0
        for tensor in listed.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            var size = tensor.type.byteCount
            for side in tensor.shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: side)
                guard !overflow else { throw Fault.sizeOverflow(tensor: tensor.name) }
                size = product
            }
            guard tensor.begin == expected else {
                throw Fault.gapOrOverlap(
                    tensor: tensor.name, expectedOffset: expected, foundOffset: tensor.begin)
            }
            guard tensor.end - tensor.begin == size else {
                throw Fault.sizeMismatch(
                    tensor: tensor.name, expectedBytes: size,
                    foundBytes: tensor.end - tensor.begin)
            }
            guard tensor.end <= dataCount else {
                throw Fault.dataTooShort(expectedBytes: tensor.end, foundBytes: dataCount)
            }
            expected = tensor.end
            tensors[tensor.name] = Tensor(
                type: tensor.type, shape: tensor.shape,
                range: dataStart + tensor.begin..<dataStart + tensor.end)
        }
        guard expected == dataCount else {
            throw Fault.trailingBytes(count: dataCount - expected)
        }
        return tensors
    }
}

extension CheckpointError.HeaderFault: Error {}
