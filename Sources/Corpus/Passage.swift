/// A piece of text that belongs to a moment of an asset, or to the asset as a whole.
package struct Passage: Sendable, Equatable {
    package var text: String
    package var source: PassageSource
    /// Nil when the text is about the whole asset, as a title is.
    package var span: TimeSpan?
    /// ISO 639 code when the file says it (`eng`, `en`, `zho`).
    package var language: String?
    /// How sure the machine is that made the text, 0…1; nil for people's words.
    package var confidence: Double?

    package init(
        text: String, source: PassageSource, span: TimeSpan? = nil, language: String? = nil,
        confidence: Double? = nil
    ) {
        self.text = text
        self.source = source
        self.span = span
        self.language = language
        self.confidence = confidence
    }
}

/// Where a passage's text came from. The raw value is stored in the library and shown in JSON.
package enum PassageSource: String, Sendable, CaseIterable, Codable {
    /// Words of the file's name.
    case fileName = "file_name"
    /// Title in the container's metadata.
    case title
    /// What the asset shows or is about, in someone's or a model's words.
    case description
    /// Title of a chapter, over its span.
    case chapter
    /// Speech, recognised by a machine.
    case transcript
    /// Subtitle or caption: a file beside the media, or a stream inside it.
    case subtitle
    /// Text that stands in the picture: slides, captions, signs.
    case screenText = "screen_text"
    /// A word or two that a model put on what is seen.
    case tag
    /// The words of a text file.
    case text
}
