import Checkpoints
import JSONText
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Networks equal those of transformers")
struct GoldenModelsTests {
    static let tolerance: Float = 1e-4

    @Test(
        "CLIP's towers give the same embeddings",
        arguments: ["clip-fp32", "clip-fp16", "clip-bf16", "clip-gelu", "clip-old-end-sharded"])
    func clip(name: String) throws {
        let golden = try ModelGoldens.value("clip", name)
        let directory = try ModelDirectory(path: ModelGoldens.directory(name))

        var texts = try CLIPTextModel(directory).encode(golden["texts"]?.idRows ?? [])
        Rows.makeUnitLength(&texts)
        let textDifference = largestDifference(
            texts.elements, golden["textEmbeddings"]?.floats ?? [])
        #expect(textDifference <= Self.tolerance)

        let pixels = golden["pixels"]?.floats ?? []
        let count = golden["images"]?.integer ?? 1
        var images = try CLIPVisionModel(directory).encode(
            Matrix(rows: count, columns: pixels.count / count, elements: pixels))
        Rows.makeUnitLength(&images)
        let imageDifference = largestDifference(
            images.elements, golden["imageEmbeddings"]?.floats ?? [])
        #expect(imageDifference <= Self.tolerance)
        print("\(name): largest difference text \(textDifference), image \(imageDifference)")
    }

    @Test(
        "BERT gives the same states",
        arguments: ["bert-fp32", "bert-fp16", "bert-bf16", "bert-old-names"])
    func bert(name: String) throws {
        let golden = try ModelGoldens.value("bert", name)
        let model = try TextEncoder(ModelDirectory(path: ModelGoldens.directory(name)))
        let states = try model.encode(golden["texts"]?.idRows ?? [])
        let difference = largestDifference(
            states.matrix.elements, golden["states"]?.floats ?? [])
        #expect(difference <= Self.tolerance)
        print("\(name): largest difference \(difference)")
    }

    /// Random networks of 32 numbers a token: what is lost is more than in a trained, wide one.
    @Test(
        "in fixed point all networks stay near single precision",
        arguments: [(Precision.int16, Float(0.9999)), (.int8, 0.99)])
    func fixedPoint(precision: Precision, least: Float) throws {
        for name in ["clip-fp32", "clip-gelu"] {
            let golden = try ModelGoldens.value("clip", name)
            let directory = try ModelDirectory(path: ModelGoldens.directory(name))
            let texts = try CLIPTextModel(directory, precision: precision)
                .encode(golden["texts"]?.idRows ?? [])
            let pixels = golden["pixels"]?.floats ?? []
            let count = golden["images"]?.integer ?? 1
            let images = try CLIPVisionModel(directory, precision: precision).encode(
                Matrix(rows: count, columns: pixels.count / count, elements: pixels))
            let text = leastCosine(texts, golden["textEmbeddings"]?.floats ?? [])
            let image = leastCosine(images, golden["imageEmbeddings"]?.floats ?? [])
            #expect(text >= least && image >= least)
            print("\(name) \(precision): least cosine text \(text), image \(image)")
        }
        let golden = try ModelGoldens.value("bert", "bert-fp32")
        let model = try TextEncoder(
            ModelDirectory(path: ModelGoldens.directory("bert-fp32")), precision: precision)
        let states = try model.encode(golden["texts"]?.idRows ?? [])
        let cosine = leastCosine(states.matrix, golden["states"]?.floats ?? [])
        #expect(cosine >= least)
        print("bert-fp32 \(precision): least cosine of a state \(cosine)")
    }

    @Test("a text's result does not depend on its neighbours", arguments: Precision.allCases)
    func batches(precision: Precision) throws {
        let golden = try ModelGoldens.value("bert", "bert-fp32")
        let texts = golden["texts"]?.idRows ?? []
        let model = try TextEncoder(
            ModelDirectory(path: ModelGoldens.directory("bert-fp32")), precision: precision)
        let together = try model.encode(texts)
        let repeated = try model.encode(texts + texts + texts)
        for (text, rows) in zip(texts, together.sequences.bounds) {
            let alone = try model.encode([text]).matrix.elements
            let columns = together.matrix.columns
            let among = Array(
                together.matrix.elements[rows.lowerBound * columns..<rows.upperBound * columns])
            let difference = largestDifference(alone, among)
            #expect(difference <= (precision == .int8 ? 2e-2 : precision == .int16 ? 2e-3 : 1e-5))
        }
        #expect(
            largestDifference(
                Array(repeated.matrix.elements.prefix(together.matrix.elements.count)),
                together.matrix.elements) <= 2e-3)
    }
}
