import Checkpoints
import JSONText
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Architectures beside BERT and CLIP equal those of transformers")
struct GoldenArchitecturesTests {
    private static let tolerance: Float = 1e-4
    private static let encoders = [
        "roberta", "xlm-roberta", "distilbert", "mpnet", "bert-classifier",
    ]
    private static let classifiers = ["roberta", "distilbert", "mpnet", "bert-classifier"]

    private func textCase(_ name: String) throws -> JSONValue {
        let cases = try ModelGoldens.architectures()["texts"]?.array
        return try #require(cases?.first { $0["name"]?.string == name })
    }

    private func directory(_ name: String) throws -> ModelDirectory {
        try ModelDirectory(path: ModelGoldens.directory(name))
    }

    @Test("text encoders give the same states", arguments: encoders)
    func states(name: String) throws {
        let golden = try textCase(name)
        let texts = golden["texts"]?.idRows ?? []
        let states = try TextEncoder(directory(name)).encode(texts)
        let difference = largestDifference(
            states.matrix.elements, golden["states"]?.floats ?? [])
        #expect(difference <= Self.tolerance)
        print("\(name): largest difference \(difference)")
    }

    @Test("classification heads give the same logits", arguments: classifiers)
    func logits(name: String) throws {
        let golden = try textCase(name)
        let texts = golden["texts"]?.idRows ?? []
        let classifier = try SequenceClassifier(directory(name))
        #expect(classifier.labelCount == golden["labels"]?.integer)
        let logits = try classifier.logits(of: texts, firstSegmentCounts: texts.map(\.count))
        let difference = largestDifference(logits.elements, golden["logits"]?.floats ?? [])
        #expect(difference <= Self.tolerance)
        print("\(name): largest difference of a logit \(difference)")
    }

    @Test("families without segments read a pair as one", arguments: ["roberta", "distilbert"])
    func segments(name: String) throws {
        let texts = try textCase(name)["texts"]?.idRows ?? []
        let classifier = try SequenceClassifier(directory(name))
        let whole = try classifier.logits(of: texts, firstSegmentCounts: texts.map(\.count))
        let cut = try classifier.logits(of: texts, firstSegmentCounts: texts.map { _ in 1 })
        #expect(whole == cut)
    }

    @Test("the longest text leaves out the places up to padding's")
    func longest() throws {
        #expect(try TextEncoder(directory("roberta")).maximumLength == 40)
        #expect(try TextEncoder(directory("xlm-roberta")).maximumLength == 42)
        #expect(try TextEncoder(directory("distilbert")).maximumLength == 40)
        #expect(try TextEncoder(directory("mpnet")).maximumLength == 308)
        #expect(throws: TransformerError.sequenceTooLong(length: 41, limit: 40)) {
            try TextEncoder(directory("roberta")).encode([Array(repeating: 7, count: 41)])
        }
    }

    @Test("SigLIP's towers give the same embeddings, and its scale the same probabilities")
    func sigLIP() throws {
        let golden = try #require(try ModelGoldens.architectures()["siglip"])
        let directory = try directory("siglip")
        let tower = try SigLIPTextModel(directory)
        #expect(tower.paddingID == 1 && tower.maximumLength == 12)
        var texts = try tower.encode(golden["padded"]?.idRows ?? [])
        Rows.makeUnitLength(&texts)
        let padded = largestDifference(texts.elements, golden["textEmbeddings"]?.floats ?? [])
        var short = try tower.encode(golden["texts"]?.idRows ?? [])
        Rows.makeUnitLength(&short)
        let unpadded = largestDifference(
            short.elements, golden["shortTextEmbeddings"]?.floats ?? [])
        let pixels = golden["pixels"]?.floats ?? []
        let imageTower = try SigLIPVisionModel(directory)
        #expect(try ImageTextModel.imageDimension(directory) == imageTower.dimension)
        var images = try imageTower.encode(
            Matrix(rows: 3, columns: pixels.count / 3, elements: pixels))
        Rows.makeUnitLength(&images)
        let image = largestDifference(images.elements, golden["imageEmbeddings"]?.floats ?? [])
        #expect(padded <= Self.tolerance && unpadded <= Self.tolerance && image <= Self.tolerance)
        print("siglip: largest difference text \(padded), short \(unpadded), image \(image)")

        let scale = try ImageTextScale(directory)
        let probabilities = MatrixProduct.multiply(images, byTransposed: texts).elements
            .compactMap { scale.probability(ofCosine: $0) }
        #expect(
            largestDifference(probabilities, golden["probabilities"]?.floats ?? [])
                <= Self.tolerance)
    }

    @Test("CLIP's towers alone give the same embeddings")
    func alone() throws {
        let golden = try #require(try ModelGoldens.architectures()["alone"])
        var texts = try ImageTextModel.textTower(directory("clip-text-alone"))
            .encode(golden["texts"]?.idRows ?? [])
        Rows.makeUnitLength(&texts)
        let text = largestDifference(texts.elements, golden["textEmbeddings"]?.floats ?? [])
        let pixels = golden["pixels"]?.floats ?? []
        let imageTower = try ImageTextModel.imageTower(directory("clip-vision-alone"))
        #expect(
            try ImageTextModel.imageDimension(directory("clip-vision-alone"))
                == imageTower.dimension)
        var images = try imageTower.encode(
            Matrix(rows: 2, columns: pixels.count / 2, elements: pixels))
        Rows.makeUnitLength(&images)
        let image = largestDifference(images.elements, golden["imageEmbeddings"]?.floats ?? [])
        #expect(text <= Self.tolerance && image <= Self.tolerance)
        print("alone: largest difference text \(text), image \(image)")
    }

    /// Random networks of 24 numbers a token: what is lost is more than in a trained, wide one.
    @Test(
        "in fixed point all stay near single precision",
        arguments: [(Precision.int16, Float(0.9999)), (.int8, 0.99)])
    func fixedPoint(precision: Precision, least: Float) throws {
        for name in Self.encoders {
            let golden = try textCase(name)
            let states = try TextEncoder(directory(name), precision: precision)
                .encode(golden["texts"]?.idRows ?? [])
            let cosine = leastCosine(states.matrix, golden["states"]?.floats ?? [])
            #expect(cosine >= least, "\(name)")
            print("\(name) \(precision): least cosine of a state \(cosine)")
        }
        let golden = try #require(try ModelGoldens.architectures()["siglip"])
        let directory = try directory("siglip")
        let texts = try SigLIPTextModel(directory, precision: precision)
            .encode(golden["padded"]?.idRows ?? [])
        let pixels = golden["pixels"]?.floats ?? []
        let images = try SigLIPVisionModel(directory, precision: precision).encode(
            Matrix(rows: 3, columns: pixels.count / 3, elements: pixels))
        let text = leastCosine(texts, golden["textEmbeddings"]?.floats ?? [])
        let image = leastCosine(images, golden["imageEmbeddings"]?.floats ?? [])
        #expect(text >= least && image >= least)
        print("siglip \(precision): least cosine text \(text), image \(image)")
    }
}
