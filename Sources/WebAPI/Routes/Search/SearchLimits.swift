/// What a search, or the models behind it, may be asked. More is answered 422, or 413 where it is
/// the body as a whole; each value can be read in the API's description.
enum SearchLimits {
    /// Bytes of a query's text.
    static let queryBytes = 8192
    /// Moments of an answer.
    static let top = 100
    /// Milliseconds of reading the best hits again.
    static let rerankMilliseconds = 60_000.0
    static let weight = 1000.0
    /// Bytes of a pattern of paths, a date or an id.
    static let shortTextBytes = 1024
    /// Bytes of a picture to look for.
    static let pictureBytes = 16 << 20
    /// Bytes of a JSON body that asks for a search.
    static let searchBytes = 1 << 20

    /// Texts of one request for embeddings: what OpenAI's clients send at most.
    static let embeddedTexts = 2048
    /// Bytes of a text to be embedded, or of a passage to be scored; the models read less.
    static let passageBytes = 128 << 10
    /// Passages of one request for scores.
    static let scoredPassages = 1000
    /// Bytes of a body for the models.
    static let modelBodyBytes = 8 << 20
}
