/// Adds up where the time of a run goes, step by step.
struct StepClock {
    private(set) var secondsByStep: [IngestStep: Double] = [:]
    private var running: (step: IngestStep, since: ContinuousClock.Instant)?

    mutating func start(_ step: IngestStep) {
        stop()
        running = (step, .now)
    }

    mutating func stop() {
        guard let (step, since) = running else { return }
        let elapsed = since.duration(to: .now)
        let seconds =
            Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        secondsByStep[step, default: 0] += seconds
        running = nil
    }

    mutating func measure<Result>(_ step: IngestStep, _ body: () throws -> Result) rethrows
        -> Result
    {
        start(step)
        defer { stop() }
        return try body()
    }
}
