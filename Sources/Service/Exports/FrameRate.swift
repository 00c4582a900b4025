/// Frames a second as a ratio, so that times of edit lists are exact.
package struct FrameRate: Sendable, Equatable {
    /// Frames…
    package let numerator: Int
    /// …in so many seconds: 1001 for the rates of American television.
    package let denominator: Int

    package static let `default` = FrameRate(numerator: 25, denominator: 1)

    /// As people write them.
    package static let known: [(name: String, rate: FrameRate)] = [
        ("23.976", FrameRate(numerator: 24000, denominator: 1001)),
        ("24", FrameRate(numerator: 24, denominator: 1)),
        ("25", .default),
        ("29.97", FrameRate(numerator: 30000, denominator: 1001)),
        ("30", FrameRate(numerator: 30, denominator: 1)),
        ("50", FrameRate(numerator: 50, denominator: 1)),
        ("59.94", FrameRate(numerator: 60000, denominator: 1001)),
        ("60", FrameRate(numerator: 60, denominator: 1)),
    ]

    private init(numerator: Int, denominator: Int) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Nil for a rate that is none of `known`.
    package init?(_ name: String) {
        guard let known = Self.known.first(where: { $0.name == name }) else { return nil }
        self = known.rate
    }

    /// A hundred hours, which no time code counts beyond.
    private static let longestSeconds = 359_999.0

    /// The frame nearest to a time.
    func frame(atSeconds seconds: Double) -> Int {
        let held = seconds.isFinite ? min(Self.longestSeconds, max(0, seconds)) : 0
        return Int((held * Double(numerator) / Double(denominator)).rounded())
    }

    /// The frames of a span, one at least.
    func frames(fromSeconds start: Double, to end: Double) -> Range<Int> {
        let first = frame(atSeconds: start)
        return first..<max(first + 1, frame(atSeconds: end))
    }

    /// Hours, minutes, seconds and frames, counted without leaving any out: at 29.97 frames a
    /// second a time code runs a little slower than the clock.
    func timeCode(_ frame: Int) -> String {
        let nominal = (numerator + denominator - 1) / denominator
        let seconds = frame / nominal
        return [seconds / 3600 % 100, seconds / 60 % 60, seconds % 60, frame % nominal]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }

    /// Seconds as a fraction, as FCPXML writes them.
    func rationalSeconds(_ frames: Int) -> String {
        frames == 0 ? "0s" : "\(frames * denominator)/\(numerator)s"
    }
}
