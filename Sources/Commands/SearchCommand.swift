internal import Corpus
internal import Foundation
internal import Service

enum SearchCommand: Command {
    static let name = "search"
    static let summary = "Find moments by what is seen, said and meant"
    static let operands = "QUERY"
    static let options: [CommandLineOption] =
        [
            .value("top", "N", "How many moments to show (10, at most 100)"),
            .value("image", "FILE", "A picture to look for, alone or with words"),
            .flag("explain", "Show what each channel has to say for every hit"),
            .flag("by-file", "A line a file: its best moment, and how many more"),
            .value("export", "FORMAT", "Write the moments for a player or editor: \(formats)"),
            .value("output", "FILE", short: "o", "Where to write them (standard output)"),
            .value("frame-rate", "N", "Frames a second of an edl or fcpxml (25)"),
        ] + AssetFilterOptions.declared + SearchOptions.declared
    static let examples: [(line: String, does: String)] = [
        (#"reel search "red car in front of a beach""#, "The best moments, with the reason"),
        (#"reel search --kind video --top 3 "the budget""#, "Only videos, only three"),
        (#"reel search '"red car" THEN dog WITHIN 20s'"#, "One after the other"),
        (#"reel search 'SAID budget WHILE SEEN "bar chart"'"#, "At the same time"),
        (#"reel search 'beach -"red car" title:summer'"#, "Without one thing, and by a field"),
        (#"reel search 'like:talk.mp4@1:30'"#, "Moments like one that you know"),
        (#"reel search --image beach.jpg "at night""#, "A picture and words together"),
        (#"reel --json search "dog in the snow" | jq .hits[0]"#, "The best hit as JSON"),
        (#"reel search --export m3u -o dogs.m3u8 dog && vlc dogs.m3u8"#, "Plays the moments"),
    ]

    private static let formats = HitExport.Format.allCases.map(\.rawValue).joined(separator: ", ")

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let picture = arguments.value("image")
        // Words need no quotes: `reel search red car` means what it says.
        let query = arguments.operands.joined(separator: " ")
        guard picture != nil || query.contains(where: { !$0.isWhitespace }) else {
            throw UsageError.missingOperand("What to search for")
        }
        var request = try SearchOptions.request(query, arguments, in: context)
        request.top = try arguments.integer("top", in: 1...100) ?? request.top
        request.picturePath = picture
        // Who waits at a terminal would rather have the fused order than wait longer.
        request.rerankMilliseconds = request.rerankMilliseconds ?? 500
        request.filter = try AssetFilterOptions.read(arguments)
        let form = try exportForm(arguments, in: context)
        let answer = try context.application.search(request)
        if let form {
            for sentence in answer.missing { context.console.note("Note: \(sentence)") }
            return try export(answer, as: form, arguments, in: context)
        }
        if context.wantsJSON {
            try context.console.printJSON(SearchDocument(answer))
            return .success
        }
        for sentence in answer.missing + answer.notes { context.console.note("Note: \(sentence)") }
        guard !answer.hits.isEmpty else {
            context.console.note(
                request.minimumConfidence > 0
                    ? "Nothing found with a confidence of \(fixed(request.minimumConfidence, decimals: 2))."
                    : "Nothing found.")
            return .success
        }
        for line in lines(answer, arguments, in: context) { context.console.print(line) }
        if let doubt = doubt(answer) { context.console.note(doubt) }
        context.console.note(
            Style.dim(
                "\(counted(answer.hits.count, "moment")) in "
                    + "\(fixed(answer.milliseconds["total"] ?? 0, decimals: 0)) ms",
                when: context.console.colorsMessages))
        return .success
    }

    // MARK: Exporting

    private static func exportForm(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws(UsageError) -> (format: HitExport.Format, rate: FrameRate)? {
        guard let format = try arguments.choice("export", of: HitExport.Format.self) else {
            for option in ["output", "frame-rate"] where arguments.has(option) {
                throw .contradiction("--\(option) goes with --export FORMAT.")
            }
            return nil
        }
        guard !context.wantsJSON else {
            throw .contradiction("--export has a format of its own: leave out --json.")
        }
        guard let name = arguments.value("frame-rate") else { return (format, .default) }
        guard let rate = FrameRate(name) else {
            throw .badValue(
                option: "frame-rate", value: name,
                expected: "one of " + FrameRate.known.map(\.name).joined(separator: ", "))
        }
        return (format, rate)
    }

    private static func export(
        _ answer: SearchAnswer, as form: (format: HitExport.Format, rate: FrameRate),
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        var export = HitExport(query: answer.query, hits: answer.hits)
        export.frameRate = form.rate
        let text = export.text(form.format)
        guard let path = arguments.value("output"), path != "-" else {
            context.console.print(String(text.dropLast()))
            return .success
        }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Failure(.cannotCreate, "Cannot write \(path): \(error.localizedDescription)")
        }
        context.console.note("Wrote \(counted(answer.hits.count, "moment")) to \(path).")
        return .success
    }

    private static func lines(
        _ answer: SearchAnswer, _ arguments: ArgumentReader, in context: CommandContext
    ) -> [String] {
        let isExplained = arguments.has("explain")
        func lines(_ hit: Hit, rank: Int) -> [String] {
            HitText(hit: hit, rank: rank, isExplained: isExplained, context: context).lines
        }
        guard arguments.has("by-file") else {
            return answer.hits.enumerated().flatMap { lines($1, rank: $0 + 1) }
        }
        return answer.assets.enumerated().flatMap { rank, asset in
            let further = asset.hits.dropFirst().map { answer.hits[$0].moment.startSeconds }
            let more =
                further.isEmpty
                ? [] : ["   also at " + further.map(clockTime).joined(separator: ", ")]
            return lines(answer.hits[asset.hits[0]], rank: rank + 1) + more
        }
    }

    /// Says so when even the best hit is no better than what unrelated queries find.
    private static func doubt(_ answer: SearchAnswer) -> String? {
        guard let best = answer.hits.compactMap(\.falseAlarmRate).min(), best > 0.25 else {
            return nil
        }
        return "Nothing stands out: of 100 unrelated queries, \(Int((best * 100).rounded())) "
            + "find as good a moment here."
    }
}
