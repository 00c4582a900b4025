import CKernels

/// Lists of codes in a file that never changes. The vectors themselves are in the segment beside
/// it, in the same order.
package final class IVFPQSegment: Sendable {
    private let file: ChecksummedFile<IVFPQHeader>
    package let quantizer: IVFQuantizer
    /// First row of each list, and the count at the end.
    let rowStarts: [Int]
    /// First block of each list, and the number of blocks at the end.
    let blockStarts: [Int]
    /// Mean squared length of what the centres leave over of these rows.
    package let meanResidual: Float
    /// Measured ways to search, best recall last.
    package let points: [OperatingPoint]

    package var path: String { file.path }
    package var count: Int { file.header.count }
    package var generation: UInt64 { file.header.generation }
    package var byteCount: Int { file.byteCount }
    var codes: UnsafePointer<UInt8>? {
        file.data.baseAddress.map {
            ($0 + file.header.codes.lowerBound).assumingMemoryBound(to: UInt8.self)
        }
    }

    /// Everything but the codes is read and checked; any code is a valid one.
    package init(path: String) throws {
        file = try ChecksummedFile(path: path)
        let header = file.header
        if file.damagedBlock(in: 0..<header.points.upperBound) != nil {
            throw VectorSearchError.damagedContents(path: path, what: "centres and lists")
        }
        let data = file.data
        func floats(_ range: Range<Int>) -> [Float] {
            [Float](unsafeUninitializedCapacity: range.count / 4) { values, filled in
                UnsafeMutableRawBufferPointer(values).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: data[range]))
                filled = range.count / 4
            }
        }
        let centres = floats(header.listCentres)
        let partCentres = floats(header.partCentres)
        for values in [centres, partCentres] {
            guard reel_first_beyond(values, values.count, .infinity) == values.count else {
                throw VectorSearchError.damagedContents(path: path, what: "centres")
            }
        }
        rowStarts = try (0...header.listCount).map { list in
            let start = data.loadUnaligned(
                fromByteOffset: header.rowStarts.lowerBound + 8 * list, as: UInt64.self)
            guard let start = Int(exactly: UInt64(littleEndian: start)), start <= header.count
            else { throw VectorSearchError.damagedContents(path: path, what: "lists") }
            return start
        }
        var blocks = [0]
        for list in 0..<header.listCount {
            let length = rowStarts[list + 1] - rowStarts[list]
            guard length >= 0 else {
                throw VectorSearchError.damagedContents(path: path, what: "lists")
            }
            blocks.append(blocks[list] + (header.bits == 4 ? (length + 31) / 32 : 0))
        }
        guard rowStarts[0] == 0, rowStarts[header.listCount] == header.count,
            blocks[header.listCount] == header.codeBlockCount
        else { throw VectorSearchError.damagedContents(path: path, what: "lists") }
        blockStarts = blocks
        let statistics = floats(header.statistics)
        meanResidual = statistics[0]
        let numbers = floats(header.points)
        points = stride(from: 0, to: numbers.count, by: 4).compactMap { place in
            guard numbers[place] > 0, let shortlist = Int(exactly: numbers[place + 1]),
                let probes = Int(exactly: numbers[place + 2]), shortlist > 0, probes > 0,
                probes <= header.listCount
            else { return nil }
            return OperatingPoint(
                recall: numbers[place], shortlist: shortlist, probes: probes,
                cost: numbers[place + 3])
        }
        quantizer = IVFQuantizer(
            centres: CentreTable(
                values: centres, dimension: header.dimension, metric: header.metric),
            parts: ProductQuantizer(
                dimension: header.dimension, partCount: header.partCount, bits: header.bits,
                centres: partCentres),
            trainingResidual: statistics[1])
    }

    package func requireWhole() throws { try file.requireWhole() }

    /// Reads everything and compares it with its checksums.
    package func verify() throws {
        try file.requireWhole()
        if file.damagedBlock(in: 0..<file.header.dataByteCount) != nil {
            throw VectorSearchError.damagedContents(path: path, what: "codes")
        }
    }

    /// The codes of rows of one list, one byte each.
    func codes(of rows: Range<Int>, inList list: Int) -> [UInt8] {
        let partCount = quantizer.partCount
        var result = [UInt8](repeating: 0, count: rows.count * partCount)
        guard let codes else { return result }
        result.withUnsafeMutableBufferPointer { result in
            guard let output = result.baseAddress else { return }
            if quantizer.bits == 8 {
                output.update(
                    from: codes + rows.lowerBound * partCount, count: rows.count * partCount)
                return
            }
            let size = reel_code_block_size(partCount)
            for (place, row) in rows.enumerated() {
                let within = row - rowStarts[list]
                reel_code_block_unpack(
                    codes + (blockStarts[list] + within / 32) * size, within % 32, partCount,
                    output + place * partCount)
            }
        }
        return result
    }

    func list(of row: Int) -> Int {
        var low = 0
        var high = quantizer.listCount
        // The last list that starts at or before the row and is not empty there.
        while low + 1 < high {
            let middle = (low + high) / 2
            if rowStarts[middle] <= row { low = middle } else { high = middle }
        }
        return low
    }
}

/// Writes lists of codes.
struct IVFPQSegmentWriter {
    let path: String
    let generation: UInt64
    let quantizer: IVFQuantizer
    let rowStarts: [Int]
    let meanResidual: Float
    let points: [OperatingPoint]

    /// - Parameter codes: of each list, one byte a code, rows × parts.
    func write(codesOfList: (Int) throws -> [UInt8]) throws {
        let file = try ChecksummedFileWriter(path: path, headerByteCount: IVFPQHeader.byteCount)
        try file.append(quantizer.centres.values)
        try file.align()
        try file.append(quantizer.parts.centres)
        try file.align()
        try file.append(rowStarts.map { UInt64($0).littleEndian })
        try file.align()
        var statistics = [Float](repeating: 0, count: IVFPQHeader.statisticCount)
        statistics[0] = meanResidual
        statistics[1] = quantizer.trainingResidual
        try file.append(statistics)
        try file.align()
        var numbers = [Float](repeating: 0, count: 4 * IVFPQHeader.pointLimit)
        for (place, point) in points.prefix(IVFPQHeader.pointLimit).enumerated() {
            numbers[4 * place] = point.recall
            numbers[4 * place + 1] = Float(point.shortlist)
            numbers[4 * place + 2] = Float(point.probes)
            numbers[4 * place + 3] = point.cost
        }
        try file.append(numbers)
        try file.align()
        var blockCount = 0
        let partCount = quantizer.partCount
        for list in 0..<quantizer.listCount {
            let codes = try codesOfList(list)
            let rowCount = rowStarts[list + 1] - rowStarts[list]
            precondition(codes.count == rowCount * partCount, "A code for every part.")
            guard quantizer.bits == 4 else {
                try file.append(codes)
                continue
            }
            var block = [UInt8](repeating: 0, count: reel_code_block_size(partCount))
            for first in stride(from: 0, to: rowCount, by: 32) {
                codes.withUnsafeBufferPointer {
                    guard let start = $0.baseAddress else { return }
                    reel_code_block_pack(
                        start + first * partCount, min(32, rowCount - first), partCount, &block)
                }
                try file.append(block)
                blockCount += 1
            }
        }
        try file.finish(
            IVFPQHeader(
                metric: quantizer.metric, dimension: quantizer.dimension,
                count: rowStarts.last ?? 0, generation: generation,
                listCount: quantizer.listCount, partCount: partCount, bits: quantizer.bits,
                codeBlockCount: blockCount))
    }
}
