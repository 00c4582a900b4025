import CKernels
import Glibc

/// Rows of numbers in a file of another program: NumPy's .npy, or the .fvecs, .bvecs and .ivecs of
/// the TEXMEX corpora. Read where the system maps it.
package struct VectorFile: VectorSource {
    enum Number: Sendable { case float32, float16, float64, int8, uint8, int32, int64 }

    private let file: MappedBytes
    package let count: Int
    package let dimension: Int
    private let number: Number
    private let firstByte: Int
    private let rowStride: Int  // bytes

    package var name: String { file.path }

    /// Chosen by the ending of the name.
    package init(path: String) throws {
        let file = try MappedBytes(path: path)
        defer { withExtendedLifetime(file) {} }
        switch path.split(separator: ".").last {
        case "npy": try self.init(numPy: file)
        case "fvecs": try self.init(records: file, of: .float32, format: "an .fvecs file")
        case "bvecs": try self.init(records: file, of: .uint8, format: "a .bvecs file")
        case "ivecs": try self.init(records: file, of: .int32, format: "an .ivecs file")
        case "faiss", "index": try self.init(flatFAISS: file)
        default: throw VectorSearchError.unknownFormat(path: path)
        }
    }

    private init(
        file: MappedBytes, count: Int, dimension: Int, number: Number, firstByte: Int,
        rowStride: Int? = nil
    ) {
        self.file = file
        self.count = count
        self.dimension = dimension
        self.number = number
        self.firstByte = firstByte
        self.rowStride = rowStride ?? dimension * number.byteCount
    }

    // MARK: NumPy

    /// Format 1.0 to 3.0: magic, version, length of the header, a Python dictionary.
    private init(numPy file: MappedBytes) throws {
        var reader = ByteReader(file, format: "a NumPy array")
        let magic = try reader.skip(6)
        guard file.bytes[magic..<magic + 6].elementsEqual([0x93] + Array("NUMPY".utf8)) else {
            throw reader.problem("its first bytes are not those of one")
        }
        let version = try reader.number(UInt8.self)
        _ = try reader.number(UInt8.self)
        guard (1...3).contains(version) else {
            throw reader.problem("it has the unknown version \(version)")
        }
        let length =
            version == 1
            ? Int(try reader.number(UInt16.self)) : Int(try reader.number(UInt32.self))
        let start = try reader.skip(length)
        let header = String(decoding: file.bytes[start..<start + length], as: UTF8.self)
        guard let type = Self.entry("descr", in: header, from: "'", to: "'"),
            let number = Number(numPy: type)
        else {
            throw reader.problem(
                "its elements are not '<f4', '<f2', '<f8', '|i1', '|u1', '<i4' or '<i8'")
        }
        guard Self.entry("fortran_order", in: header, from: " ", to: ",") == "False" else {
            throw reader.problem("it is not in C order")
        }
        let sides = Self.entry("shape", in: header, from: "(", to: ")")?
            .split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
            .map { Int($0) }
        guard let sides, (1...2).contains(sides.count), !sides.contains(nil) else {
            throw reader.problem("it has not one or two sides")
        }
        // A single row of numbers is a column: identifiers.
        let (rows, columns) = (sides[0] ?? 0, sides.count == 2 ? sides[1] ?? 0 : 1)
        try self.init(
            file: file, rows: rows, columns: columns, number: number, at: reader.offset, reader)
    }

    private init(
        file: MappedBytes, rows: Int, columns: Int, number: Number, at offset: Int,
        _ reader: ByteReader
    ) throws {
        guard rows >= 0, SegmentHeader.dimensions.contains(columns) else {
            throw reader.problem("vectors of \(columns) numbers are not from 1 to 65536 long")
        }
        let (size, overflow) = rows.multipliedReportingOverflow(by: columns * number.byteCount)
        guard !overflow, size <= file.bytes.count - offset else {
            throw reader.problem(
                "it is truncated: \(rows) × \(columns) numbers do not fit its "
                    + "\(file.bytes.count) bytes")
        }
        self.init(
            file: file, count: rows, dimension: columns, number: number, firstByte: offset)
    }

    /// The value of a key in the dictionary, which is always written in the same simple way.
    private static func entry(
        _ key: String, in header: String, from: Character, to: Character
    ) -> String? {
        guard let name = header.firstRange(of: "'\(key)':") else { return nil }
        let rest = header[name.upperBound...]
        guard let start = rest.firstIndex(of: from) else { return nil }
        let value = rest[rest.index(after: start)...]
        guard let end = value.firstIndex(of: to) else { return nil }
        return String(value[..<end])
    }

    // MARK: TEXMEX

    /// Records of a length in 32 bits and so many numbers.
    private init(records file: MappedBytes, of number: Number, format: String) throws {
        var reader = ByteReader(file, format: format)
        guard !file.bytes.isEmpty else { throw reader.problem("it is empty") }
        let length = Int(try reader.number(Int32.self))
        guard SegmentHeader.dimensions.contains(length) else {
            throw reader.problem("vectors of \(length) numbers are not from 1 to 65536 long")
        }
        let stride = 4 + length * number.byteCount
        guard file.bytes.count % stride == 0 else {
            throw reader.problem(
                "its \(file.bytes.count) bytes are no multiple of the \(stride) of a vector")
        }
        for record in 0..<file.bytes.count / stride {
            let found = file.bytes.loadUnaligned(fromByteOffset: record * stride, as: Int32.self)
            guard Int(Int32(littleEndian: found)) == length else {
                throw reader.problem("vector \(record) has another length than the first")
            }
        }
        self.init(
            file: file, count: file.bytes.count / stride, dimension: length, number: number,
            firstByte: 4, rowStride: stride)
    }

    // MARK: FAISS

    private init(flatFAISS file: MappedBytes) throws {
        var reader = ByteReader(file, format: "a flat FAISS index")
        let flat = try FAISSFlat(reading: &reader)
        self.init(
            file: file, count: flat.count, dimension: flat.dimension, number: .float32,
            firstByte: flat.firstByte)
    }

    // MARK: Numbers

    package func copy(rows range: Range<Int>, to values: UnsafeMutablePointer<Float>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "No such rows.")
        withExtendedLifetime(file) {
            guard let start = file.bytes.baseAddress else { return }
            for (place, row) in range.enumerated() {
                let stored = start + firstByte + row * rowStride
                let output = values + place * dimension
                switch number {
                case .float32:
                    UnsafeMutableRawPointer(output).copyMemory(
                        from: stored, byteCount: 4 * dimension)
                case .float16: reel_half_to_float(stored, output, dimension)
                case .float64: widen(stored, as: Double.self, output)
                case .int8: widen(stored, as: Int8.self, output)
                case .uint8: widen(stored, as: UInt8.self, output)
                case .int32: widen(stored, as: Int32.self, output)
                case .int64: widen(stored, as: Int64.self, output)
                }
            }
        }
    }

    private func widen<Value: BinaryInteger & BitwiseCopyable>(
        _ stored: UnsafeRawPointer, as type: Value.Type, _ output: UnsafeMutablePointer<Float>
    ) {
        for column in 0..<dimension {
            output[column] = Float(
                stored.loadUnaligned(
                    fromByteOffset: column * MemoryLayout<Value>.size, as: type))
        }
    }

    private func widen(
        _ stored: UnsafeRawPointer, as type: Double.Type, _ output: UnsafeMutablePointer<Float>
    ) {
        for column in 0..<dimension {
            output[column] = Float(stored.loadUnaligned(fromByteOffset: 8 * column, as: type))
        }
    }

    /// Whole numbers, for identifiers: exactly.
    package func integers() throws -> [Int64] {
        let total = count * dimension
        guard let start = file.bytes.baseAddress else { return [] }
        return try withExtendedLifetime(file) {
            try (0..<total).map { place in
                let stored =
                    start + firstByte + place / dimension * rowStride
                    + place % dimension * number.byteCount
                switch number {
                case .int32: return Int64(stored.loadUnaligned(as: Int32.self))
                case .int64: return stored.loadUnaligned(as: Int64.self)
                default:
                    throw VectorSearchError.badFormat(
                        path: file.path, format: "a list of identifiers",
                        problem: "its elements are not whole numbers of 32 or 64 bits")
                }
            }
        }
    }
}

extension VectorFile.Number {
    init?(numPy type: String) {
        switch type {
        case "<f4": self = .float32
        case "<f2": self = .float16
        case "<f8": self = .float64
        case "|i1": self = .int8
        case "|u1": self = .uint8
        case "<i4": self = .int32
        case "<i8": self = .int64
        default: return nil
        }
    }

    var byteCount: Int {
        switch self {
        case .int8, .uint8: 1
        case .float16: 2
        case .float32, .int32: 4
        case .float64, .int64: 8
        }
    }
}
