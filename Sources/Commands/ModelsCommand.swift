internal import Foundation
internal import Service

/// `reel models ls|show|verify|pull`.
enum ModelsCommand: Command {
    static let name = "models"
    static let summary = "List, describe, verify and fetch models"
    static let operands = "ls | show NAME | verify [NAME…] | pull org/name[@revision]…"
    static let options: [CommandLineOption] = []
    static let examples: [(line: String, does: String)] = [
        ("reel models ls", "What is there, in the model folders and in Hugging Face's cache"),
        ("reel models show all-MiniLM-L6-v2", "One model: network, weights, tokenizer, files"),
        ("reel models verify", "Compares every file with its recorded digest"),
        (
            "reel models pull BAAI/bge-small-en-v1.5",
            "Fetches what is needed of it from HF_ENDPOINT into Hugging Face's cache"
        ),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        guard let action = arguments.operands.first else {
            throw UsageError.missingOperand("ls, show, verify or pull")
        }
        let names = Array(arguments.operands.dropFirst())
        switch action {
        case "ls":
            if let extra = names.first {
                throw UsageError.tooManyOperands(expected: nil, extra: extra)
            }
            try list(in: context)
            return .success
        case "show":
            guard let name = names.first else { throw UsageError.missingOperand("NAME") }
            guard names.count == 1 else {
                throw UsageError.tooManyOperands(expected: "NAME", extra: names[1])
            }
            return try show(name, in: context)
        case "verify": return try verify(names, in: context)
        case "pull":
            guard !names.isEmpty else { throw UsageError.missingOperand("org/name") }
            return try pull(names, in: context)
        default:
            throw UsageError.contradiction(
                "There is no 'models \(action)': it is ls, show, verify or pull.")
        }
    }

    // MARK: ls

    private static func list(in context: CommandContext) throws {
        let models = context.application.models()
        for model in models where context.wantsJSON { try context.console.printJSON(model) }
        guard !context.wantsJSON else { return }
        let rows = models.map { model in
            (
                name: model.name + revision(of: model), kind: model.kind.rawValue,
                dimension: model.dimension.map(String.init) ?? "–",
                size: byteText(Int64(model.size)),
                note: note(on: model)
            )
        }
        let nameWidth = rows.map(\.name.count).max() ?? 0
        for row in rows {
            context.console.print(
                row.name.padded(to: nameWidth + 2) + row.kind.padded(to: 16)
                    + row.dimension.padded(to: 6) + row.size.padded(to: 10) + row.note)
        }
        if models.isEmpty {
            context.console.note(
                "There are no models. Fetch the default ones with scripts/fetch-models, or one of "
                    + "the hub: reel models pull org/name")
        }
    }

    /// Where the name alone would mean another commit.
    private static func revision(of model: ModelSummary) -> String {
        guard let commit = model.commit, model.revisions?.contains("main") != true else {
            return ""
        }
        return "@" + (model.revisions?.first ?? String(commit.prefix(12)))
    }

    private static func note(on model: ModelSummary) -> String {
        let uses = model.uses.isEmpty ? "" : "used for " + model.uses.joined(separator: ", ")
        let parts = [uses, model.place == .cache ? "cached" : "", model.problem ?? ""]
        return parts.filter { !$0.isEmpty }.joined(separator: "; ")
    }

    // MARK: show

