package import LanguageModels

/// What this module asks of language models; the files lie in `prompts/`.
extension PromptTemplate.Kind {
    package static let answer = Self("answer", variables: ["question", "evidence"])
    package static let verify = Self("verify", variables: ["question", "evidence", "sentences"])
    package static let rewrite = Self("rewrite", variables: ["question", "conversation"])
}
