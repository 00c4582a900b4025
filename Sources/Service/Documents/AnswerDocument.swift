internal import Corpus

/// An answer as JSON: `reel ask --json`, and over HTTP and MCP.
package struct AnswerDocument: Encodable {
    let schemaVersion = 1
    let question: String
    let generation: Int64
    let found: Bool
    let answer: Sentences?
    let evidence: [EvidenceDocument]
    let missing: [String]
    let notes: [String]
    let milliseconds: [String: Double]
    /// Who wrote the sentences; absent when they are the library's own.
    let model: String?
    let alternatives: [Alternative]
    let stage: String?

    struct Alternative: Encodable {
        let path: String
        let text: String
        let score: Double
    }

    struct Sentences: Encodable {
        let sentences: [Sentence]
    }

    struct Sentence: Encodable {
        let text: String
        let citations: [Int]
        let supported: Bool
        let score: Double
    }

    struct EvidenceDocument: Encodable {
        let id: Int
        let asset: AssetDocument
        let moment: SpanDocument
        let text: String
        let source: PassageSource?
        let tags: [String]
        let digest: String
        let confidence: Double?
        let links: AssetLinks?
    }

    /// - Parameters:
    ///   - addresses: whether evidence comes with links.
    ///   - stage: what is known, when an answer is told in stages.
    package init(
        _ answer: LibraryAnswer, addresses: SearchDocument.Addresses = .paths,
        stage: String? = nil
    ) {
        self.stage = stage
        question = answer.question
        generation = answer.generation
        found = answer.isFound
        self.answer = answer.sentences.map { sentences in
            Sentences(
                sentences: sentences.map {
                    Sentence(
                        text: $0.text, citations: $0.citations, supported: $0.isSupported,
                        score: Self.rounded($0.score))
                })
        }
        evidence = answer.evidence.map {
            EvidenceDocument(
                id: $0.id, asset: AssetDocument($0.asset), moment: SpanDocument($0.span),
                text: $0.text, source: $0.source, tags: $0.tags, digest: $0.digest,
                confidence: $0.confidence,
                links: addresses == .links
                    ? AssetLinks(
                        $0.asset.id, frame: $0.keyFrame, hasCaptions: $0.hasCaptions)
                    : nil)
        }
        missing = answer.missing
        notes = answer.notes
        milliseconds = answer.milliseconds
        model = answer.model
        alternatives = answer.alternatives.map {
            Alternative(path: $0.path, text: $0.text, score: Self.rounded($0.score))
        }
    }

    private static func rounded(_ score: Double) -> Double { (score * 10_000).rounded() / 10_000 }

    enum CodingKeys: String, CodingKey {
        case schemaVersion = "schema_version"
        case question, generation, found, answer, evidence, missing, notes, milliseconds, model
        case alternatives, stage
    }
}
