import CKernels

/// What is trained: the centres of the lists and those of the codes. Segments that were made with
/// the same one are searched and merged together.
package struct IVFQuantizer: Sendable {
    let centres: CentreTable
    let parts: ProductQuantizer
    /// CRC32C of all centres: equal where the quantizers are.
    let identity: UInt32
    /// Mean squared length of what the centres left over of the rows it was trained with.
    let trainingResidual: Float

    package var listCount: Int { centres.count }
    package var partCount: Int { parts.partCount }
    package var bits: Int { parts.bits }
    package var metric: VectorMetric { centres.metric }
    package var dimension: Int { centres.dimension }

    init(centres: CentreTable, parts: ProductQuantizer, trainingResidual: Float) {
        self.centres = centres
        self.parts = parts
        self.trainingResidual = trainingResidual
        identity = reel_crc32c(
            reel_crc32c(0, centres.values, 4 * centres.values.count), parts.centres,
            4 * parts.centres.count)
    }

    /// Choices that are left to the program where they are nil.
    package struct Options: Sendable {
        package var metric: VectorMetric
        package var lists: Int?
        package var parts: Int?
        /// Bits of a code: 4 or 8.
        package var bits = 4
        package var seed: UInt64 = 1

        package init(metric: VectorMetric) { self.metric = metric }

        /// About √1.5n lists, as the power of two that is nearest by ratio.
        static func lists(for count: Int) -> Int {
            var lists = 1
            while lists * lists * 4 < count * 3 { lists *= 2 }
            return max(1, min(lists, count))
        }

        /// Four elements a part, but two where vectors are short: they need every bit.
        static func parts(for dimension: Int) -> Int {
            let parts = dimension <= 192 ? (dimension + 1) / 2 : (dimension + 3) / 4
            return min(dimension, max(1, parts).roundedUp(to: 4), 256)
        }
    }

    private static let rowsPerList = 64
    private static let rowsForParts = 16_384

    /// - Parameter source: at least one row; all numbers finite.
    package static func train(
        on source: any VectorSource, _ options: Options, workers workerCount: Int
    ) -> IVFQuantizer {
        let workers = Workers(count: workerCount)
        let dimension = source.dimension
        let listCount = min(options.lists ?? Options.lists(for: source.count), source.count)
        let partCount = min(dimension, options.parts ?? Options.parts(for: dimension))
        var random = SplitMix64(seed: options.seed)
        let wanted = max(rowsForParts, listCount * rowsPerList)
        let numbers = sample(wanted, of: source.count, &random)
        let sample = source.rows(numbers)
        let means = KMeans(
            centreCount: listCount, metric: options.metric, seed: options.seed, workers: workers)
        let centres = CentreTable(
            values: means.centres(of: sample, dimension: dimension), dimension: dimension,
            metric: options.metric)
        let size = ProductQuantizer.partSize(dimension: dimension, partCount: partCount)
        let rests = Residuals(
            centres: centres, paddedDimension: partCount * size,
            of: Array(sample.prefix(rowsForParts * dimension)))
        let parts = ProductQuantizer.train(
            sample: rests.values, dimension: dimension, partCount: partCount, bits: options.bits,
            seed: options.seed, workers: workers)
        return IVFQuantizer(
            centres: centres, parts: parts, trainingResidual: rests.meanSquare)
    }

    /// Different rows, ascending.
    private static func sample(
        _ wanted: Int, of count: Int, _ random: inout SplitMix64
    ) -> [Int] {
        guard wanted < count else { return Array(0..<count) }
        // Selection sampling (Knuth, volume 2, algorithm S): one pass, any order of memory.
        var chosen: [Int] = []
        chosen.reserveCapacity(wanted)
        for row in 0..<count {
            let left = UInt64(count - row)
            if random.next() % left < UInt64(wanted - chosen.count) { chosen.append(row) }
        }
        return chosen
    }
}

/// What is left of rows when the centres of their lists are taken off, padded for the parts.
struct Residuals {
    let lists: [UInt32]
    let values: [Float]  // rows × paddedDimension
    let meanSquare: Float

    init(centres: CentreTable, paddedDimension: Int, of rows: [Float]) {
        let dimension = centres.dimension
        let count = rows.count / dimension
        var lists = [UInt32](repeating: 0, count: count)
        centres.assign(rows, count: count, to: &lists, in: CentreTable.Room(centres))
        var values = [Float](repeating: 0, count: count * paddedDimension)
        var total = 0.0
        values.withUnsafeMutableBufferPointer { values in
            rows.withUnsafeBufferPointer { rows in
                centres.values.withUnsafeBufferPointer { centres in
                    guard let values = values.baseAddress, let rows = rows.baseAddress,
                        let centres = centres.baseAddress
                    else { return }
                    for row in 0..<count {
                        total += Double(
                            reel_rest(
                                rows + row * dimension, centres + Int(lists[row]) * dimension,
                                dimension, values + row * paddedDimension))
                    }
                }
            }
        }
        self.lists = lists
        self.values = values
        meanSquare = count > 0 ? Float(total / Double(count)) : 0
    }
}
