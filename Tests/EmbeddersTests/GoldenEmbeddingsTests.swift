import Checkpoints
import Embedders
import JSONText
import Tensors
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
        let embedder = try CLIPTextEmbedder(
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
}
