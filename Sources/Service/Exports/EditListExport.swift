internal import Corpus

/// Moments one after the other as an edit decision list (CMX 3600), which every editing program
/// reads. Files are told by their names in comments: the list itself knows tapes only.
struct EditListExport {
    private let export: HitExport

    init(_ export: HitExport) { self.export = export }

    /// Programmes begin at one hour, as the trade has it.
    private static let startHours = 1

    var text: String {
        let rate = export.frameRate
        var lines = ["TITLE: " + export.title, "FCM: NON-DROP FRAME", ""]
        var recorded = rate.frame(atSeconds: Double(Self.startHours) * 3600 * Self.slowness(rate))
        for (number, hit) in export.playable.prefix(999).enumerated() {
            let source =
                hit.asset.kind == .image
                ? rate.frames(fromSeconds: 0, to: HitExport.stillSeconds)
                : rate.frames(fromSeconds: hit.moment.startSeconds, to: hit.moment.endSeconds)
            let codes = [
                source.lowerBound, source.upperBound, recorded, recorded + source.count,
            ].map(rate.timeCode).joined(separator: " ")
            lines.append(
                "\(Self.padded("\(number + 1)"))  AX       \(Self.track(hit.asset))  C        \(codes)"
            )
            lines.append("* FROM CLIP NAME: " + HitExport.name(of: hit.asset))
            lines.append("* SOURCE FILE: " + HitExport.oneLine(hit.asset.path))
            lines.append("* COMMENT: " + export.label(hit))
            lines.append("")
            recorded += source.count
        }
        return lines.joined(separator: "\n")
    }

    /// So that the first time code is a whole hour also where it runs slower than the clock.
    private static func slowness(_ rate: FrameRate) -> Double {
        let nominal = (rate.numerator + rate.denominator - 1) / rate.denominator
        return Double(nominal * rate.denominator) / Double(rate.numerator)
    }

    private static func padded(_ number: String) -> String {
        String(repeating: "0", count: max(0, 3 - number.count)) + number
    }

    /// Four columns wide.
    private static func track(_ asset: Asset) -> String {
        switch asset.kind {
        case .audio: "AA  "
        case .video: "AA/V"
        case .image, .text: "V   "
        }
    }
}
