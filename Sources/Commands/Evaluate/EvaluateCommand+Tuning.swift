internal import Corpus
internal import Service

/// `reel eval tune`: channel weights for the user's own library.
extension EvaluateCommand {
    static func tuning(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        var request = TuningRequest(
            queries: try required("queries", "FILE", arguments),
            search: try SearchOptions.request("", arguments, in: context))
        request.writes = arguments.has("write")
        let interruption = Interruption.watch(console: context.console)
        var line = ProgressLine(console: context.console)
        let report = try context.application.tune(
            request, progress: { line.update(done: $0, "searches") },
            isCancelled: { interruption.isRequested })
        line.clear()
        let console = context.console
        if context.wantsJSON {
            try console.printJSON(report)
        } else {
            console.print("weights before: \(text(report.weightsBefore))")
            console.print("weights after:  \(text(report.weightsAfter))")
            console.print("fitted half:    \(text(report.training))")
            console.print("held-out half:  \(text(report.heldOut))")
            console.note(verdict(report))
        }
        return report.verdict == .worse ? .failure : .success
    }

    private static func verdict(_ report: TuningReport) -> String {
        switch report.verdict {
        case .better:
            report.written.map { "The held-out half gains: written to \($0)." }
                ?? "The held-out half gains: add --write to keep these weights in reel.json."
        case .worse:
            "The held-out half loses: these weights are refused, and nothing was written."
        case .same:
            "The held-out half neither gains nor loses: the weights stay as they are."
        }
    }

    /// As `--weights` takes them.
    private static func text(_ weights: [Channel: Double]) -> String {
        Channel.allCases.compactMap { channel in
            weights[channel].map { "\(channel.rawValue)=\(number($0))" }
        }.joined(separator: ",")
    }

    /// `1`, `0.625`
    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }

    private static func text(_ comparison: OutcomeComparison) -> String {
        "MRR \(fixed(comparison.mrrBefore, decimals: 3)) → "
            + "\(fixed(comparison.mrrAfter, decimals: 3)), \(comparison.wins.count) better, "
            + "\(comparison.losses.count) worse, \(comparison.ties.count) the same"
    }
}
