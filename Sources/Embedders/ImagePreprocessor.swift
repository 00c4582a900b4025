package import Checkpoints
package import Corpus
import JSONText
package import Tensors

/// Makes pictures into what an image tower reads. As CLIP's image processor: the shorter side to a
/// set length (bicubic), the middle cut out, values normalised. As SigLIP's: both sides to set
/// lengths, values normalised.
///
/// It equals transformers' `CLIPImageProcessorPil` bit for bit; the processors on torchvision, the
/// default of transformers 5, resize slightly differently.
package struct ImagePreprocessor: Sendable {
    private enum Target: Sendable, Equatable {
        case shortestEdge(Int)
        case exactly(width: Int, height: Int)
    }

    /// Width and height of the result, in pixels.
    package let size: Int
    private let resize: Target?
    private let filter: ResamplingFilter
    /// Normalised value of each byte, for red, green, blue: 3 × 256.
    private let values: [Float]

    /// What a processor does where its file is silent. Means and deviations are red's, green's,
    /// blue's.
    private struct Standard {
        var cutsMiddle: Bool
        var mean: [Double]
        var deviation: [Double]

        /// OpenAI's numbers, over the images CLIP was trained on.
        static let clip = Standard(
            cutsMiddle: true, mean: [0.48145466, 0.4578275, 0.40821073],
            deviation: [0.26862954, 0.26130258, 0.27577711])
        static let sigLIP = Standard(
            cutsMiddle: false, mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5])

        func target(_ imageSize: Int) -> Target {
            cutsMiddle
                ? .shortestEdge(imageSize) : .exactly(width: imageSize, height: imageSize)
        }
    }

    /// By the processor's class, or else the model's.
    private static func standard(
        _ settings: ModelConfiguration?, _ directory: ModelDirectory
    ) throws -> Standard {
        for key in ["image_processor_type", "feature_extractor_type"] {
            let name = try settings?.string(key, default: "") ?? ""
            if name.hasPrefix("Siglip") { return .sigLIP }
            if name.hasPrefix("CLIP") { return .clip }
        }
        return directory.modelType.hasPrefix("siglip") ? .sigLIP : .clip
    }

    /// `imageSize` is the width and height the model reads; used where the settings are silent.
    package init(_ directory: ModelDirectory, imageSize: Int) throws {
        let settings = try directory.settings(in: "preprocessor_config.json")
        let standard = try Self.standard(settings, directory)
        func flag(_ key: String, default value: Bool = true) throws -> Bool {
            try settings?.flag(key, default: value) ?? value
        }

        let resize = try Self.resizeTarget(settings, standard.target(imageSize))
        self.resize = try flag("do_resize") ? resize : nil
        let cuts = try flag("do_center_crop", default: standard.cutsMiddle)
        size = cuts ? try Self.cropSize(settings, imageSize) : imageSize
        guard size == imageSize else {
            throw EmbedderError.sizeMismatch(
                path: directory.path, image: size, model: imageSize)
        }
        // Uncut, both sides must come out as the model reads them.
        if !cuts, let resize = self.resize, case .exactly(let width, let height) = resize,
            width != imageSize || height != imageSize
        {
            throw EmbedderError.sizeMismatch(
                path: directory.path, image: max(width, height), model: imageSize)
        }
        let code = try settings?.integer("resample") ?? ResamplingFilter.bicubic.rawValue
        guard let filter = ResamplingFilter(rawValue: code) else {
            throw EmbedderError.unsupportedPreprocessing(
                path: directory.path(of: "preprocessor_config.json"), key: "resample",
                expected: "3 (bicubic) or 2 (bilinear)", found: String(code))
        }
        self.filter = filter

        let factor =
            try flag("do_rescale")
            ? settings?.positiveNumber("rescale_factor", default: 1 / 255) ?? 1 / 255 : 1
        let normalizes = try flag("do_normalize")
        let mean = try Self.three("image_mean", settings, standard: standard.mean)
        let deviation = try Self.three("image_std", settings, standard: standard.deviation)
        values = (0..<3).flatMap { channel in
            (0..<256).map { byte in
                let value = Float(Double(byte) * factor)
                guard normalizes else { return value }
                return (value - Float(mean[channel])) / Float(deviation[channel])
            }
        }
    }

    var valuesOfPicture: Int { 3 * size * size }

    /// Pictures × (3 × size × size): planes of red, green and blue, row by row.
    package func process(_ pictures: [Picture]) -> Matrix {
        let plane = size * size
        return Matrix(rows: pictures.count, columns: valuesOfPicture) { output in
            for (index, picture) in pictures.enumerated() {
                let pixels = window(of: picture)
                for channel in 0..<3 {
                    let start = (index * 3 + channel) * plane
                    for pixel in 0..<plane {
                        let byte = pixels[pixel * 3 + channel]
                        output[start + pixel] = values[channel << 8 | Int(byte)]
                    }
                }
            }
        }
    }

    /// The middle size × size pixels of the resized picture; black where it is too small.
    private func window(of picture: Picture) -> [UInt8] {
        let (width, height) = resizedSize(of: picture)
        let columns = Span(outer: width, inner: size)
        let rows = Span(outer: height, inner: size)
        let cut = PictureResampler(filter).resample(
            picture, width: width, height: height, columns: columns.source, rows: rows.source)
        if columns.source.count == size, rows.source.count == size { return cut }
        var padded = [UInt8](repeating: 0, count: size * size * 3)
        let rowBytes = columns.source.count * 3
        for row in 0..<rows.source.count {
            let to = ((rows.offset + row) * size + columns.offset) * 3
            padded.replaceSubrange(
                to..<to + rowBytes, with: cut[row * rowBytes..<(row + 1) * rowBytes])
        }
        return padded
    }

    private func resizedSize(of picture: Picture) -> (width: Int, height: Int) {
        switch resize {
        case nil: return (picture.width, picture.height)
        case .exactly(let width, let height): return (width, height)
        case .shortestEdge(let edge):
            let (short, long) = (
                min(picture.width, picture.height), max(picture.width, picture.height)
            )
            // Rounded down, as Python's int().
            let other = Int(Double(edge * long) / Double(short))
            return picture.width <= picture.height ? (edge, other) : (other, edge)
        }
    }

    /// Where a centred window of `inner` places lies on a side of `outer`.
    private struct Span {
        /// The places of the side that are in the window.
        let source: Range<Int>
        /// Where they begin in the window.
        let offset: Int

        init(outer: Int, inner: Int) {
            if outer >= inner {
                let start = (outer - inner) / 2
                source = start..<start + inner
                offset = 0
            } else {
                // transformers pads the smaller side by half the difference, rounded up, and cuts
                // by half of it, rounded down to minus infinity: together, rounded up.
                source = 0..<outer
                offset = (inner - outer + 1) / 2
            }
        }
    }

    // MARK: Settings

    private static func resizeTarget(
        _ settings: ModelConfiguration?, _ standard: Target
    ) throws -> Target {
        guard let settings, let value = settings["size"] else { return standard }
        if value.object == nil {
            return .shortestEdge(try settings.size("size", atMost: 1 << 14))
        }
        let section = try settings.section("size")
        if section["shortest_edge"] != nil {
            return .shortestEdge(try section.size("shortest_edge", atMost: 1 << 14))
        }
        return .exactly(
            width: try section.size("width", atMost: 1 << 14),
            height: try section.size("height", atMost: 1 << 14))
    }

    private static func cropSize(_ settings: ModelConfiguration?, _ imageSize: Int) throws -> Int {
        guard let settings, let value = settings["crop_size"] else { return imageSize }
        if value.object == nil { return try settings.size("crop_size", atMost: 1 << 14) }
        let section = try settings.section("crop_size")
        let (width, height) = (try section.size("width"), try section.size("height"))
        guard width == height else {
            throw section.wrong("width", expected: "as much as height, \(height)")
        }
        return width
    }

    private static func three(
        _ key: String, _ settings: ModelConfiguration?, standard: [Double]
    ) throws -> [Double] {
        guard let settings, let list = settings[key] else { return standard }
        let numbers = list.array?.compactMap(\.number) ?? []
        guard numbers.count == 3, numbers.allSatisfy(\.isFinite),
            key != "image_std" || numbers.allSatisfy({ $0 > 0 })
        else {
            throw settings.wrong(key, expected: "a list of three numbers")
        }
        return numbers
    }
}
