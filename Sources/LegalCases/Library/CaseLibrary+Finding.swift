internal import SQLite
internal import Tensors

extension CaseLibrary {
    /// Ids of the cases that a filter lets through, ascending; nil when it lets all through.
    /// - Throws: `unknownCharge`.
    package func ids(_ filter: CaseFilter) throws -> [Int64]? {
        guard !filter.isEmpty else { return nil }
        var found: [Int64]?
        /// - Parameter lists: of each alternative, ascending.
        func keep(_ lists: [[Int64]]) {
            let ids = lists.count == 1 ? lists[0] : Set(lists.joined()).sorted()
            guard let before = found else {
                found = ids
                return
            }
            let both = Set(ids)
            found = before.filter(both.contains)
        }
        if !filter.charges.isEmpty {
            keep(try filter.charges.map { try ids(ofCharge: $0) })
        }
        if !filter.articles.isEmpty {
            keep(
                try filter.articles.map { article in
                    try connection.statement(
                        "SELECT case_id FROM case_articles WHERE article = ?1 ORDER BY case_id"
                    ).rows(article) { $0.int(0) }
                })
        }
        if let months = filter.months {
            keep([
                try connection.statement(
                    "SELECT id FROM cases WHERE months BETWEEN ?1 AND ?2 AND NOT is_life "
                        + "AND NOT is_death ORDER BY id"
                ).rows(months.lowerBound, months.upperBound) { $0.int(0) }
            ])
        }
        if let years = filter.years {
            keep([
                try connection.statement(
                    "SELECT id FROM cases WHERE year BETWEEN ?1 AND ?2 ORDER BY id"
                ).rows(years.lowerBound, years.upperBound) { $0.int(0) }
            ])
        }
        return found
    }

    private func ids(ofCharge name: String) throws -> [Int64] {
        let canonical = ChargeName.canonical(name)
        let number = try connection.statement("SELECT id FROM charges WHERE name = ?1")
            .first(canonical) { $0.int(0) }
        guard let number else {
            throw LegalCaseError.unknownCharge(name, closest: try closestCharges(to: canonical))
        }
        return try connection.statement(
            "SELECT case_id FROM case_charges WHERE charge_id = ?1 ORDER BY case_id"
        )
        .rows(number) { $0.int(0) }
    }

    /// Charges that share characters with a name, most first, at most five.
    private func closestCharges(to name: String) throws -> [String] {
        let sought = Set(name)
        return try charges().map { (name: $0.name, shared: sought.intersection($0.name).count) }
            .filter { $0.shared > 0 }
            .sorted { ($1.shared, $0.name) < ($0.shared, $1.name) }
            .prefix(5).map(\.name)
    }

    /// The text index, as the last import left it.
    package func textIndex() throws -> CaseTextIndex {
        let files = try connection.statement("SELECT file FROM text_segments ORDER BY number")
            .rows { $0.text(0) }
        return CaseTextIndex(
            segments: try Parallelism.map(files.count) { [paths] number in
                try TextSegment(path: paths.textSegment(files[number]))
            })
    }
}

extension CaseLibrary {
    /// What made the vectors; nil when there are none.
    package func encoder() throws -> (name: String, fingerprint: String)? {
        try connection.statement(
            "SELECT encoder, encoder_fingerprint FROM library WHERE embedded_case > 0"
        ).first { ($0.text(0), $0.text(1)) }
    }

    /// The median term in months of the cases with a charge; nil when none has it.
    package func medianMonths(ofCharge name: String) throws -> Int? {
        let months = try connection.statement(
            """
            SELECT months FROM cases JOIN case_charges ON case_id = cases.id
            JOIN charges ON charges.id = charge_id
            WHERE name = ?1 AND NOT is_life AND NOT is_death ORDER BY months
            """
        ).rows(name) { Int($0.int(0)) }
        return months.isEmpty ? nil : months[months.count / 2]
    }
}
