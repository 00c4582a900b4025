internal import Glibc

/// How well charges were told, over many cases.
package struct ChargeFigures: Sendable, Equatable, Codable {
    package var cases = 0
    /// The likeliest charge is the case's first, 0…1.
    package var accuracy = 0.0
    /// Mean over charges that occur or were said of 2·right / (occurring + said), for the likeliest
    /// charge against the first, 0…1.
    package var macroF1 = 0.0
    /// The same over all charges together; of one charge a case it is the accuracy.
    package var microF1 = 0.0

    package init() {}

    enum CodingKeys: String, CodingKey {
        case cases, accuracy
        case macroF1 = "macro_f1"
        case microF1 = "micro_f1"
    }

    /// One charge a case, said and true.
    package init<Charge: Hashable>(said: [Charge], truth: [Charge]) {
        let sets = SetFigures(said: said.map { [$0] }, truth: truth.map { [$0] })
        cases = said.count
        accuracy = sets.exactShare
        macroF1 = sets.macroF1
        microF1 = sets.microF1
    }

    /// What settings are chosen by: both figures count alike.
    var quality: Double { (accuracy + macroF1) / 2 }
}

/// How well sets of charges were told.
package struct SetFigures: Sendable, Equatable {
    /// All charges of the case and no other, share of cases.
    package let exactShare: Double
    package let macroF1: Double
    package let microF1: Double

    package init<Charge: Hashable>(said: [[Charge]], truth: [[Charge]]) {
        var counts: [Charge: (right: Int, said: Int, true: Int)] = [:]
        var exact = 0
        for (said, truth) in zip(said, truth) {
            let (said, truth) = (Set(said), Set(truth))
            if said == truth { exact += 1 }
            for charge in said.union(truth) {
                var count = counts[charge] ?? (0, 0, 0)
                if said.contains(charge) { count.said += 1 }
                if truth.contains(charge) { count.true += 1 }
                if said.contains(charge), truth.contains(charge) { count.right += 1 }
                counts[charge] = count
            }
        }
        func f1(_ count: (right: Int, said: Int, true: Int)) -> Double {
            count.said + count.true == 0
                ? 0 : 2 * Double(count.right) / Double(count.said + count.true)
        }
        exactShare = said.isEmpty ? 0 : Double(exact) / Double(said.count)
        macroF1 =
            counts.isEmpty ? 0 : counts.values.map(f1).sorted().reduce(0, +) / Double(counts.count)
        microF1 = f1(
            counts.values.reduce(into: (0, 0, 0)) { sum, count in
                sum = (sum.0 + count.right, sum.1 + count.said, sum.2 + count.true)
            })
    }

    /// The charge score of CAIL2018, 0…1: the mean of both.
    package var cailScore: Double { (macroF1 + microF1) / 2 }
}

/// The term score of CAIL2018.
package enum TermScore {
    /// 0…1, by how many times too long or too short: |ln(said + 1) − ln(true + 1)|. Life and death
    /// count only when they are said, and nothing else does then.
    package static func score(said: Sentence, truth: Sentence) -> Double {
        if truth.isDeath || said.isDeath { return truth.isDeath == said.isDeath ? 1 : 0 }
        if truth.isLife || said.isLife { return truth.isLife == said.isLife ? 1 : 0 }
        let distance = abs(
            log(Double(said.months) + 1) - log(Double(truth.months) + 1))
        switch distance {
        case ...0.2: return 1
        case ...0.4: return 0.8
        case ...0.6: return 0.6
        case ...0.8: return 0.4
        case ...1: return 0.2
        default: return 0
        }
    }
}
