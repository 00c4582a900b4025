internal import Corpus
internal import Glibc
internal import SQLite
internal import UnicodeText

extension Catalog {
    func assets(passing filter: AssetFilter) throws -> Set<AssetID> {
        var passing: Set<AssetID> = []
        let second = 1e9  // in nanoseconds
        func nanoseconds(_ seconds: Double?, orElse bound: Int64) -> Int64 {
            seconds.map { Int64(clamping: Int(max(-9e9, min(9e9, $0)) * second)) } ?? bound
        }
        try connection.statement(
            """
            SELECT assets.id, path FROM assets JOIN files ON files.asset = assets.id
            WHERE (?1 IS NULL OR instr(?1, ' ' || kind || ' ') > 0) AND duration_ms BETWEEN ?2 AND ?3
                AND modified_ns >= ?4 AND modified_ns < ?5
            """
        ).forEachRow(
            filter.kinds.map { " " + $0.map(\.rawValue).sorted().joined(separator: " ") + " " },
            filter.minimumDuration.map { $0 * 1000 } ?? 0,
            filter.maximumDuration.map { $0 * 1000 } ?? Double.greatestFiniteMagnitude,
            nanoseconds(filter.modifiedFrom, orElse: .min),
            nanoseconds(filter.modifiedBefore, orElse: .max)
        ) { row in
            let isWanted = filter.pathPattern.map { fnmatch($0, row.text(1), 0) == 0 } ?? true
            if isWanted { passing.insert(AssetID(value: max(0, row.int(0)))) }
            return true
        }
        guard let language = filter.language else { return passing }
        let speaking = try connection.statement(
            "SELECT DISTINCT asset, language FROM passages WHERE language NOT NULL"
        ).rows { (asset: AssetID(value: max(0, $0.int(0))), language: $0.text(1)) }
        return passing.intersection(
            speaking.filter { LanguageCode.areSame($0.language, language) }.map(\.asset))
    }
}
