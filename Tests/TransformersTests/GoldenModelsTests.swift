import Checkpoints
import JSONText
import Tensors
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
        let model = try BERTModel(ModelDirectory(path: ModelGoldens.directory(name)))
        let states = try model.encode(golden["texts"]?.idRows ?? [])
        let difference = largestDifference(
            states.matrix.elements, golden["states"]?.floats ?? [])
        #expect(difference <= Self.tolerance)
        print("\(name): largest difference \(difference)")
    }
}
