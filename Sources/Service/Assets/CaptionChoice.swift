internal import Corpus
internal import UnicodeText

/// The passages that are shown as captions, where a file has several languages, and people's words
/// beside a machine's.
struct CaptionChoice {
    let passages: [Passage]
    /// What most of them are in, as an ISO 639 code; nil where it is not known.
    let language: String?

    /// Of the words that captions are made of.
    static let sources: [PassageSource] = [.subtitle, .transcript]

    /// - Parameters:
    ///   - passages: of an asset; those that are not spoken, or at no time, are passed over.
    ///   - language: the one that is wanted.
    ///   - preferred: where none is, languages best first.
    init(of passages: [Passage], language: String?, preferred: [String]) {
        let spoken = passages.filter { Self.sources.contains($0.source) && $0.span != nil }
        let subtitles = spoken.filter { $0.source == .subtitle }
        let languages = Set(subtitles.map(\.language))
        let wanted = ([language].compactMap { $0 } + preferred).lazy.compactMap { wanted in
            languages.first { $0.map { LanguageCode.areSame($0, wanted) } ?? false }
        }.first
        // Of several languages at once nobody reads any.
        let most = Self.commonest(in: subtitles.map(\.language))
        let shown = subtitles.filter { $0.language == (wanted ?? most) }
        // A machine's words only where people's are missing.
        let heard = spoken.filter { passage in
            guard passage.source == .transcript, let span = passage.span else { return false }
            return !shown.contains { subtitle in
                guard let other = subtitle.span else { return false }
                return span.startSeconds < other.endSeconds
                    && other.startSeconds < span.endSeconds
            }
        }
        self.passages = shown + heard
        self.language = Self.commonest(in: self.passages.map(\.language))
    }

    /// Of equally many the first by name. Nil is a language too: one that nobody named.
    private static func commonest(in languages: [String?]) -> String? {
        var counts: [String?: Int] = [:]
        for language in languages { counts[language, default: 0] += 1 }
        return counts.max { ($0.value, $1.key ?? "") < ($1.value, $0.key ?? "") }?.key
    }
}
