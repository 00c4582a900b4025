import CKernels

/// Cuts a vector into parts and replaces each by the number of its nearest centre (Jégou and
/// others 2011): a few bytes a vector.
struct ProductQuantizer: Sendable {
    let dimension: Int
    let partCount: Int
    /// Bits of a code: 4 or 8.
    let bits: Int
    /// parts × elements of a part × centres.
    let centres: [Float]
    /// Half the squared length of each centre, parts × centres.
    let halfSquares: [Float]

    var centreCount: Int { 1 << bits }
    /// Elements of a part; the last part is filled up with zeros.
    var partSize: Int { Self.partSize(dimension: dimension, partCount: partCount) }
    var paddedDimension: Int { partCount * partSize }

    static func partSize(dimension: Int, partCount: Int) -> Int {
        (dimension + partCount - 1) / partCount
    }

    init(dimension: Int, partCount: Int, bits: Int, centres: [Float]) {
        self.dimension = dimension
        self.partCount = partCount
        self.bits = bits
        self.centres = centres
        let size = Self.partSize(dimension: dimension, partCount: partCount)
        let count = 1 << bits
        precondition(centres.count == partCount * size * count, "A centre for every code.")
        var halves = [Float](repeating: 0, count: partCount * count)
        for part in 0..<partCount {
            for element in 0..<size {
                for centre in 0..<count {
                    let value = centres[(part * size + element) * count + centre]
                    halves[part * count + centre] += value * value / 2
                }
            }
        }
        halfSquares = halves
    }

    func withCodebook<Result>(_ body: (reel_codebook) -> Result) -> Result {
        centres.withUnsafeBufferPointer { centres in
            halfSquares.withUnsafeBufferPointer { halves in
                body(
                    reel_codebook(
                        centres: centres.baseAddress, halfSquares: halves.baseAddress,
                        partCount: partCount, partSize: partSize, centreCount: centreCount))
            }
        }
    }

    /// - Parameter rows: padded rows.
    /// - Parameter codes: one byte a code, rows × parts.
    func encode(
        _ rows: UnsafePointer<Float>, count: Int, to codes: UnsafeMutablePointer<UInt8>
    ) {
        withCodebook { reel_pq_encode($0, rows, count, codes) }
    }

    /// The vector that codes stand for.
    func decode(_ codes: UnsafePointer<UInt8>, to values: UnsafeMutablePointer<Float>) {
        for part in 0..<partCount {
            for element in 0..<partSize where part * partSize + element < dimension {
                values[part * partSize + element] =
                    centres[(part * partSize + element) * centreCount + Int(codes[part])]
            }
        }
    }

    // MARK: Training

    /// - Parameter sample: padded rows, count × parts · partSize.
    static func train(
        sample: [Float], dimension: Int, partCount: Int, bits: Int, seed: UInt64, workers: Workers,
        iterations: Int = 12
    ) -> ProductQuantizer {
        let size = partSize(dimension: dimension, partCount: partCount)
        let rowLength = partCount * size
        let rowCount = sample.count / rowLength
        let centres = workers.map(partCount) { part -> [Float] in
            var values = [Float](repeating: 0, count: rowCount * size)
            for row in 0..<rowCount {
                for element in 0..<size {
                    values[row * size + element] = sample[row * rowLength + part * size + element]
                }
            }
            var random = SplitMix64(seed: seed &+ UInt64(part) &* 0x9e37_79b9)
            return trainPart(
                values, size: size, centreCount: 1 << bits, iterations: iterations,
                random: &random)
        }
        return ProductQuantizer(
            dimension: dimension, partCount: partCount, bits: bits, centres: centres.flatMap { $0 })
    }

    /// Lloyd's k-means in a few dimensions; centres side by side, elements × centres.
    private static func trainPart(
        _ rows: [Float], size: Int, centreCount: Int, iterations: Int, random: inout SplitMix64
    ) -> [Float] {
        let rowCount = rows.count / size
        var order = Array(0..<rowCount)
        order.shuffle(using: &random)
        var centres = [Float](repeating: 0, count: size * centreCount)
        for centre in 0..<centreCount {
            for element in 0..<size {
                centres[element * centreCount + centre] =
                    rows[order[centre % rowCount] * size + element]
            }
        }
        var codes = [UInt8](repeating: 0, count: rowCount)
        var sums = [Float](repeating: 0, count: size * centreCount)
        var counts = [UInt32](repeating: 0, count: centreCount)
        for _ in 0..<iterations {
            let quantizer = ProductQuantizer(
                dimension: size, partCount: 1, bits: centreCount == 16 ? 4 : 8, centres: centres)
            quantizer.encode(rows, count: rowCount, to: &codes)
            reel_add_parts(rows, codes, rowCount, size, centreCount, &sums, &counts)
            for centre in 0..<centreCount {
                if counts[centre] == 0 {
                    // An unused code takes over a row at random.
                    let row = Int.random(in: 0..<rowCount, using: &random)
                    for element in 0..<size {
                        centres[element * centreCount + centre] = rows[row * size + element]
                    }
                    continue
                }
                for element in 0..<size {
                    centres[element * centreCount + centre] =
                        sums[centre * size + element] / Float(counts[centre])
                }
            }
        }
        return centres
    }
}
