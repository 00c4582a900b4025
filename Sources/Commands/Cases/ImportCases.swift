internal import Service

/// `reel cases import`.
extension CasesCommand {
    static func importFiles(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        let files = Array(arguments.operands.dropFirst())
        guard !files.isEmpty || arguments.has("encoder") else {
            throw UsageError.missingOperand("A file of cases")
        }
        var request = CaseImportRequest(files: files)
        request.encoding = try arguments.choice(
            "encoding", of: CaseImportRequest.Encoding.self)
        request.encoder = arguments.value("encoder")
        let interruption = Interruption.watch(console: context.console)
        var line = ProgressLine(console: context.console)
        let report = try context.application.importCases(
            request,
            progress: { what, done, total in
                if let total {
                    line.update(done: done, total: total, what)
                } else {
                    line.update(done: done, what)
                }
            },
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
        if report.encoder == nil {
            context.console.note(
                "Note: facts are searched by their words. To search them by meaning too, embed "
                    + "them with an encoder of their language: reel cases import --encoder MODEL")
        }
        if report.wasCancelled { return .interrupted }
        return report.bad > 0 ? .someInputsFailed : .success
    }
}
