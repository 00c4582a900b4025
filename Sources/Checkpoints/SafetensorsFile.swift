import JSONText

/// A file of named tensors in Hugging Face's safetensors format: eight bytes little-endian with
/// the length of a JSON header, the header, then the numbers. Checked completely when opened, so
/// that nothing read later can lie outside the file; the numbers stay mapped, not copied.
package struct SafetensorsFile: TensorFile {
    /// As in the reference implementation.
    package static let headerByteLimit = 100_000_000
    package static let tensorLimit = 100_000

    package let path: String
    package let tensors: [String: StoredTensor]
    /// Length word and JSON header.
    package let tableRange: Range<Int>
    package let mapping: MappedFile

    package init(path: String) throws {
        let file = try MappedFile(path: path)
        try file.refuseLFSPointer()
        do {
            (tensors, tableRange) = try file.withBytes { bytes in
                let header = try Self.headerRange(in: bytes)
                let listed = try Self.parse(header: UnsafeRawBufferPointer(rebasing: bytes[header]))
                let placed = try Self.placed(
                    listed, from: header.upperBound, dataCount: bytes.count - header.upperBound)
                return (placed, 0..<header.upperBound)
            }
        } catch let fault as CheckpointError.HeaderFault {
            throw CheckpointError.malformedHeader(path: path, fault: fault)
        } catch let fault as JSONError {
            throw CheckpointError.malformedJSON(path: path, fault: fault)
        }
        self.path = path
        mapping = file
    }

    /// The format has no checksums.
    package func requireWhole() {}

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
    ) throws -> [String: StoredTensor] {
        var tensors: [String: StoredTensor] = [:]
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
            tensors[tensor.name] = StoredTensor(
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
