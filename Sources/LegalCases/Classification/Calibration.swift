internal import Glibc

/// A margin as a probability: 1 / (1 + exp(slope · margin + offset)), slope below 0.
package struct Calibration: Sendable, Equatable, Codable {
    var slope: Double
    var offset: Double

    func probability(_ margin: Double) -> Double {
        let power = slope * margin + offset
        // Either form overflows on one side.
        return power >= 0 ? exp(-power) / (1 + exp(-power)) : 1 / (1 + exp(power))
    }

    /// Fits the sigmoid to margins of cases that were held out, by Newton's method with
    /// backtracking (Lin, Lin and Weng 2007, "A note on Platt's probabilistic outputs").
    init(margins: [Float], isPositive: [Bool]) {
        let positives = Double(isPositive.reduce(0) { $0 + ($1 ? 1 : 0) })
        let negatives = Double(isPositive.count) - positives
        // Targets a little inside 0…1: the fit of a perfect separation stays finite.
        let high = (positives + 1) / (positives + 2)
        let low = 1 / (negatives + 2)
        var a = 0.0
        var b = log((negatives + 1) / (positives + 1))

        func loss(_ a: Double, _ b: Double) -> Double {
            var sum = 0.0
            for (margin, positive) in zip(margins, isPositive) {
                let target = positive ? high : low
                let power = a * Double(margin) + b
                sum +=
                    power >= 0
                    ? target * power + log1p(exp(-power))
                    : (target - 1) * power + log1p(exp(power))
            }
            return sum
        }
        var current = loss(a, b)
        for _ in 0..<100 {
            var (h11, h22, h21, g1, g2) = (1e-12, 1e-12, 0.0, 0.0, 0.0)
            for (margin, positive) in zip(margins, isPositive) {
                let f = Double(margin)
                let p = Calibration(slope: a, offset: b).probability(f)
                let d1 = (positive ? high : low) - p
                let d2 = p * (1 - p)
                h11 += f * f * d2
                h22 += d2
                h21 += f * d2
                g1 += f * d1
                g2 += d1
            }
            if abs(g1) < 1e-5, abs(g2) < 1e-5 { break }
            let determinant = h11 * h22 - h21 * h21
            let da = -(h22 * g1 - h21 * g2) / determinant
            let db = -(h11 * g2 - h21 * g1) / determinant
            let descent = g1 * da + g2 * db
            var step = 1.0
            while step >= 1e-10 {
                let next = loss(a + step * da, b + step * db)
                if next < current + 1e-4 * step * descent {
                    (a, b, current) = (a + step * da, b + step * db, next)
                    break
                }
                step /= 2
            }
            if step < 1e-10 { break }
        }
        (slope, offset) = (a, b)
    }

    init(slope: Double, offset: Double) {
        self.slope = slope
        self.offset = offset
    }
}