    private static func show(_ name: String, in context: CommandContext) throws -> ExitCode {
        let details = try context.application.modelDetails(name)
        let exitCode: ExitCode = details.summary.problem == nil ? .success : .badData
        guard !context.wantsJSON else {
            try context.console.printJSON(details)
            return exitCode
        }
        let model = details.summary
        let bold = context.console.colorsOutput
        context.console.print(Style.bold(model.name + revision(of: model), when: bold))
        func line(_ label: String, _ text: String?) {
            guard let text, !text.isEmpty else { return }
            context.console.print("  " + label.padded(to: 14) + text)
        }
        line("folder", context.shown(model.path))
        line("kind", model.kind.rawValue)
        line("used for", model.uses.joined(separator: ", "))
        line("model type", model.modelType)
        line("architectures", details.architectures.joined(separator: ", "))
        line("dimension", model.dimension.map(String.init))
        line("parameters", details.parameters.map(String.init))
        line(
            "stored as",
            details.elementTypes.sorted { $0.value > $1.value }.map(\.key).joined(separator: ", "))
        line("tokenizer", details.tokenizer)
        line("tokens", details.maximumTokens.map { "at most \($0)" })
        line("commit", model.commit)
        line("revisions", model.revisions?.joined(separator: ", "))
        line("fingerprint", details.fingerprint)
        context.console.print("  files")
        for file in details.files {
            context.console.print(
                "    " + byteText(Int64(file.size)).padded(to: 10) + file.path
                    + (file.digest.map { "  " + Style.dim($0, when: bold) } ?? ""))
        }
        if let problem = model.problem {
            context.console.complain(
                Style.red("It cannot be used:", when: context.console.colorsMessages)
                    + " " + problem)
        }
        return exitCode
    }

    // MARK: verify

    private static func verify(
        _ names: [String], in context: CommandContext
    ) throws -> ExitCode {
        let interruption = Interruption.watch(console: context.console)
        var line = ProgressLine(console: context.console)
        var unsoundCount = 0
        try context.application.verifyModels(
            names, progress: { line.update("reading \(context.shown($0))") },
            report: { verification in
                line.clear()
                if !verification.isSound { unsoundCount += 1 }
                try tell(verification, in: context)
            }, isCancelled: { interruption.isRequested })
        line.clear()
        return unsoundCount == 0 ? .success : .badData
    }

    private static func tell(_ model: ModelVerification, in context: CommandContext) throws {
        guard !context.wantsJSON else { return try context.console.printJSON(model) }
        for file in model.files where [.wrong, .missing].contains(file.state) {
            context.console.complain(
                "\(model.path)/\(file.path): "
                    + (file.state == .missing
                        ? "missing"
                        : "its digest is \(file.digest ?? ""), expected \(file.expected ?? "")"))
        }
        if let problem = model.problem { context.console.complain(problem) }
        if !model.isSound, model.path.contains("/snapshots/") {
            context.console.complain("Fetch it again: reel models pull \(model.name)")
        }
        let right = model.files.count { $0.state == .right }
        let unrecorded = model.files.count { $0.state == .unrecorded }
        context.console.print(
            "\(model.name): " + (model.isSound ? "sound" : "damaged") + ", \(right) of "
                + "\(counted(model.files.count, "file")) as recorded"
                + (unrecorded > 0 ? ", \(unrecorded) without a record" : ""))
    }

    // MARK: pull

    private static func pull(_ names: [String], in context: CommandContext) throws -> ExitCode {
        let interruption = Interruption.watch(console: context.console)
        for name in names {
            var line = ProgressLine(console: context.console)
            let pulled: PulledModel
            do {
                pulled = try context.application.pull(
                    name,
                    progress: {
                        line.update(
                            doneBytes: $0.doneBytes, totalBytes: $0.totalBytes, file: $0.file)
                    }, isCancelled: { interruption.isRequested })
            } catch {
                line.clear()
                throw error
            }
            line.clear()
            if context.wantsJSON {
                try context.console.printJSON(pulled)
            } else {
                let fetched = pulled.totalBytes - pulled.presentBytes
                context.console.print(
                    "\(pulled.name) at \(pulled.commit.prefix(12)): "
                        + "\(counted(pulled.files.count, "file")), "
                        + "\(byteText(Int64(pulled.totalBytes))), "
                        + "\(byteText(Int64(fetched))) of it fetched, in \(pulled.path)")
            }
            if let problem = try context.application.modelDetails(name).summary.problem {
                context.console.complain("It was fetched, but cannot be used: \(problem)")
            }
        }
        return .success
    }
}
