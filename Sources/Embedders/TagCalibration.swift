import Checkpoints
import JSONText
import Tensors

/// `tags.json` in a CLIP folder: which tags the model can tell, and on what sort of picture.
/// Made by training/tags/calibrate.py from pictures of which it is known what they show.
struct TagCalibration: Sendable {
    static let fileName = "tags.json"

    /// Least score of each tag, a difference of cosines; tags that are not named are never given.
    var thresholds: [String: Float]
    /// Where the vectors of the sort of pictures lie that the model knows: their mean, and the axes
    /// along which they differ, orthonormal, axes × dimension.
    var mean: [Float]
    var axes: Matrix
    /// Greatest squared distance from the plane of the axes at which tags mean anything.
    var greatestDistance: Float

    /// Nil without the file.
    init?(model directory: ModelDirectory, dimension: Int) throws {
        let settings: ModelConfiguration
        do {
            settings = try ModelConfiguration(path: directory.path(of: Self.fileName))
        } catch CheckpointError.missingFile {
            return nil
        }
        guard let named = settings["thresholds"]?.object else {
            throw settings.wrong("thresholds", expected: "an object of numbers")
        }
        thresholds = try named.mapValues { value in
            guard let number = value.number, number.isFinite else {
                throw settings.wrong("thresholds", expected: "an object of numbers")
            }
            return Float(number)
        }
        func row(_ values: [Double?]?, _ key: String) throws -> [Float] {
            let numbers = (values ?? []).compactMap { $0 }.filter(\.isFinite).map { Float($0) }
            guard numbers.count == dimension else {
                throw settings.wrong(key, expected: "rows of \(dimension) numbers")
            }
            return numbers
        }
        mean = try row(settings["mean"]?.array?.map(\.number), "mean")
        let rows = try (settings["axes"]?.array ?? []).map { value in
            try row(value.array?.map(\.number), "axes")
        }
        guard rows.count <= dimension else {
            throw settings.wrong("axes", expected: "at most \(dimension) rows")
        }
        axes = Matrix(rows: rows.count, columns: dimension, elements: rows.flatMap { $0 })
        guard let limit = settings["greatest_distance"]?.number, limit >= 0 else {
            throw settings.wrong("greatest_distance", expected: "a number from 0 on")
        }
        greatestDistance = Float(limit)
    }
}
