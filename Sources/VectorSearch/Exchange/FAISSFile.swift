import CKernels

/// The common beginning of FAISS's index files: four letters, then dimension (32 bits), rows, two
/// numbers without meaning (64 bits each), whether it is trained (8 bits), metric (32 bits: 0 inner
/// product, 1 Euclidean). Little-endian, without padding (faiss/impl/index_write.cpp).
struct FAISSHeader {
    var kind: String
    var dimension: Int
    var count: Int
    var metric: VectorMetric

    init(kind: String, dimension: Int, count: Int, metric: VectorMetric) {
        self.kind = kind
        self.dimension = dimension
        self.count = count
        self.metric = metric
    }

    init(reading reader: inout ByteReader) throws {
        let letters = try reader.skip(4)
        kind = String(decoding: reader.bytes[letters..<letters + 4], as: UTF8.self)
        dimension = Int(try reader.number(Int32.self))
        let rows = try reader.number(Int64.self)
        try reader.skip(17)
        let code = try reader.number(Int32.self)
        guard SegmentHeader.dimensions.contains(dimension) else {
            throw reader.problem("vectors of \(dimension) numbers are not from 1 to 65536 long")
        }
        guard rows >= 0, rows <= Int64(SegmentHeader.rowLimit) else {
            throw reader.problem("it claims \(rows) vectors")
        }
        guard code == 0 || code == 1 else {
            throw reader.problem("its metric \(code) is neither inner product nor Euclidean")
        }
        count = Int(rows)
        metric = code == 0 ? .innerProduct : .euclidean
    }

    var encoded: [UInt8] {
        var bytes = Array(kind.utf8)
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        }
        append(Int32(dimension))
        append(Int64(count))
        append(Int64(1 << 20))
        append(Int64(1 << 20))
        append(UInt8(1))
        append(Int32(metric == .euclidean ? 1 : 0))
        return bytes
    }
}

/// `IxFI` and `IxF2`: the header, the number of floats (64 bits), the floats.
struct FAISSFlat {
    var count: Int
    var dimension: Int
    var firstByte: Int
    var metric: VectorMetric

    init(reading reader: inout ByteReader) throws {
        let header = try FAISSHeader(reading: &reader)
        guard ["IxFI", "IxF2"].contains(header.kind) else {
            throw reader.problem("its kind '\(header.kind)' is not IxFI or IxF2")
        }
        let floats = try reader.count("numbers", atLeastBytes: 4)
        // Neither factor is above 2³², so the product fits.
        guard floats == header.count * header.dimension else {
            throw reader.problem(
                "it has \(floats) numbers for \(header.count) vectors of \(header.dimension)")
        }
        count = header.count
        dimension = header.dimension
        metric = header.metric
        firstByte = try reader.skip(4 * floats)
    }

    static func header(of source: any VectorSource, metric: VectorMetric) -> [UInt8] {
        let header = FAISSHeader(
            kind: metric == .euclidean ? "IxF2" : "IxFI", dimension: source.dimension,
            count: source.count, metric: metric)
        return header.encoded
            + withUnsafeBytes(of: UInt64(source.count * source.dimension).littleEndian) {
                Array($0)
            }
    }
}

