import CFFmpeg
package import Corpus

/// A named part of a medium.
package struct Chapter: Sendable, Equatable {
    /// One line, at most 300 characters; never empty.
    package var title: String
    package var span: TimeSpan

    /// Audio books have hundreds.
    static let mostCount = 2_000

    /// Those that have a title and a time.
    static func all(of reader: ContainerReader) -> [Chapter] {
        let context = reader.context.pointee
        guard let list = context.chapters else { return [] }
        let count = min(Int(context.nb_chapters), mostCount)
        return UnsafeBufferPointer(start: list, count: count).compactMap { entry in
            guard let chapter = entry?.pointee,
                let title = ContainerText.line(metadataValue(chapter.metadata, "title")),
                chapter.time_base.num > 0, chapter.time_base.den > 0
            else { return nil }
            let secondsPerTick = av_q2d(chapter.time_base)
            let start = max(0, Double(chapter.start) * secondsPerTick - reader.originSeconds)
            let end =
                chapter.end == reel_no_timestamp
                ? start : Double(chapter.end) * secondsPerTick - reader.originSeconds
            guard start.isFinite, end.isFinite else { return nil }
            return Chapter(title: title, span: .init(startSeconds: start, endSeconds: end))
        }.sorted { $0.span.startSeconds < $1.span.startSeconds }
    }
}

/// Text that people and programs leave in containers: anything may stand in it.
enum ContainerText {
    /// The names libav gives to metadata that describes the content, whatever the container's own.
    private static let describing = [
        "description", "synopsis", "comment", "artist", "album_artist", "album", "show", "network",
        "episode_id", "composer", "performer", "genre", "location", "location-eng", "keywords",
        "subtitle", "copyright",
    ]
    private static let longest = 2_000  // characters of one text

    /// One line, at most 300 characters; nil when nothing is left.
    static func line(_ text: String?) -> String? {
        clean(text, longest: 300)
    }

    /// Each once, in the order above, without the title.
    static func descriptions(of reader: ContainerReader, title: String?) -> [String] {
        var found: [String] = []
        for key in describing {
            guard let value = metadataValue(reader.context.pointee.metadata, key),
                let text = clean(value, longest: longest), text != title, !found.contains(text)
            else { continue }
            found.append(text)
        }
        return found
    }

    /// Words with one space between them, without control characters.
    private static func clean(_ text: String?, longest: Int) -> String? {
        guard let text else { return nil }
        let words = text.prefix(longest * 4).split { character in
            character.isWhitespace
                || character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
        }
        let clean = String(words.joined(separator: " ").prefix(longest))
        return clean.isEmpty ? nil : clean
    }
}
