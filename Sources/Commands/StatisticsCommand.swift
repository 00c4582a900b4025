internal import Corpus
internal import Service

enum StatisticsCommand: Command {
    static let name = "stats"
    static let summary = "Show what the library holds, and what it takes on the disk"
    static let operands = ""
    static let options: [CommandLineOption] = []
    static let examples: [(line: String, does: String)] = [
        ("reel stats", "Hours, counts, models, and the size of each store"),
        ("reel --json stats | jq .bytes.total", "The size of the library in bytes"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        try arguments.refuseOperands()
        let measurement = try context.application.measure()
        if context.wantsJSON {
            try context.console.printJSON(StatisticsDocument(measurement))
            return .success
        }
        for row in rows(measurement, in: context) {
            context.console.print(
                Style.dim(row.name.padded(to: 16), when: context.console.colorsOutput) + row.text)
        }
        return .success
    }

    private static func rows(
        _ measurement: LibraryMeasurement, in context: CommandContext
    ) -> [(name: String, text: String)] {
        let overview = measurement.overview
        var rows = [
            (
                "library",
                "\(context.shown(measurement.path)), generation \(overview.generation)"
            )
        ]
        for kind in AssetKind.allCases {
            guard let counts = overview.counts.kinds[kind], counts.assets > 0 else { continue }
            let length =
                counts.mediaSeconds > 0 ? ", \(clockTime(counts.mediaSeconds)) long" : ""
            rows.append(
                (kind.rawValue, "\(counts.assets)\(length), \(byteText(counts.fileBytes)) of files")
            )
        }
        rows.append(("key frames", "\(overview.counts.keyFrames)"))
        let sources = PassageSource.allCases.compactMap { source in
            measurement.passagesBySource[source].map { "\($0) \(name(source))" }
        }
        rows.append(
            (
                "passages",
                "\(overview.counts.passages)"
                    + (sources.isEmpty ? "" : ": " + sources.joined(separator: ", "))
            ))
        for space in measurement.spaces {
            rows.append(
                (
                    "\(space.name) vectors",
                    "\(space.liveRows) of \(space.dimension) by \(space.model), "
                        + "\(byteText(space.bytes)) in \(counted(space.segments.count, "segment"))"
                ))
        }
        let missing = [
            ("frames", overview.models.frames), ("meaning", overview.models.meaning),
            ("rerank", overview.models.rerank),
        ].filter { $0.1 == nil }.map(\.0)
        rows.append(
            (
                "models",
                missing.isEmpty ? "all there" : "missing for " + missing.joined(separator: ", ")
            ))
        rows.append(
            ("confidence", overview.isCalibrated ? "calibrated" : "not calibrated: run reel index"))
        let sizes = measurement.sizes
        rows.append(
            (
                "on the disk",
                "\(byteText(sizes.total)): catalogue \(byteText(sizes.catalog)), "
                    + "its log \(byteText(sizes.writeAheadLog)), "
                    + "vectors \(byteText(sizes.vectors)), pictures \(byteText(sizes.pictures))"
            ))
        let files = measurement.files
        rows.append(
            (
                "files",
                "\(files.used) in use, \(files.unusable) that could not be used, "
                    + "\(files.removed) taken out"
            ))
        rows.append(("opened in", "\(fixed(measurement.milliseconds, decimals: 1)) ms"))
        return rows
    }

    private static func name(_ source: PassageSource) -> String {
        switch source {
        case .fileName: "of names"
        case .title: "of titles"
        case .description: "of descriptions"
        case .chapter: "of chapters"
        case .transcript: "of recognised speech"
        case .subtitle: "of subtitles"
        case .screenText: "of text on screen"
        case .tag: "of tags"
        case .text: "of texts"
        }
    }
}

/// A size as people read it: `512 B`, `3.2 MB`.
func byteText(_ bytes: Int64) -> String {
    let units = ["kB", "MB", "GB", "TB"]
    guard bytes >= 1000 else { return "\(bytes) B" }
    var size = Double(bytes) / 1000
    var unit = 0
    while size >= 999.5, unit + 1 < units.count {
        size /= 1000
        unit += 1
    }
    return fixed(size, decimals: size < 10 ? 1 : 0) + " " + units[unit]
}
