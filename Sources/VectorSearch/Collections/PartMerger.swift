/// Writes the live rows of several parts as one part.
struct PartMerger {
    let parts: [VectorCollection.Part]
    let generation: UInt64

    /// - Returns: how many rows there are.
    func write(to base: String) throws -> Int {
        // Once for all, instead of once for each run of rows.
        for part in parts {
            try part.rows?.verify()
            try part.codes?.verify()
            try part.identifiers.verify()
        }
        let runs = self.runs
        try IntegerFile.write(
            runs.flatMap { run in run.rows.map { parts[run.part].identifiers[$0] } },
            to: base + ".ids")
        if let first = parts.first?.rows, parts.allSatisfy({ $0.rows != nil }) {
            let writer = try VectorSegmentWriter(
                path: base + ".vectors", dimension: first.dimension, element: first.element,
                generation: generation, sketch: true)
            for run in runs {
                guard let rows = parts[run.part].rows else { continue }
                try writer.append(verifiedRows: run.rows, of: rows)
            }
            try writer.finish()
        }
        if let first = parts.first?.codes { try writeCodes(like: first, runs, to: base) }
        return runs.reduce(0) { $0 + $1.rows.count }
    }

    private struct Run {
        var list: Int
        var part: Int
        var rows: Range<Int>
    }

    /// Live rows, list by list; without lists part by part.
    private var runs: [Run] {
        let listCount = parts.first?.codes?.quantizer.listCount ?? 1
        var runs: [Run] = []
        for list in 0..<listCount {
            for (number, part) in parts.enumerated() {
                let rows =
                    part.codes.map { $0.rowStarts[list]..<$0.rowStarts[list + 1] }
                    ?? 0..<part.identifiers.count
                var start = rows.lowerBound
                while start < rows.upperBound {
                    if part.deleted?[start] == true {
                        start += 1
                        continue
                    }
                    var end = start + 1
                    while end < rows.upperBound, part.deleted?[end] != true { end += 1 }
                    runs.append(Run(list: list, part: number, rows: start..<end))
                    start = end
                }
            }
        }
        return runs
    }

    private func writeCodes(like first: IVFPQSegment, _ runs: [Run], to base: String) throws {
        var byList = [[Run]](repeating: [], count: first.quantizer.listCount)
        for run in runs { byList[run.list].append(run) }
        var starts = [0]
        for list in byList {
            starts.append(starts[starts.count - 1] + list.reduce(0) { $0 + $1.rows.count })
        }
        let residuals = parts.compactMap(\.codes).reduce(0.0) {
            $0 + Double($1.meanResidual) * Double($1.count)
        }
        let total = parts.reduce(0) { $0 + $1.identifiers.count }
        try IVFPQSegmentWriter(
            path: base + ".codes", generation: generation, quantizer: first.quantizer,
            rowStarts: starts, meanResidual: Float(residuals / Double(max(1, total))),
            points: parts.compactMap(\.codes).last { !$0.points.isEmpty }?.points ?? []
        ).write { list in
            byList[list].flatMap { run in
                parts[run.part].codes?.codes(of: run.rows, inList: list) ?? []
            }
        }
    }
}
