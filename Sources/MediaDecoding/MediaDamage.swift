/// What was wrong with a file that could be read in part: a note beside the result, not an error.
package enum MediaDamage: Sendable, Equatable, CustomStringConvertible {
    /// The file ends before its own table of contents says so: a copy or recording was cut off.
    case endsEarly(atSeconds: Double, statedSeconds: Double)
    /// Packets or frames that could not be decoded; the rest was.
    case unreadableParts(count: Int)
    /// A time or frame limit was reached.
    case stopped(atSeconds: Double)

    package var description: String {
        switch self {
        case .endsEarly(let reached, let stated):
            "The file is cut off: it ends after \(clock(reached)) of \(clock(stated)). What was "
                + "there is used; copy or download it again for the rest."
        case .unreadableParts(let count):
            "\(count) \(count == 1 ? "part" : "parts") of the file could not be decoded. The rest "
                + "is used; copy or download it again if something is missing."
        case .stopped(let reached):
            "Decoding took too long and was stopped at \(clock(reached)). What came before is "
                + "used; convert the file if the rest matters."
        }
    }
}

/// Seconds as h:mm:ss.
private func clock(_ seconds: Double) -> String {
    let whole = Int(min(max(0, seconds.rounded()), 1e9))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
}
