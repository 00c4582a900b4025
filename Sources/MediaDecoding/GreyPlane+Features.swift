import CFFmpeg
import CKernels

/// What a grey plane tells about its frame besides the difference to another.
extension GreyPlane {
    /// Mean brightness and contrast (standard deviation), both 0…255.
    var brightness: (mean: Double, contrast: Double) {
        let moments = reel_moments_of_pixels(pixels, pixels.count)
        let mean = Double(moments.sum) / Double(pixels.count)
        let variance = Double(moments.squares) / Double(pixels.count) - mean * mean
        return (mean, max(0, variance).squareRoot())
    }

    /// How often each of 32 ranges of grey occurs; the same however things move about.
    var histogram: GreyHistogram {
        var counts = [UInt32](repeating: 0, count: 32)
        reel_grey_histogram(pixels, pixels.count, &counts)
        return GreyHistogram(counts: counts)
    }

    /// Mean absolute difference of neighbours in a row, 0…255: the more, the sharper.
    var detail: Double {
        let sum = pixels.withUnsafeBufferPointer { pixels in
            pixels.baseAddress.map {
                reel_absolute_difference_sum($0, $0 + 1, pixels.count - 1)
            }
        }
        return Double(sum ?? 0) / Double(pixels.count)
    }

    /// The plane again, each pixel the mean of a cell.
    fileprivate func shrunk(width: Int, height: Int) -> [UInt8] {
        var small = [UInt8](repeating: 0, count: width * height)
        var columns = [UInt32](repeating: 0, count: Self.width + width + 1)
        small.withUnsafeMutableBufferPointer { small in
            columns.withUnsafeMutableBufferPointer { columns in
                pixels.withUnsafeBufferPointer { pixels in
                    var job = reel_grey_shrink(
                        source: pixels.baseAddress, row_bytes: Self.width, width: Self.width,
                        height: Self.height, target: small.baseAddress, target_width: width,
                        target_height: height, columns: columns.baseAddress)
                    reel_shrink_grey8(&job)
                }
            }
        }
        return small
    }
}

/// Counts of a plane's pixels in 32 equal ranges of grey.
struct GreyHistogram {
    fileprivate let counts: [UInt32]

    /// Part of the pixels that are in another range, 0…1.
    func distance(to other: GreyHistogram) -> Double {
        var moved: UInt32 = 0
        var total: UInt32 = 0
        for (own, its) in zip(counts, other.counts) {
            moved += own > its ? own - its : its - own
            total += own
        }
        return total > 0 ? Double(moved) / Double(2 * total) : 0
    }
}

/// 20 × 10 grey cells: what is left of a frame when things may move a little.
struct CoarsePlane {
    /// Rows of grey, 0…255.
    let pixels: [UInt8]

    init(of plane: GreyPlane) { pixels = plane.shrunk(width: 20, height: 10) }

    /// Where a plane lies on the way from `first` to `last`.
    struct Blend {
        /// 0 at `first`, 1 at `last`, by least squares.
        var share: Double
        /// Root mean square distance from the blend, as a part of that between `first` and `last`.
        var miss: Double
    }

    /// Nil when both ends are the same.
    func blend(from first: CoarsePlane, to last: CoarsePlane) -> Blend? {
        let products = reel_blend_products_of_pixels(
            first.pixels, pixels, last.pixels, pixels.count)
        guard products.whole > 0 else { return nil }
        let (along, whole) = (Double(products.along), Double(products.whole))
        let missed = max(0, Double(products.moved) - along * along / whole)
        return Blend(share: along / whole, miss: (missed / whole).squareRoot())
    }

    /// Root mean square difference, 0…255.
    func distance(to other: CoarsePlane) -> Double {
        let products = reel_blend_products_of_pixels(
            pixels, other.pixels, other.pixels, pixels.count)
        return (Double(products.whole) / Double(pixels.count)).squareRoot()
    }

    /// The same without what all cells have in common: 0 when only the brightness differs.
    func structuralDistance(to other: CoarsePlane) -> Double {
        let count = Double(pixels.count)
        let shift =
            (Double(reel_moments_of_pixels(pixels, pixels.count).sum)
                - Double(reel_moments_of_pixels(other.pixels, other.pixels.count).sum)) / count
        let distance = distance(to: other)
        return max(0, distance * distance - shift * shift).squareRoot()
    }

    /// Correlation of the two pictures whatever their brightness and contrast, −1…1; 0 when one of
    /// them is flat.
    func likeness(to other: CoarsePlane) -> Double {
        let count = Double(pixels.count)
        let (own, its) = (
            reel_moments_of_pixels(pixels, pixels.count),
            reel_moments_of_pixels(other.pixels, other.pixels.count)
        )
        let between = reel_blend_products_of_pixels(
            pixels, other.pixels, other.pixels, pixels.count)
        let (ownSum, itsSum) = (Double(own.sum), Double(its.sum))
        let product = (Double(own.squares) + Double(its.squares) - Double(between.whole)) / 2
        let spread =
            (Double(own.squares) - ownSum * ownSum / count)
            * (Double(its.squares) - itsSum * itsSum / count)
        return spread > 0 ? (product - ownSum * itsSum / count) / spread.squareRoot() : 0
    }
}

/// 64 bits that stay the same when a picture is scaled, recompressed or lit differently: whether
/// each of 8 × 8 cells is darker than its right neighbour (N. Krawetz, "Kind of Like That", 2013).
struct PerceptualHash: Equatable {
    let bits: UInt64

    init(of plane: GreyPlane) {
        let cells = plane.shrunk(width: 9, height: 8)
        var bits: UInt64 = 0
        for row in 0..<8 {
            for column in 0..<8 {
                let place = row * 9 + column
                bits = bits << 1 | (cells[place] < cells[place + 1] ? 1 : 0)
            }
        }
        self.bits = bits
    }

    /// Bits that differ, 0…64.
    func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }
}

/// Sharpness of whole frames, for telling the best of one shot.
enum FrameDetail {
    /// Mean absolute difference of neighbours along every eighth row of luma, 0…255; nil when luma
    /// does not lie in bytes of its own.
    static func measure(_ frame: UnsafePointer<AVFrame>) -> Double? {
        guard LumaLayout(of: AVPixelFormat(rawValue: frame.pointee.format)) == .bytes,
            let luma = frame.pointee.data.0
        else { return nil }
        let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
        guard width > 1, height > 0 else { return nil }
        let rowBytes = Int(frame.pointee.linesize.0)
        var sum: UInt64 = 0
        var rows = 0
        for row in stride(from: min(4, height - 1), to: height, by: 8) {
            let pixels = luma + row * rowBytes
            sum += reel_absolute_difference_sum(pixels, pixels + 1, width - 1)
            rows += 1
        }
        return Double(sum) / Double(rows * (width - 1))
    }
}
