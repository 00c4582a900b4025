import Testing
import Tokenizers

@Suite("Tokens equal those of Hugging Face's tokenizers")
struct GoldenTokensTests {
    @Test(
        "every line of the corpus gets the same ids",
        arguments: ["bert-uncased", "bert-cased", "clip"])
    func corpus(name: String) throws {
        try compare(TokenizerDirectory.open(TokenGoldens.directory(name)), with: name)
    }

    @Test(
        "all-MiniLM-L6-v2 gets the same ids",
        .enabled(if: FetchedModel.isThere, "models/all-MiniLM-L6-v2 is fetched at set-up"))
    func miniLM() throws {
        try compare(TokenizerDirectory.open(FetchedModel.path), with: "all-MiniLM-L6-v2")
    }

    private func compare(_ tokenizer: any Tokenizer, with name: String) throws {
        let goldens = try TokenGoldens()
        let expected = goldens.ids(name)
        #expect(goldens.lines.count >= 300 && expected.count == goldens.lines.count)
        for (line, ids) in zip(goldens.lines, expected) {
            let found = try tokenizer.encode(line, maximumLength: goldens.maximumLength).ids
            #expect(
                found == ids,
                "\(line.debugDescription): \(found.map { tokenizer.token(for: $0) ?? "?" })")
        }
    }
}
