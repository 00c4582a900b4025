internal import Service

/// `reel cases import`.
extension CasesCommand {
    static func importFiles(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        let files = Array(arguments.operands.dropFirst())
        guard !files.isEmpty else { throw UsageError.missingOperand("A file of cases") }
        var request = CaseImportRequest(files: files)
        request.encoding = try arguments.choice(
            "encoding", of: CaseImportRequest.Encoding.self)
        let interruption = Interruption.watch(console: context.console)
        var line = ProgressLine(console: context.console)
        let report = try context.application.importCases(
            request, progress: { line.update(done: $0, "lines") },
            isCancelled: { interruption.isRequested })
        line.clear()
        if context.wantsJSON {
            try context.console.printJSON(report)
        } else {
            for fault in report.faults {
                context.console.complain(
                    "\(context.shown(fault.file)):\(fault.line): \(fault.reason)")
            }
            let untold = report.bad - report.faults.count
            if untold > 0 { context.console.complain("… and \(counted(untold, "bad line")) more") }
            context.console.print(
                "\(counted(report.added, "case")) added, \(report.known) known already, "
                    + "\(counted(report.bad, "bad line")) left out. The library has "
                    + "\(counted(report.cases, "case")) and \(counted(report.charges, "charge")).")
        }
        if report.wasCancelled { return .interrupted }
        return report.bad > 0 ? .someInputsFailed : .success
    }
}
