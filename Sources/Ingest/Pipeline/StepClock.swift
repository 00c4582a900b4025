/// Adds up where the time of a run goes, step by step. Steps of several threads add up to more than
/// the time that passed.
struct StepClock {
    private(set) var secondsByStep: [IngestStep: Double] = [:]

    mutating func measure<Result>(_ step: IngestStep, _ body: () throws -> Result) rethrows
        -> Result
    {
        let start = ContinuousClock.now
        defer { secondsByStep[step, default: 0] += start.duration(to: .now) / .seconds(1) }
        return try body()
    }

    mutating func add(_ seconds: [IngestStep: Double]) {
        secondsByStep.merge(seconds, uniquingKeysWith: +)
    }

    /// Tells time that was measured as another step's.
    mutating func move(_ seconds: Double, from: IngestStep, to: IngestStep) {
        secondsByStep[from, default: 0] -= seconds
        secondsByStep[to, default: 0] += seconds
    }
}
