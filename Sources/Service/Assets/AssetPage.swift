package import Corpus
internal import Foundation
internal import Storage

/// An asset with what a list shows of it.
package struct AssetCard: Sendable {
    package var summary: AssetSummary
    /// Every path it was seen at, in order.
    package var paths: [String]
    /// Ordinal of the key frame that stands for it; nil where there is none.
    package var frame: Int?
    /// Whether there are words that are spoken or subtitled.
    package var hasCaptions: Bool
}

/// Some of a library's assets, in order of path.
package struct AssetPage: Sendable {
    package var generation: Int64
    package var assets: [AssetCard]
    /// Files that could not be used, with the reason; on the first page.
    package var problems: [FileProblem] = []
    /// Files whose assets were taken out; on the first page.
    package var removed: [FileProblem] = []
    /// Where the next page begins; nil at the end.
    package var next: AssetCursor?
}

/// One asset with all that the library knows of it.
package struct AssetDetails: Sendable {
    package var generation: Int64
    package var card: AssetCard
    package var timeline: AssetTimeline
    /// Of the captions, as an ISO 639 code; nil where it is not known, or there are none.
    package var captionLanguage: String?
}

/// Where a page ends. A page begins behind a path, so that assets that come and go meanwhile are
/// neither shown twice nor push others out; the generation tells a client that they did.
package struct AssetCursor: Sendable, Equatable {
    var generation: Int64
    /// Of the last asset shown.
    var path: String

    init(generation: Int64, path: String) {
        self.generation = generation
        self.path = path
    }

    /// Opaque to clients: base64 that needs no escaping in an address.
    package var text: String {
        Data("\(generation)/\(path)".utf8).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    /// Nil for what `text` never was.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy(Self.isDigit) else { return nil }
        let base64 = text.replacingOccurrences(of: "-", with: "+")
            .replacingOccurrences(of: "_", with: "/")
        let filled = base64 + String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: filled),
            let decoded = String(validating: bytes, as: UTF8.self),
            let slash = decoded.firstIndex(of: "/"),
            let generation = Int64(decoded[..<slash]), generation >= 0,
            !decoded.utf8.contains(0)
        else { return nil }
        self.init(generation: generation, path: String(decoded[decoded.index(after: slash)...]))
        guard !path.isEmpty, self.text == text else { return nil }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension LiveLibrary {
    /// A page of a library; of one that is not there yet, nothing.
    package func assetPage(
        passing filter: AssetFilter, after cursor: AssetCursor?, limit: Int
    ) throws -> AssetPage {
        try Failure.translating {
            do {
                return try readingLatest {
                    try Self.page(of: $0, passing: filter, after: cursor, limit: limit)
                }
            } catch StorageError.noLibrary {
                return AssetPage(generation: 0, assets: [])
            }
        }
    }

    private static func page(
        of library: LibraryReader, passing filter: AssetFilter, after cursor: AssetCursor?,
        limit: Int
    ) throws -> AssetPage {
        // One more than is shown tells whether there are more.
        let found = try library.assets(after: cursor?.path, limit: limit + 1, passing: filter)
        let shown = found.prefix(limit)
        var page = AssetPage(
            generation: library.generation, assets: try shown.map { try Self.card($0, in: library) }
        )
        if found.count > limit, let last = shown.last {
            page.next = AssetCursor(generation: library.generation, path: last.asset.path)
        }
        if cursor == nil {
            (page.problems, page.removed) = try Application.filesNotInUse(of: library)
        }
        return page
    }

    package func assetDetails(_ id: AssetID) throws -> AssetDetails {
        try Failure.translating {
            try readingLatest { library in
                guard let summary = try library.asset(id) else {
                    throw StorageError.noSuchAsset(id.description)
                }
                let timeline = try Application.timeline(of: summary, in: library)
                let captions = CaptionChoice(
                    of: timeline.passages, language: nil,
                    preferred: application.configuration.languages)
                return AssetDetails(
                    generation: library.generation, card: try Self.card(summary, in: library),
                    timeline: timeline, captionLanguage: captions.language)
            }
        }
    }

    private static func card(
        _ summary: AssetSummary, in library: LibraryReader
    ) throws -> AssetCard {
        let id = summary.asset.id
        return AssetCard(
            summary: summary, paths: try library.paths(of: id),
            // Films begin in black, and end with names.
            frame: summary.keyFrameCount > 0 ? summary.keyFrameCount / 3 : nil,
            hasCaptions: try library.hasPassage(of: id, from: CaptionChoice.sources))
    }
}
