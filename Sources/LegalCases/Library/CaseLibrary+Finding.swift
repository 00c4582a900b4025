internal import SQLite

extension CaseLibrary {
    /// Ids of the cases that a filter lets through; nil when it lets all through.
    /// - Throws: `unknownCharge`.
    package func ids(_ filter: CaseFilter) throws -> Set<Int64>? {
        guard !filter.isEmpty else { return nil }
        var found: Set<Int64>?
        func keep(_ ids: [Int64]) {
            found = found.map { $0.intersection(ids) } ?? Set(ids)
        }
        if !filter.charges.isEmpty {
            keep(try filter.charges.flatMap { try ids(ofCharge: $0) })
        }
        if !filter.articles.isEmpty {
            keep(
                try filter.articles.flatMap { article in
                    try connection.statement("SELECT case_id FROM case_articles WHERE article = ?1")
                        .rows(article) { $0.int(0) }
                })
        }
        if let months = filter.months {
            keep(
                try connection.statement(
                    "SELECT id FROM cases WHERE months BETWEEN ?1 AND ?2 AND NOT is_life "
                        + "AND NOT is_death"
                ).rows(months.lowerBound, months.upperBound) { $0.int(0) })
        }
        if let years = filter.years {
            keep(
                try connection.statement("SELECT id FROM cases WHERE year BETWEEN ?1 AND ?2")
                    .rows(years.lowerBound, years.upperBound) { $0.int(0) })
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
        return try connection.statement("SELECT case_id FROM case_charges WHERE charge_id = ?1")
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
            segments: try files.map { try TextSegment(path: paths.textSegment($0)) })
    }
}

extension CaseLibrary {
    /// What made the vectors; nil when there are none.
    package func encoder() throws -> (name: String, fingerprint: String)? {
        try connection.statement(
            "SELECT encoder, encoder_fingerprint FROM library WHERE embedded_case > 0"
        ).first { ($0.text(0), $0.text(1)) }
    }

    func allIDs() throws -> Set<Int64> {
        Set(try connection.statement("SELECT id FROM cases").rows { $0.int(0) })
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
