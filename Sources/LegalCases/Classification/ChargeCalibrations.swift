/// Margins as probabilities, and from which probability on a charge is said.
struct ChargeCalibrations: Sendable {
    /// One a charge.
    let values: [Calibration]
    let threshold: Double
    /// How well the likeliest charge tells the first one, on the margins it was fitted to.
    let figures: ChargeFigures

    /// Charges with fewer cases share one fit: theirs alone would fit chance.
    private static let leastCases = 8
    /// A fit of its own for each charge must be better by this much: it was fitted to these cases.
    private static let gain = 0.002
    private static let thresholds = [0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6]

    init(_ margins: HeldOutMargins) {
        let charges = margins.chargeCount
        let sides = (0..<charges).map { charge in margins.labels.map { $0.contains(charge) } }
        let shared = Calibration(
            margins: (0..<charges).flatMap { margins.margins(of: $0) },
            isPositive: sides.flatMap { $0 })
        let own = (0..<charges).map { charge in
            let cases = sides[charge].reduce(0) { $0 + ($1 ? 1 : 0) }
            return cases < Self.leastCases
                ? shared
                : Calibration(margins: margins.margins(of: charge), isPositive: sides[charge])
        }
        let together = margins.figures()
        let apart = margins.figures { own[$0].probability(Double($1)) }
        let winsApart = apart.quality > together.quality + Self.gain
        let values = winsApart ? own : [Calibration](repeating: shared, count: charges)
        self.values = values
        figures = winsApart ? apart : together
        let judged = (0..<margins.count).map { index in
            margins.row(index).enumerated()
                .map { (charge: $0, probability: values[$0].probability(Double($1))) }
                .sorted { $0.probability > $1.probability }
                .prefix(ChargeJudgement.chosenLimit)
        }
        func quality(_ threshold: Double) -> Double {
            let said = judged.map { charges in
                let likely = charges.filter { $0.probability >= threshold }
                return (likely.isEmpty ? Array(charges.prefix(1)) : likely).map(\.charge)
            }
            return SetFigures(said: said, truth: margins.labels).cailScore
        }
        let tried = Self.thresholds.map { (threshold: $0, quality: quality($0)) }
        // Of equally good ones the one nearest to an even chance.
        threshold =
            tried.max {
                ($0.quality, -abs($0.threshold - 0.5)) < ($1.quality, -abs($1.threshold - 0.5))
            }?.threshold ?? 0.5
    }
}
