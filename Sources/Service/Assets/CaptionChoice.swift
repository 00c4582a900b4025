internal import Corpus
internal import UnicodeText

/// The passages that are shown as captions, where a file has several languages, and people's words
/// beside a machine's.
struct CaptionChoice {
    let passages: [Passage]

    /// - Parameters:
    ///   - spoken: subtitles and transcripts, each with its span.
    ///   - language: the one that is wanted.
    ///   - preferred: where none is, languages best first.
    init(_ spoken: [Passage], language: String?, preferred: [String]) {
        let subtitles = spoken.filter { $0.source == .subtitle }
        let languages = Set(subtitles.map(\.language))
        let wanted = ([language].compactMap { $0 } + preferred).lazy.compactMap { wanted in
            languages.first { $0.map { LanguageCode.areSame($0, wanted) } ?? false }
        }.first
        // Of several languages at once nobody reads any.
        let most = languages.max { one, other in
            let counts = [one, other].map { language in
                subtitles.count { $0.language == language }
            }
            return (counts[0], other ?? "") < (counts[1], one ?? "")
        }
        let shown = subtitles.filter { $0.language == (wanted ?? most ?? nil) }
        // A machine's words only where people's are missing.
        let heard = spoken.filter { passage in
            guard passage.source == .transcript, let span = passage.span else { return false }
            return !shown.contains { subtitle in
                guard let other = subtitle.span else { return false }
                return span.startSeconds < other.endSeconds
                    && other.startSeconds < span.endSeconds
            }
        }
        passages = shown + heard
    }
}
