import Corpus
import SQLite

extension TextStore {
    /// Rows that hold the words of a phrase or a beginning one after another, as FTS5 finds them.
    func rows(matching clause: TextQuery.Clause) throws -> RowSet {
        var rows = RowSet()
        // FTS5 reads its expressions up to a NUL; in quotes, nothing but a quote has a meaning.
        // By scalars, since a mark behind a quote makes another character of it.
        var words = String.UnicodeScalarView()
        words.append(
            contentsOf: clause.boundedText.unicodeScalars.lazy.map {
                $0 == "\"" || $0 == "\0" ? " " : $0
            })
        let expression = "\"" + String(words) + "\"" + (clause.form == .prefix ? " *" : "")
        let statement = try connection.statement(
            "SELECT rowid FROM passage_index WHERE passage_index MATCH ?1")
        try statement.forEachRow(expression) {
            if $0.int(0) >= 0 { rows.insert($0.int(0)) }
            return true
        }
        return rows
    }

    /// Rows that an excluded clause matches: a word in any of its forms, or words one after
    /// another as they are spelled.
    func excludedRows(
        by query: TextQuery, _ directory: PassageDirectory
    ) throws -> RowSet {
        var excluded = RowSet()
        let clauses = query.clauses.filter(\.isExcluded)
        for clause in clauses.prefix(ranking.termLimit) {
            var rows = try rows(excludedBy: clause, directory)
            if !clause.fields.isEmpty {
                let sources = Set(clause.fields.map(\.code))
                rows = rows.filtered { row in
                    directory.facts(of: row).map {
                        sources.contains(SegmentDirectory.sourceCode($0.sourceCode))
                    } ?? false
                }
            }
            excluded.formUnion(rows)
        }
        return excluded
    }

    private func rows(
        excludedBy clause: TextQuery.Clause, _ directory: PassageDirectory
    ) throws -> RowSet {
        var terms: [(name: String, kind: RankingTerm.Kind)] = []
        if clause.form == .words, clause.text.utf8.count <= TermTokenizer.termByteLimit * 4 {
            tokenizer.forEachRankingTerm(in: clause.text) {
                terms.append((String(decoding: $0.folded, as: UTF8.self), $0.kind))
            }
        }
        // Characters, and words that hang together (`wi-fi`), are excluded as a phrase.
        guard terms.count == 1, terms[0].kind == .word else {
            return try self.rows(matching: clause)
        }
        var rows = RowSet()
        for spelling in tokenizer.spellings(of: terms[0].name, rules: directory.rules) {
            for list in try directory.lists(of: spelling, in: postings) {
                withExtendedLifetime(list) {
                    for run in list.runs { rows.insert(run.offsets, window: run.window) }
                }
            }
        }
        return rows
    }

    /// The passages that an excluded clause of the query matches, for channels that search
    /// something else than text.
    package func excludedPassages(by query: TextQuery) throws -> ExcludedPassages {
        guard query.hasExclusions else { return .none }
        return try reading { directory in
            let rows = try excludedRows(by: query, directory)
            return rows.isEmpty ? .none : ExcludedPassages(rows: rows, owners: directory.owners)
        }
    }
}
