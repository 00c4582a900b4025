internal import Corpus

/// Moments one after the other as a project of Final Cut Pro: FCPXML 1.10, which DaVinci Resolve
/// and others read too. All times are whole frames, written as fractions of a second.
struct FinalCutExport {
    private let export: HitExport

    init(_ export: HitExport) { self.export = export }

    var text: String {
        let rate = export.frameRate
        let hits = export.playable
        var resources = [
            "<format id=\"r1\" name=\"FFVideoFormatRateUndefined\" "
                + "frameDuration=\"\(rate.rationalSeconds(1))\" width=\"1920\" height=\"1080\"/>"
        ]
        var references: [AssetID: String] = [:]
        for hit in hits where references[hit.asset.id] == nil {
            let reference = "r\(references.count + 2)"
            references[hit.asset.id] = reference
            resources += asset(hit.asset, id: reference, rate: rate)
        }
        var clips: [String] = []
        var offset = 0
        for hit in hits {
            let isStill = hit.asset.kind == .image
            let frames =
                isStill
                ? rate.frames(fromSeconds: 0, to: HitExport.stillSeconds)
                : rate.frames(fromSeconds: hit.moment.startSeconds, to: hit.moment.endSeconds)
            let element = isStill ? "video" : "asset-clip"
            clips += [
                "<\(element) ref=\"\(references[hit.asset.id] ?? "r1")\" "
                    + "offset=\"\(rate.rationalSeconds(offset))\" "
                    + "name=\"\(Self.escaped(HitExport.name(of: hit.asset)))\" "
                    + "start=\"\(rate.rationalSeconds(frames.lowerBound))\" "
                    + "duration=\"\(rate.rationalSeconds(frames.count))\">",
                "    <note>\(Self.escaped(export.label(hit)))</note>",
                "</\(element)>",
            ]
            offset += frames.count
        }
        let title = Self.escaped(export.title)
        let lines =
            [
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE fcpxml>",
                "<fcpxml version=\"1.10\">", "    <resources>",
            ]
            + resources.map { "        " + $0 }
            + [
                "    </resources>", "    <library>", "        <event name=\"\(title)\">",
                "            <project name=\"\(title)\">",
                "                <sequence format=\"r1\" "
                    + "duration=\"\(rate.rationalSeconds(offset))\" tcStart=\"0s\" tcFormat=\"NDF\">",
                "                    <spine>",
            ]
            + clips.map { "                        " + $0 }
            + [
                "                    </spine>", "                </sequence>",
                "            </project>", "        </event>", "    </library>", "</fcpxml>",
            ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func asset(_ asset: Asset, id: String, rate: FrameRate) -> [String] {
        // A still has no length of its own.
        let length =
            asset.kind == .image
            ? 0 : rate.frames(fromSeconds: 0, to: asset.durationSeconds).upperBound
        let streams =
            switch asset.kind {
            case .audio: "hasAudio=\"1\" audioSources=\"1\""
            case .image: "hasVideo=\"1\" format=\"r1\""
            case .video, .text: "hasVideo=\"1\" format=\"r1\" hasAudio=\"1\" audioSources=\"1\""
            }
        return [
            "<asset id=\"\(id)\" name=\"\(Self.escaped(HitExport.name(of: asset)))\" start=\"0s\" "
                + "duration=\"\(rate.rationalSeconds(length))\" \(streams)>",
            "    <media-rep kind=\"original-media\" "
                + "src=\"\(Self.escaped(HitExport.fileURL(asset.path)))\"/>",
            "</asset>",
        ]
    }

    /// For text and attributes of XML 1.0, which has no way to write control characters.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&apos;"
            case "\t", "\n", "\r": escaped += " "
            default:
                let isAllowed =
                    scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                if isAllowed { escaped.unicodeScalars.append(scalar) }
            }
        }
        return escaped
    }
}
