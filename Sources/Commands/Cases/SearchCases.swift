internal import Service

/// `reel cases search` and `reel cases predict`.
extension CasesCommand {
    static func search(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        let document = try context.application.caseSession().search(
            try request(arguments))
        guard !context.wantsJSON else {
            try context.console.printJSON(document)
            return .success
        }
        show(document, in: context)
        return .success
    }

    static func predict(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        let interruption = Interruption.watch(console: context.console)
        let document = try context.application.caseSession().predict(
            try request(arguments), isCancelled: { interruption.isRequested })
        guard !context.wantsJSON else {
            try context.console.printJSON(document)
            return .success
        }
        let outcome = document.outcome.outcome
        context.console.print(document.note)
        context.console.print("罪名 \(outcome.charge)   犯罪嫌疑人 \(outcome.suspect)")
        context.console.print(
            "刑期 "
                + sentence(outcome.months, isLife: outcome.isLife, isDeath: outcome.isDeath)
                + (outcome.isLife || outcome.isDeath
                    ? ""
                    : " (\(document.monthsRange[0])–\(document.monthsRange[1]) 个月)"))
        context.console.print(
            "罚金 \(outcome.fineYuan) 元 (\(document.fineRange[0])–\(document.fineRange[1]) 元)")
        for (key, share) in document.agreement.sorted(by: { $0.key < $1.key }) where share < 1 {
            context.console.print("Agreement on \(key): \(fixed(share, decimals: 2))")
        }
        for (place, vote) in document.votes.enumerated() {
            if let fault = vote.fault {
                context.console.print("Answer \(place + 1) was left out: \(fault)")
            } else if !vote.dissents.isEmpty {
                context.console.print(
                    "Answer \(place + 1) differs in \(vote.dissents.joined(separator: ", "))")
            }
        }
        show(document.precedents, in: context)
        return .success
    }

    static func evaluate(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        guard arguments.operands.count > 1 else {
            throw UsageError.missingOperand("A file of cases whose outcome is known")
        }
        try refuseOperands(arguments, after: 2)
        let interruption = Interruption.watch(console: context.console)
        var line = ProgressLine(console: context.console)
        let report = try context.application.evaluateCases(
            arguments.operands[1], findsPrecedents: !arguments.has("charges-only"),
            progress: { line.update(done: $0, "cases") },
            isCancelled: { interruption.isRequested })
        line.clear()
        guard !context.wantsJSON else {
            try context.console.printJSON(report)
            return .success
        }
        func row(_ name: String, _ accuracy: Double, _ macroF1: Double) {
            context.console.print(
                "\(name)  accuracy \(fixed(accuracy, decimals: 3))  "
                    + "macro-F1 \(fixed(macroF1, decimals: 3))")
        }
        context.console.print("\(counted(report.cases, "case"))")
        row("classifier     ", report.accuracy, report.macroF1)
        if let accuracy = report.nearestAccuracy, let macroF1 = report.nearestMacroF1 {
            row("nearest case   ", accuracy, macroF1)
        }
        row("commonest one  ", report.majorityAccuracy, report.majorityMacroF1)
        context.console.print(
            "CAIL2018 charge score \(fixed(report.cailChargeScore, decimals: 3)) "
                + "(sets of charges: \(fixed(report.exactShare, decimals: 3)) exact)")
        if let score = report.cailTermScore, let error = report.termMonthsMedianError {
            context.console.print(
                "CAIL2018 term score \(fixed(score, decimals: 3)), half of the terms within "
                    + "\(fixed(error, decimals: 0)) months; the charge's median "
                    + "\(fixed(report.medianTermScore ?? 0, decimals: 3)), the nearest case's "
                    + "\(fixed(report.nearestTermScore ?? 0, decimals: 3))")
        }
        return .success
    }

    // MARK: Parts

    private static func request(_ arguments: ArgumentReader) throws -> PrecedentRequest {
        var request = PrecedentRequest(fact: try fact(arguments))
        request.charges = arguments.allValues("charge")
        request.articles = try arguments.allValues("article").map { text in
            guard let number = Int(text), (1...10_000).contains(number) else {
                throw UsageError.badValue(
                    option: "article", value: text, expected: "a whole number from 1 to 10000")
            }
            return number
        }
        request.months = try range("months", in: 0...1200, arguments)
        request.years = try range("years", in: 1979...2100, arguments)
        request.top = try arguments.integer("top", in: 1...1000) ?? request.top
        return request
    }

    /// `12-36`, `12` or `12-`.
    private static func range(
        _ name: String, in limits: ClosedRange<Int>, _ arguments: ArgumentReader
    ) throws(UsageError) -> ClosedRange<Int>? {
        guard let text = arguments.value(name) else { return nil }
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let low = parts[0].isEmpty ? limits.lowerBound : Int(parts[0])
        let high =
            parts.count == 1 ? low : parts[1].isEmpty ? limits.upperBound : Int(parts[1])
        guard let low, let high, low <= high, limits.contains(low), limits.contains(high) else {
            throw .badValue(
                option: name, value: text,
                expected: "a range such as \(limits.lowerBound)-\(limits.upperBound)")
        }
        return low...high
    }

    private static func show(_ document: PrecedentsDocument, in context: CommandContext) {
        context.console.note(
            "Searched \(document.scope)"
                + (document.searchedCharges.isEmpty
                    ? "" : " (\(document.searchedCharges.joined(separator: "；")))") + ".")
        for note in document.notes { context.console.note("Note: \(note)") }
        context.console.print("The fact: \(elements(document.elements))")
        for hit in document.hits {
            context.console.print("")
            context.console.print(
                "\(hit.rank). \(fixed(hit.score, decimals: 3))  \(hit.charges.joined(separator: "；"))"
                    + "  "
                    + sentence(hit.months, isLife: hit.isLife, isDeath: hit.isDeath)
                    + (hit.fineYuan > 0 ? "，罚金 \(hit.fineYuan) 元" : "") + "  [case \(hit.id)]")
            context.console.print("   \(elements(hit.elements))")
            context.console.print("   \(hit.fact.prefix(Self.shownCharacters))…")
        }
    }

    private static let shownCharacters = 120

    private static func sentence(_ months: Int, isLife: Bool, isDeath: Bool) -> String {
        isDeath ? "死刑" : isLife ? "无期徒刑" : "有期徒刑 \(months) 个月"
    }

    private static func elements(_ elements: CaseElementsDocument) -> String {
        var words: [String] = []
        if let amount = elements.largestAmountYuan {
            words.append("\(fixed(amount, decimals: 0)) 元")
        }
        words += [elements.injury, elements.weapon, elements.role].compactMap { $0 }
        words += elements.circumstances
        if let year = elements.year { words.append("\(year) 年") }
        return words.isEmpty ? "no element was read" : words.joined(separator: " · ")
    }
}
