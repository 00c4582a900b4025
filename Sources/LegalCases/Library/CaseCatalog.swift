internal import Corpus
internal import SQLite

/// The tables of a library of cases, and how a row becomes a case.
enum CaseCatalog {
    static let format: Int32 = 1

    static func create(in connection: Connection, libraryID: String) throws {
        try connection.transaction {
            try connection.execute(
                """
                CREATE TABLE library(
                    only INTEGER PRIMARY KEY CHECK (only = 1), identity TEXT NOT NULL,
                    -- What made the vectors, and the last case that has some.
                    encoder TEXT, encoder_fingerprint TEXT, embedded_case INTEGER NOT NULL);
                -- The text index: a file for each range of cases.
                CREATE TABLE text_segments(
                    number INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE,
                    cases INTEGER NOT NULL, terms TEXT NOT NULL);
                CREATE TABLE charges(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
                CREATE TABLE cases(
                    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, fact TEXT NOT NULL,
                    criminals TEXT NOT NULL, fine_yuan INTEGER NOT NULL, months INTEGER NOT NULL,
                    is_life INTEGER NOT NULL, is_death INTEGER NOT NULL,
                    year INTEGER, largest_amount REAL, amount_count INTEGER NOT NULL,
                    injury INTEGER, weapon INTEGER, role INTEGER,
                    has_surrendered INTEGER NOT NULL, has_confessed INTEGER NOT NULL,
                    is_recidivist INTEGER NOT NULL, has_record INTEGER NOT NULL,
                    has_compensated INTEGER NOT NULL, is_forgiven INTEGER NOT NULL,
                    is_attempt INTEGER NOT NULL, checksum INTEGER NOT NULL);
                CREATE INDEX cases_by_year ON cases(year);
                CREATE INDEX cases_by_months ON cases(months);
                CREATE TABLE case_charges(
                    case_id INTEGER NOT NULL REFERENCES cases(id), place INTEGER NOT NULL,
                    charge_id INTEGER NOT NULL REFERENCES charges(id),
                    PRIMARY KEY (case_id, place)) WITHOUT ROWID;
                CREATE INDEX cases_by_charge ON case_charges(charge_id, case_id);
                CREATE TABLE case_articles(
                    case_id INTEGER NOT NULL REFERENCES cases(id), place INTEGER NOT NULL,
                    article INTEGER NOT NULL, PRIMARY KEY (case_id, place)) WITHOUT ROWID;
                CREATE INDEX cases_by_article ON case_articles(article, case_id);
                """)
            try connection.statement("INSERT INTO library VALUES (1, ?1, NULL, NULL, 0)")
                .run(libraryID)
            try connection.setUserVersion(format)
        }
    }

    static let columns = """
        id, fact, criminals, fine_yuan, months, is_life, is_death, year, largest_amount, \
        amount_count, injury, weapon, role, has_surrendered, has_confessed, is_recidivist, \
        has_record, has_compensated, is_forgiven, is_attempt, checksum
        """

    /// Names of criminals in one column; none of them can hold the separator.
    static func joined(_ names: [String]) -> String {
        names.map { $0.filter { $0 != "\n" } }.joined(separator: "\n")
    }

    static func insert(
        _ record: CaseRecord, _ elements: CaseElements, in connection: Connection
    ) throws -> Bool {
        let criminals = joined(record.criminals)
        try connection.statement(
            """
            INSERT OR IGNORE INTO cases(digest, fact, criminals, fine_yuan, months, is_life, \
            is_death, year, largest_amount, amount_count, injury, weapon, role, has_surrendered, \
            has_confessed, is_recidivist, has_record, has_compensated, is_forgiven, is_attempt, \
            checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, \
            ?16, ?17, ?18, ?19, ?20, ?21)
            """
        ).run(
            record.digest, record.fact, criminals, record.fineYuan, record.sentence.months,
            record.sentence.isLife.number, record.sentence.isDeath.number, elements.year,
            elements.largestAmount, elements.amountCount, elements.injury?.rawValue,
            elements.weapon?.rawValue, elements.role?.rawValue, elements.hasSurrendered.number,
            elements.hasConfessed.number, elements.isRecidivist.number,
            elements.hasRecord.number, elements.hasCompensated.number,
            elements.isForgiven.number, elements.isAttempt.number,
            checksum(
                fact: record.fact, criminals: criminals, fine: record.fineYuan, record.sentence))
        return connection.changes == 1
    }

    static func read(_ row: Statement) throws -> StoredCase {
        let id = row.int(0)
        var stored = StoredCase(
            id: id,
            record: CaseRecord(
                fact: row.text(1), charges: [],
                criminals: row.text(2).split(separator: "\n").map(String.init),
                fineYuan: Int(row.int(3)),
                sentence: Sentence(
                    months: Int(row.int(4)), isLife: row.int(5) != 0, isDeath: row.int(6) != 0)))
        let found = checksum(
            fact: stored.record.fact, criminals: row.text(2), fine: stored.record.fineYuan,
            stored.record.sentence)
        guard found == row.int(20) else { throw LegalCaseError.damagedRow(id: id) }
        stored.elements = elements(row, from: 7)
        return stored
    }

    private static func elements(_ row: Statement, from first: Int) -> CaseElements {
        var elements = CaseElements()
        func number(_ column: Int) -> Int? { row.optionalInt(first + column).map { Int($0) } }
        func flag(_ column: Int) -> Bool { row.int(first + column) != 0 }
        elements.year = number(0)
        elements.largestAmount = row.isNull(first + 1) ? nil : row.double(first + 1)
        elements.amountCount = number(2) ?? 0
        elements.injury = number(3).flatMap(CaseElements.Injury.init)
        elements.weapon = number(4).flatMap(CaseElements.Weapon.init)
        elements.role = number(5).flatMap(CaseElements.Role.init)
        elements.hasSurrendered = flag(6)
        elements.hasConfessed = flag(7)
        elements.isRecidivist = flag(8)
        elements.hasRecord = flag(9)
        elements.hasCompensated = flag(10)
        elements.isForgiven = flag(11)
        elements.isAttempt = flag(12)
        return elements
    }

    /// Over what cannot be made again; elements can be read from the fact.
    private static func checksum(
        fact: String, criminals: String, fine: Int, _ sentence: Sentence
    ) -> Int64 {
        var checksum = RowChecksum()
        checksum.add(fact)
        checksum.add(criminals)
        checksum.add(fine)
        checksum.add(sentence.months)
        checksum.add(sentence.isLife.number)
        checksum.add(sentence.isDeath.number)
        return checksum.value
    }
}

/// A case of a library.
package struct StoredCase: Sendable, Equatable {
    package let id: Int64
    package var record: CaseRecord
    package var elements = CaseElements()

    package init(id: Int64, record: CaseRecord) {
        self.id = id
        self.record = record
    }
}

extension Bool {
    /// As SQLite keeps it.
    fileprivate var number: Int { self ? 1 : 0 }
}
