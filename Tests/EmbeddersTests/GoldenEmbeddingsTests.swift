import Checkpoints
import Corpus
import Embedders
import Foundation
import JSONText
import Tensors
import TestSupport
import Testing

@Suite("Embeddings equal those of transformers and sentence-transformers")
struct GoldenEmbeddingsTests {
    static let tolerance: Float = 1e-4

    @Test("pictures of all shapes get the same embeddings")
    func pictures() throws {
        let goldens = try EmbedderGoldens()
        let embedder = try ImageEmbedder(
            model: ModelDirectory(path: EmbedderGoldens.directory("clip")))
        let found = try embedder.embed(goldens.pictures)
        #expect(found.rows == goldens.pictures.count && found.columns == embedder.dimension)
        let difference = largestDifference(
            found.elements, goldens.root["imageEmbeddings"]?.floats ?? [])
        #expect(difference <= Self.tolerance)
        print("pictures: largest difference \(difference)")
    }

    @Test("sentences get the same embeddings in CLIP's space")
    func clipTexts() throws {
        let goldens = try EmbedderGoldens()
        let embedder = try ImageTextEmbedder(
            model: ModelDirectory(path: EmbedderGoldens.directory("clip")))
        let difference = largestDifference(
            try embedder.embed(goldens.sentences).elements,
            goldens.root["clipTextEmbeddings"]?.floats ?? [])
        #expect(difference <= Self.tolerance)
        print("CLIP texts: largest difference \(difference)")
    }

    @Test(
        "sentences get the same embeddings from an encoder with pooling",
        arguments: ["sentence-mean", "sentence-cls"])
    func sentences(name: String) throws {
        let goldens = try EmbedderGoldens()
        let embedder = try TextEmbedder(
            model: ModelDirectory(path: EmbedderGoldens.directory(name)))
        #expect(embedder.maximumTokens == 16)
        let difference = largestDifference(
            try embedder.embed(goldens.sentences).elements, goldens.root[name]?.floats ?? [])
        #expect(difference <= Self.tolerance)
        print("\(name): largest difference \(difference)")
    }

    @Test(
        "all-MiniLM-L6-v2 gives the same embeddings",
        .enabled(if: FetchedModel.isThere, "models/all-MiniLM-L6-v2 is fetched at set-up"))
    func miniLM() throws {
        let golden = try EmbedderGoldens().root["miniLM"]
        let embedder = try TextEmbedder(model: ModelDirectory(path: FetchedModel.path))
        #expect(embedder.maximumTokens == 256)
        let difference = largestDifference(
            try embedder.embed(golden?["texts"]?.array?.compactMap(\.string) ?? []).elements,
            golden?["embeddings"]?.floats ?? [])
        #expect(difference <= Self.tolerance)
        print("all-MiniLM-L6-v2: largest difference \(difference)")
    }

    /// The bars of `auto` and of `int8`, with room; see docs/decisions/0011-fixed-point-encoders.md.
    @Test(
        "all-MiniLM-L6-v2 in fixed point stays near, and ranks alike",
        .enabled(if: FetchedModel.isThere, "models/all-MiniLM-L6-v2 is fetched at set-up"),
        arguments: [(Precision.int16, Float(0.9999), 0.999), (.int8, 0.99, 0.995)])
    func miniLMInFixedPoint(precision: Precision, least: Float, rankCorrelation: Double) throws {
        let texts = try EmbedderGoldens().sentences + Self.queries
        let directory = try ModelDirectory(path: FetchedModel.path)
        let exact = try TextEmbedder(model: directory).embed(texts)
        let embedder = try TextEmbedder(model: directory, precision: precision)
        #expect(embedder.modelFingerprint == (try directory.fingerprint()))
        let found = try embedder.embed(texts)
        let cosine = (0..<texts.count).map { dot(found[$0], exact[$0]) }.min() ?? 0
        #expect(cosine >= least)
        let correlation = spearman(scores(found), scores(exact))
        #expect(correlation >= rankCorrelation)
        print("\(precision): least cosine \(cosine), rank correlation \(correlation)")
    }

    /// Pictures that the model knows the like of, a coloured square on a ground, and noise.
    @Test(
        "the bundled CLIP in fixed point stays near, and ranks pictures alike",
        arguments: [(Precision.int16, Float(0.999), 0.999), (.int8, 0.99, 0.995)])
    func clipInFixedPoint(precision: Precision, least: Float, rankCorrelation: Double) throws {
        let path = URL(filePath: FetchedModel.path).deletingLastPathComponent()
            .appending(path: "reel-clip-tiny").path
        let directory = try ModelDirectory(path: path)
        let colours: [[UInt8]] = [
            [220, 30, 30], [30, 160, 40], [40, 70, 220], [240, 220, 40], [245, 245, 245],
            [20, 20, 20],
        ]
        let pictures =
            colours.flatMap { square in
                colours.filter { $0 != square }.map { Self.picture(of: square, on: $0) }
            } + (try EmbedderGoldens()).pictures.filter { $0.width > 30 && $0.height > 30 }
        let exact = try ImageEmbedder(model: directory).embed(pictures)
        let found = try ImageEmbedder(model: directory, precision: precision).embed(pictures)
        let image = (0..<pictures.count).map { dot(found[$0], exact[$0]) }.min() ?? 0
        let texts = Self.queries + ["a red square", "a green square on a black ground"]
        let exactTexts = try ImageTextEmbedder(model: directory).embed(texts)
        let foundTexts = try ImageTextEmbedder(model: directory, precision: precision)
            .embed(texts)
        let text = (0..<texts.count).map { dot(foundTexts[$0], exactTexts[$0]) }.min() ?? 0
        #expect(image >= least && text >= least)
        let correlation = spearman(
            MatrixProduct.multiply(foundTexts, byTransposed: found).elements,
            MatrixProduct.multiply(exactTexts, byTransposed: exact).elements)
        #expect(correlation >= rankCorrelation)
        print(
            "CLIP \(precision): least cosine of a picture \(image), of a text \(text), "
                + "rank correlation \(correlation)")
    }

    private static func picture(of square: [UInt8], on ground: [UInt8]) -> Picture {
        var pixels: [UInt8] = []
        for y in 0..<96 {
            for x in 0..<128 {
                pixels += (20..<70).contains(y) && (40..<90).contains(x) ? square : ground
            }
        }
        return Picture(width: 128, height: 96, pixels: pixels)
    }

    private static let queries = [
        "a red car on a wet road", "two dogs play in the snow", "how to bake bread at home",
        "the committee voted on the budget", "a rocket leaves the launch pad at night",
        "birthday cake with candles", "waves break on a rocky shore", "an old clock strikes twelve",
        "she reads a letter by the window", "workers repair a bridge over the river",
        "interest rates rose for the third time", "the goalkeeper saves a penalty",
    ]

    private func dot(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Float {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Of every pair of rows.
    private func scores(_ rows: Matrix) -> [Float] {
        (0..<rows.rows).flatMap { left in
            (0..<left).map { dot(rows[left], rows[$0]) }
        }
    }

    /// Spearman's rank correlation of two lists without ties.
    private func spearman(_ left: [Float], _ right: [Float]) -> Double {
        func ranks(_ values: [Float]) -> [Int] {
            var ranks = [Int](repeating: 0, count: values.count)
            for (rank, place) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated()
            {
                ranks[place] = rank
            }
            return ranks
        }
        let count = Double(left.count)
        let squares = zip(ranks(left), ranks(right)).reduce(0.0) {
            $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
        }
        return 1 - 6 * squares / (count * (count * count - 1))
    }
}