/// `IwPQ`, FAISS's IndexIVFPQ: lists of codes without the vectors.
package struct FAISSIVFPQ: Sendable {
    let quantizer: IVFQuantizer
    let rowStarts: [Int]
    /// One byte a code, rows × parts, list after list.
    let codes: [UInt8]
    package let identifiers: [Int64]

    package var count: Int { identifiers.count }

    /// Nil where the file is not one of these, by its first four letters.
    package init?(ifAt path: String) throws {
        let file = try MappedBytes(path: path)
        guard file.startsWith(Array("IwPQ".utf8)) else { return nil }
        try self.init(path: path)
    }

    package init(path: String) throws {
        let file = try MappedBytes(path: path)
        defer { withExtendedLifetime(file) {} }
        var reader = ByteReader(file, format: "a FAISS index of lists and codes")
        let header = try FAISSHeader(reading: &reader)
        guard header.kind == "IwPQ" else {
            throw reader.problem("its kind '\(header.kind)' is not IwPQ")
        }
        let dimension = header.dimension
        let listCount = try reader.count("lists", atLeastBytes: 4)
        try reader.skip(8)
        let flat = try FAISSFlat(reading: &reader)
        guard flat.count == listCount, flat.dimension == dimension,
            (1...IVFPQHeader.listLimit).contains(listCount)
        else { throw reader.problem("it has \(flat.count) centres for \(listCount) lists") }
        let centres = Self.floats(reader, at: flat.firstByte, count: listCount * dimension)
        guard try reader.number(UInt8.self) == 0 else {
            throw reader.problem("it has a map from identifiers to rows")
        }
        try reader.skip(8 * (try reader.count("mapped rows", atLeastBytes: 8)))
        guard try reader.number(UInt8.self) == 1 else {
            throw reader.problem("its codes are not of what the centres leave over")
        }
        try reader.skip(8)
        let parts = try Self.parts(&reader, dimension: dimension)
        let codeSize = (parts.partCount * parts.bits + 7) / 8
        let lists = try Self.listSizes(&reader, listCount: listCount, codeSize: codeSize)
        var starts = [0]
        var codes: [UInt8] = []
        var identifiers: [Int64] = []
        for size in lists {
            let stored = try reader.skip(size * codeSize)
            for row in 0..<size {
                let code = UnsafeRawBufferPointer(
                    rebasing: file.bytes[stored + row * codeSize..<stored + (row + 1) * codeSize])
                for part in 0..<parts.partCount {
                    codes.append(
                        parts.bits == 8
                            ? code[part] : code[part / 2] >> (part % 2 == 0 ? 0 : 4) & 15)
                }
            }
            for _ in 0..<size { identifiers.append(try reader.number(Int64.self)) }
            starts.append(starts[starts.count - 1] + size)
        }
        guard identifiers.count == header.count else {
            throw reader.problem("its lists hold \(identifiers.count) of \(header.count) vectors")
        }
        quantizer = IVFQuantizer(
            centres: CentreTable(values: centres, dimension: dimension, metric: header.metric),
            parts: parts, trainingResidual: 0)
        guard reel_first_beyond(centres, centres.count, .infinity) == centres.count,
            reel_first_beyond(parts.centres, parts.centres.count, .infinity)
                == parts.centres.count
        else { throw reader.problem("a centre is not a finite number") }
        rowStarts = starts
        self.codes = codes
        self.identifiers = identifiers
    }

    private static func floats(_ reader: ByteReader, at offset: Int, count: Int) -> [Float] {
        (0..<count).map {
            reader.bytes.loadUnaligned(fromByteOffset: offset + 4 * $0, as: Float.self)
        }
    }

    /// FAISS keeps a part's centres one after the other, we keep them side by side.
    private static func parts(
        _ reader: inout ByteReader, dimension: Int
    ) throws -> ProductQuantizer {
        let ownDimension = try reader.number(UInt64.self)
        let partCount = try reader.number(UInt64.self)
        let bits = try reader.number(UInt64.self)
        guard ownDimension == UInt64(dimension), (1...UInt64(dimension)).contains(partCount),
            UInt64(dimension) % partCount == 0
        else { throw reader.problem("it cuts \(dimension) numbers into \(partCount) parts") }
        guard bits == 4 || bits == 8 else {
            throw reader.problem("its codes have \(bits) bits, not 4 or 8")
        }
        let count = try reader.count("numbers", atLeastBytes: 4)
        let size = dimension / Int(partCount)
        let centreCount = 1 << Int(bits)
        guard count == dimension * centreCount else {
            throw reader.problem("it has \(count) numbers for the centres of its codes")
        }
        let start = try reader.skip(4 * count)
        let stored = floats(reader, at: start, count: count)
        var centres = [Float](repeating: 0, count: count)
        for part in 0..<Int(partCount) {
            for centre in 0..<centreCount {
                for element in 0..<size {
                    centres[(part * size + element) * centreCount + centre] =
                        stored[(part * centreCount + centre) * size + element]
                }
            }
        }
        return ProductQuantizer(
            dimension: dimension, partCount: Int(partCount), bits: Int(bits), centres: centres)
    }

    private static func listSizes(
        _ reader: inout ByteReader, listCount: Int, codeSize: Int
    ) throws -> [Int] {
        func letters(_ reader: inout ByteReader) throws -> String {
            let place = try reader.skip(4)
            return String(decoding: reader.bytes[place..<place + 4], as: UTF8.self)
        }
        guard try letters(&reader) == "ilar" else {
            throw reader.problem("its lists are not in the file")
        }
        guard try reader.number(UInt64.self) == UInt64(listCount),
            try reader.number(UInt64.self) == UInt64(codeSize)
        else { throw reader.problem("its lists contradict its header") }
        var sizes = [Int](repeating: 0, count: listCount)
        switch try letters(&reader) {
        case "full":
            guard try reader.count("sizes", atLeastBytes: 8) == listCount else {
                throw reader.problem("it has no size for every list")
            }
            for list in 0..<listCount {
                sizes[list] = try reader.count("rows of a list", atLeastBytes: 0)
            }
        case "sprs":
            let count = try reader.count("sizes", atLeastBytes: 8)
            for _ in 0..<count / 2 {
                let list = try reader.number(UInt64.self)
                guard list < UInt64(listCount) else {
                    throw reader.problem("it names list \(list) of \(listCount)")
                }
                sizes[Int(list)] = try reader.count("rows of a list", atLeastBytes: 0)
            }
        case let kind: throw reader.problem("its lists are stored as '\(kind)'")
        }
        // Together they must fit what is left, before anything of that size is made.
        var total = 0
        for size in sizes {
            let (bytes, overflow) = size.multipliedReportingOverflow(by: codeSize + 8)
            guard !overflow, bytes <= reader.left - total else {
                throw reader.problem("its lists claim more rows than it has bytes for")
            }
            total += bytes
        }
        return sizes
    }

    // MARK: Writing

    /// - Parameter identifiers: of the rows of the part, in its order.
    package static func write(
        _ part: IVFPQSegment, identifiers: [Int64], to path: String
    ) throws {
        let quantizer = part.quantizer
        let parts = quantizer.parts
        guard quantizer.dimension % parts.partCount == 0 else {
            throw VectorSearchError.notSupported(
                "FAISS cuts vectors into equal parts, but \(quantizer.dimension) numbers are cut "
                    + "into \(parts.partCount). Build with a divisor: --subquantizers.")
        }
        let output = try PlainFile(path: path)
        func write(_ value: some FixedWidthInteger) throws {
            try withUnsafeBytes(of: value.littleEndian) { try output.write($0) }
        }
        let metric = quantizer.metric == .euclidean ? VectorMetric.euclidean : .innerProduct
        let centres = VectorArray(values: quantizer.centres.values, dimension: quantizer.dimension)
        try output.write(
            FAISSHeader(
                kind: "IwPQ", dimension: quantizer.dimension, count: part.count, metric: metric
            ).encoded)
        try write(UInt64(quantizer.listCount))
        try write(UInt64(part.points.last?.probes ?? 1))
        try output.write(FAISSFlat.header(of: centres, metric: metric))
        try centres.values.withUnsafeBytes { try output.write($0) }
        try write(UInt8(0))  // no direct map
        try write(UInt64(0))
        try write(UInt8(1))  // by residual
        let codeSize = (parts.partCount * parts.bits + 7) / 8
        try write(UInt64(codeSize))
        try write(UInt64(quantizer.dimension))
        try write(UInt64(parts.partCount))
        try write(UInt64(parts.bits))
        try write(UInt64(parts.centres.count))
        for part in 0..<parts.partCount {
            for centre in 0..<parts.centreCount {
                for element in 0..<parts.partSize {
                    let place = (part * parts.partSize + element) * parts.centreCount + centre
                    try write(parts.centres[place].bitPattern)
                }
            }
        }
        try output.write("ilar".utf8)
        try write(UInt64(quantizer.listCount))
        try write(UInt64(codeSize))
        try output.write("full".utf8)
        try write(UInt64(quantizer.listCount))
        for list in 0..<quantizer.listCount {
            try write(UInt64(part.rowStarts[list + 1] - part.rowStarts[list]))
        }
        for list in 0..<quantizer.listCount {
            let rows = part.rowStarts[list]..<part.rowStarts[list + 1]
            let codes = part.codes(of: rows, inList: list)
            if parts.bits == 8 {
                try output.write(codes)
            } else {
                for row in 0..<rows.count {
                    let code = codes[row * parts.partCount..<(row + 1) * parts.partCount]
                    var packed = [UInt8](repeating: 0, count: codeSize)
                    for (place, value) in code.enumerated() {
                        packed[place / 2] |= value << (place % 2 == 0 ? 0 : 4)
                    }
                    try output.write(packed)
                }
            }
            for row in rows { try write(identifiers[row]) }
        }
        try output.finish()
    }
}
