package import Corpus

/// All that people wrote down of what is said in a medium: files beside it, or else streams inside.
package struct MediaSubtitles: Sendable, Equatable {
    /// Sorted by start within each file or container.
    package var passages: [Passage] = []
    /// Sentences on what could not be read.
    package var notes: [String] = []

    /// Subtitle files beside the medium are people's choice and win over streams inside it. A
    /// broken one is noted; when none can be read, the streams are.
    /// - Parameters:
    ///   - path: of the medium.
    ///   - languages: wanted ones, best first, as ISO 639 codes; empty for all. Of several files,
    ///     or streams, those in the first that exists are read; all when none does.
    ///   - sidecars: the files beside the medium, from whoever has listed the folder; nil: it is
    ///     listed here.
    package static func read(
        from media: MediaFile, atPath path: String, languages: [String] = [],
        sidecars: [SidecarSubtitles.Found]? = nil
    ) throws -> MediaSubtitles {
        var found = MediaSubtitles()
        let sidecars = LanguageChoice.chosen(
            from: sidecars ?? SidecarSubtitles.find(besideMediaAt: path), languages: languages,
            code: \.language)
        var hasFile = false
        for sidecar in sidecars {
            do {
                found.passages += try SubtitleFile.passages(
                    atPath: sidecar.path, language: sidecar.language, limits: media.limits)
                hasFile = true
            } catch {
                found.notes.append("\(error)")
            }
        }
        guard !hasFile else { return found }
        found.passages = try SubtitleReader().streamPassages(in: media, languages: languages)
        if let note = pictureNote(on: media) { found.notes.append(note) }
        return found
    }

    /// Subtitles made of pictures (Blu-ray, DVD, broadcasts) hold no text.
    private static func pictureNote(on media: MediaFile) -> String? {
        let pictures = media.subtitleStreams.filter { !$0.isText }
        guard !pictures.isEmpty else { return nil }
        let names = pictures.map { stream in
            "\(stream.codec)" + (stream.language.map { " (\($0))" } ?? "")
        }
        return "Subtitles made of pictures are not read: \(names.joined(separator: ", "))."
    }
}
