import CKernels

/// Sorts rows into lists, writes the vectors in that order and their codes beside them.
struct IVFPQBuilder {
    let quantizer: IVFQuantizer
    let element: VectorElement
    let generation: UInt64
    let workers: Workers

    struct Result {
        /// The row of the source that each row of the segment was.
        var order: [UInt32]
        var meanResidual: Float
        var rowStarts: [Int]
        fileprivate var codes: [UInt8]  // rows × parts, in the segment's order
    }

    /// Writes the vectors; the codes follow with `writeCodes`.
    func writeRows(of source: any VectorSource, to path: String) throws -> Result {
        let members = Members(assign(source), listCount: quantizer.listCount)
        let (encoded, _) = try workers.both {
            encode(source, members)
        } _: {
            try write(source, in: members.order, to: path)
        }
        return Result(
            order: members.order, meanResidual: encoded.meanResidual, rowStarts: members.starts,
            codes: encoded.codes)
    }

    private func write(
        _ source: any VectorSource, in order: [UInt32], to path: String
    ) throws {
        let writer = try VectorSegmentWriter(
            path: path, dimension: source.dimension, element: element, generation: generation,
            sketch: true)
        let step = max(1, (1 << 20) / source.dimension)
        for range in Workers.ranges(of: source.count, by: step) {
            try writer.append(source.rows(order[range].map { Int($0) }))
        }
        try writer.finish()
    }

    func writeCodes(_ result: Result, points: [OperatingPoint], to path: String) throws {
        let writer = IVFPQSegmentWriter(
            path: path, generation: generation, quantizer: quantizer, rowStarts: result.rowStarts,
            meanResidual: result.meanResidual, points: points)
        let partCount = quantizer.partCount
        try writer.write { list in
            Array(
                result.codes[
                    result.rowStarts[list] * partCount..<result.rowStarts[list + 1] * partCount])
        }
    }

    private func assign(_ source: any VectorSource) -> [UInt32] {
        let shares = Workers.ranges(of: source.count, by: 4800)
        return workers.map(shares.count) { share -> [UInt32] in
            let range = shares[share]
            var lists = [UInt32](repeating: 0, count: range.count)
            withRows(range, of: source) {
                quantizer.centres.assign(
                    $0, count: range.count, to: &lists, in: CentreTable.Room(quantizer.centres))
            }
            return lists
        }.flatMap { $0 }
    }

    private func withRows(
        _ range: Range<Int>, of source: any VectorSource, _ body: (UnsafePointer<Float>) -> Void
    ) {
        let values = [Float](unsafeUninitializedCapacity: range.count * source.dimension) {
            values, filled in
            if let start = values.baseAddress { source.copy(rows: range, to: start) }
            filled = range.count * source.dimension
        }
        values.withUnsafeBufferPointer { if let start = $0.baseAddress { body(start) } }
    }

    private func encode(
        _ source: any VectorSource, _ members: Members
    ) -> (codes: [UInt8], meanResidual: Float) {
        let dimension = source.dimension
        let padded = quantizer.parts.paddedDimension
        let partCount = quantizer.partCount
        let shares = Workers.ranges(
            of: quantizer.listCount, by: max(1, quantizer.listCount / 64))
        let pieces = workers.map(shares.count) { share -> ([UInt8], Double) in
            var codes: [UInt8] = []
            var total = 0.0
            for list in shares[share] {
                let numbers = members.rows(of: list).map { Int($0) }
                for piece in Workers.ranges(of: numbers.count, by: 1024) {
                    let rows = source.rows(Array(numbers[piece]))
                    var rests = [Float](repeating: 0, count: piece.count * padded)
                    var found = [UInt8](repeating: 0, count: piece.count * partCount)
                    rows.withUnsafeBufferPointer { rows in
                        quantizer.centres.values.withUnsafeBufferPointer { centres in
                            rests.withUnsafeMutableBufferPointer { rests in
                                guard let rows = rows.baseAddress, let rests = rests.baseAddress,
                                    let centre = centres.baseAddress.map({ $0 + list * dimension })
                                else { return }
                                for row in 0..<piece.count {
                                    total += Double(
                                        reel_rest(
                                            rows + row * dimension, centre, dimension,
                                            rests + row * padded))
                                }
                            }
                        }
                    }
                    quantizer.parts.encode(rests, count: piece.count, to: &found)
                    codes += found
                }
            }
            return (codes, total)
        }
        let total = pieces.reduce(0) { $0 + $1.1 }
        return (pieces.flatMap(\.0), Float(total / Double(max(1, source.count))))
    }
}
