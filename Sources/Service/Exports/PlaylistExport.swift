internal import Corpus
internal import Foundation

/// Moments as a playlist: extended M3U, with VLC's own lines for where an entry begins and ends.
/// Other players play the files whole.
struct PlaylistExport {
    private let export: HitExport

    init(_ export: HitExport) { self.export = export }

    var text: String {
        var lines = ["#EXTM3U", "#PLAYLIST:" + export.title]
        for hit in export.playable {
            let isStill = hit.asset.kind == .image
            let length =
                isStill
                ? HitExport.stillSeconds : hit.moment.endSeconds - hit.moment.startSeconds
            lines.append(
                "#EXTINF:\(Self.whole(length)),\(HitExport.name(of: hit.asset)): "
                    + export.label(hit))
            if !isStill {
                lines.append("#EXTVLCOPT:start-time=" + Self.seconds(hit.moment.startSeconds))
                lines.append("#EXTVLCOPT:stop-time=" + Self.seconds(hit.moment.endSeconds))
            }
            lines.append(HitExport.fileURL(hit.asset.path))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func whole(_ seconds: Double) -> Int {
        Int(min(359_999, max(1, seconds.rounded(.up))))
    }

    private static func seconds(_ seconds: Double) -> String {
        String(format: "%.3f", max(0, seconds))
    }
}
