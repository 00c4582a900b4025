internal import Glibc

/// How high the best find of an unrelated query scores: a Gumbel distribution, the limit law of
/// maxima (Gumbel 1958, *Statistics of Extremes*).
///
/// It is fitted to the middle half of what unrelated queries scored. Some of them are related
/// after all (a list of common words meets a library of animals at *horse*); they sit at the top,
/// where they would pass for chance, and the fit does not look there.
struct NullDistribution: Sendable, Equatable, Codable {
    /// Mode.
    var location: Double
    /// Above 0.
    var scale: Double

    /// - Parameters:
    ///   - maxima: the best score of each unrelated query, at least four.
    ///   - minimumScale: where half of them are equal, as when most found nothing.
    init?(fittedTo maxima: [Double], minimumScale: Double = 1e-3) {
        let sorted = maxima.filter(\.isFinite).sorted()
        guard sorted.count >= 4 else { return nil }
        func quantile(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let below = Int(place)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
        }
        // The quantile function is location − scale · ln(−ln share).
        let spread = log(-log(0.25)) - log(-log(0.75))
        scale = max(minimumScale, (quantile(0.75) - quantile(0.25)) / spread)
        location = quantile(0.5) + scale * log(-log(0.5))
    }

    /// The chance that an unrelated query scores as high, 0…1.
    func falseAlarmRate(of score: Double) -> Double {
        // 1 − exp(−e^−z), without losing small ones.
        -expm1(-exp(-(score - location) / scale))
    }
}
