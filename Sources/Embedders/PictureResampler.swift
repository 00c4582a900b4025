import CKernels
import Corpus

/// The shape of the weights with which input pixels flow into an output pixel. Raw values are
/// Pillow's, which Hugging Face writes.
enum ResamplingFilter: Int, Sendable {
    case bilinear = 2
    case bicubic = 3

    /// Half the width, in pixels of the coarser side.
    var support: Double {
        switch self {
        case .bilinear: 1
        case .bicubic: 2
        }
    }

    func weight(at distance: Double) -> Double {
        let x = abs(distance)
        switch self {
        case .bilinear: return x < 1 ? 1 - x : 0
        case .bicubic:
            let a = -0.5  // Keys 1981
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
            return 0
        }
    }
}

/// Resizes with Pillow's arithmetic, and only the part that is wanted.
struct PictureResampler {
    private let filter: ResamplingFilter

    init(_ filter: ResamplingFilter) {
        self.filter = filter
    }

    /// Part of the picture resized to width × height: the given columns and rows of it, three
    /// bytes a pixel.
    func resample(
        _ picture: Picture, width: Int, height: Int, columns: Range<Int>, rows: Range<Int>
    ) -> [UInt8] {
        let across = Weights(filter, from: picture.width, to: width, wanted: columns)
        let down = Weights(filter, from: picture.height, to: height, wanted: rows)
        // The order matters, because bytes are rounded in between: along rows first, but along
        // columns first where that shrinks and the other enlarges (so Pillow 13). Of the
        // first only the rows that the second uses are made.
        if width > picture.width, height < picture.height {
            let lowered = resample(picture.pixels, rowBytes: picture.width * 3, down, origin: 0)
            return resample(lowered[...], width: picture.width, rows: rows.count, across)
        }
        let needed = down.inputs
        let band = picture.pixels[
            needed.lowerBound * picture.width * 3..<needed.upperBound * picture.width * 3]
        let narrowed = resample(band, width: picture.width, rows: needed.count, across)
        return resample(
            narrowed, rowBytes: columns.count * 3, down, origin: needed.lowerBound)
    }

    /// Rows of `width` pixels become rows of the places'.
    private func resample(
        _ pixels: ArraySlice<UInt8>, width: Int, rows: Int, _ across: Weights
    ) -> [UInt8] {
        let size = rows * across.count * 3
        return [UInt8](unsafeUninitializedCapacity: size) { output, count in
            pixels.withUnsafeBufferPointer { pixels in
                across.withPlaces(from: 0) { places in
                    reel_resample_rows(
                        pixels.baseAddress, width, rows, places, output.baseAddress)
                }
            }
            count = size
        }
    }

    /// As many rows as the places become of the rows in `pixels`, whose first is row `origin`.
    private func resample(
        _ pixels: [UInt8], rowBytes: Int, _ down: Weights, origin: Int
    ) -> [UInt8] {
        let size = down.count * rowBytes
        return [UInt8](unsafeUninitializedCapacity: size) { output, count in
            pixels.withUnsafeBufferPointer { pixels in
                down.withPlaces(from: origin) { places in
                    reel_resample_columns(
                        pixels.baseAddress, rowBytes, places, output.baseAddress)
                }
            }
            count = size
        }
    }

    /// What `precompute_coeffs` and `normalize_coeffs_8bpc` of Pillow's Resample.c give.
    private struct Weights {
        private var first: [Int32] = []
        private var used: [Int32] = []
        private var weights: [Int32] = []
        private let taps: Int

        init(_ filter: ResamplingFilter, from inputs: Int, to outputs: Int, wanted: Range<Int>) {
            let scale = Double(inputs) / Double(outputs)
            let filterScale = max(scale, 1)
            let support = filter.support * filterScale
            taps = Int(support.rounded(.up)) * 2 + 1
            weights = Array(repeating: 0, count: wanted.count * taps)
            first.reserveCapacity(wanted.count)
            used.reserveCapacity(wanted.count)
            for (place, output) in wanted.enumerated() {
                let centre = (Double(output) + 0.5) * scale
                let start = max(Int(centre - support + 0.5), 0)
                let end = min(Int(centre + support + 0.5), inputs)
                let exact = (start..<end).map { input in
                    filter.weight(at: (Double(input) - centre + 0.5) * (1 / filterScale))
                }
                let sum = exact.reduce(0, +)
                for (tap, weight) in exact.enumerated() {
                    let normal = sum == 0 ? weight : weight / sum
                    let fixed = normal * Double(1 << reel_resampling_bits)
                    weights[place * taps + tap] = Int32(fixed < 0 ? fixed - 0.5 : fixed + 0.5)
                }
                first.append(Int32(start))
                used.append(Int32(end - start))
            }
        }

        var count: Int { first.count }

        /// All inputs that any wanted output draws on.
        var inputs: Range<Int> {
            let ends = zip(first, used).map { Int($0 + $1) }
            guard let start = first.min(), let end = ends.max() else { return 0..<0 }
            return Int(start)..<end
        }

        /// `origin` is where the memory to be read begins.
        func withPlaces(from origin: Int, _ body: (UnsafePointer<reel_resampling>) -> Void) {
            let first = self.first.map { $0 - Int32(origin) }
            first.withUnsafeBufferPointer { first in
                used.withUnsafeBufferPointer { used in
                    weights.withUnsafeBufferPointer { weights in
                        var places = reel_resampling(
                            count: first.count, taps: taps, first: first.baseAddress,
                            used: used.baseAddress, weights: weights.baseAddress)
                        withUnsafePointer(to: &places, body)
                    }
                }
            }
        }
    }
}
