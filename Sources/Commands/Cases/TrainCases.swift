internal import Service

/// `reel cases train`.
extension CasesCommand {
    static func train(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        try refuseOperands(arguments, after: 1)
        let interruption = Interruption.watch(console: context.console)
        let line = Shown(ProgressLine(console: context.console))
        let report = try context.application.trainCases(
            progress: { line.value.update(done: $0.done, total: $0.total, $0.what) },
            isCancelled: { interruption.isRequested })
        line.value.clear()
        guard !context.wantsJSON else {
            try context.console.printJSON(report)
            return .success
        }
        context.console.print(
            "\(counted(report.charges, "charge")) learned from \(counted(report.cases, "case")) by "
                + "\(counted(report.terms, "term")) (\(report.features)) in "
                + "\(fixed(report.seconds, decimals: 1)) s.")
        context.console.print(
            "On cases held out: accuracy \(fixed(report.accuracy, decimals: 3)), "
                + "macro-F1 \(fixed(report.macroF1, decimals: 3)) (\(report.folds) folds).")
        if let encoder = report.encoder, let head = report.headAccuracy,
            let mixed = report.mixedAccuracy, let gain = report.mixedGain,
            let least = report.leastGain
        {
            context.console.print(
                "A head on \(encoder): alone \(fixed(head, decimals: 3)), mixed in "
                    + "\(fixed(mixed, decimals: 3)). On cases not chosen on, the mix is "
                    + "\(fixed(abs(gain), decimals: 3)) \(gain < 0 ? "worse" : "better"), and it is "
                    + "used from \(fixed(least, decimals: 3)) on: it is "
                    + (report.classifier == "mixed" ? "used." : "not used."))
        }
        return .success
    }

    /// A value that closures share.
    private final class Shown<Value> {
        var value: Value
        init(_ value: Value) { self.value = value }
    }
}
