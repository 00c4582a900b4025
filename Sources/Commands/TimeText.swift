internal import Foundation

/// Times as people read them: `0:07`, `12:30`, `1:02:03`.
func clockTime(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds.isFinite ? seconds : 0))
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0
        ? String(format: "%d:%02d:%02d", hours, minutes, rest)
        : String(format: "%d:%02d", minutes, rest)
}

/// `1 file`, `2 files`; `1 query`, `2 queries` with the plural given.
func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}

/// A number with a fixed count of decimals.
func fixed(_ number: Double, decimals: Int) -> String {
    String(format: "%.\(decimals)f", number)
}

extension String {
    /// With spaces behind it up to a width.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
