package import Corpus

/// A list of moments as a file that players and editing programs open.
package struct HitExport: Sendable {
    package enum Format: String, CaseIterable, Sendable {
        /// Chapters of one film, as WebVTT.
        case vtt
        /// A playlist whose entries begin and end at the moments.
        case m3u
        /// CMX 3600.
        case edl
        /// Final Cut Pro's interchange, version 1.10.
        case fcpxml
    }

    /// What was searched for; names the list.
    package var query: String
    /// In the order the moments are to be shown.
    package var hits: [Hit]
    /// Of the time line that edit lists count in.
    package var frameRate = FrameRate.default

    package init(query: String, hits: [Hit]) {
        self.query = query
        self.hits = hits
    }

    package func text(_ format: Format) -> String {
        switch format {
        case .vtt: ChapterExport(self).text
        case .m3u: PlaylistExport(self).text
        case .edl: EditListExport(self).text
        case .fcpxml: FinalCutExport(self).text
        }
    }

    /// How long a still picture is shown where a time line needs a length, in seconds.
    static let stillSeconds = 5.0

    /// What the list is called.
    var title: String {
        let words = Self.oneLine(query)
        return words.isEmpty ? "reel" : "reel: " + words
    }

    /// The moments with something to see or hear.
    var playable: [Hit] { hits.filter { $0.asset.kind != .text } }

    /// What is said of a moment: the best passage, or else the query.
    func label(_ hit: Hit) -> String {
        let text = Self.oneLine(hit.snippet?.text ?? "")
        return text.isEmpty ? Self.oneLine(query) : text
    }

    /// The last part of a path.
    static func name(of asset: Asset) -> String {
        let name = asset.path.split(separator: "/").last.map(String.init) ?? asset.path
        return oneLine(name)
    }

    /// Without line breaks and control characters, which end a line or a file in these formats.
    static func oneLine(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> UnicodeScalar in
            let category = scalar.properties.generalCategory
            let isBreak =
                category == .control || category == .lineSeparator
                || category == .paragraphSeparator
            return isBreak ? " " : scalar
        }
        return String(String.UnicodeScalarView(scalars))
            .split(separator: " ").joined(separator: " ")
    }

    /// The `file:` URL of a path, with every byte escaped that has a meaning anywhere.
    static func fileURL(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var url = "file://"
        for byte in PathText(path).bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                url.unicodeScalars.append(UnicodeScalar(byte))
            default:
                url += "%"
                url.unicodeScalars.append(digits[Int(byte >> 4)])
                url.unicodeScalars.append(digits[Int(byte & 15)])
            }
        }
        return url
    }
}

extension HitExport.Format {
    package var contentType: String {
        switch self {
        case .vtt: "text/vtt; charset=utf-8"
        case .m3u: "audio/x-mpegurl; charset=utf-8"
        case .edl: "text/plain; charset=utf-8"
        case .fcpxml: "application/xml; charset=utf-8"
        }
    }

    /// Ours are UTF-8, which a playlist says by its extension.
    package var fileName: String {
        switch self {
        case .vtt: "reel-chapters.vtt"
        case .m3u: "reel.m3u8"
        case .edl: "reel.edl"
        case .fcpxml: "reel.fcpxml"
        }
    }
}
