import SQLite
import TestSupport
import Testing

/// Cuts at every byte that is not a lower-case letter, and remembers what it was asked.
private final class LetterTokenizer: FullTextTokenizer {
    var reasons: [TokenizationReason] = []
    /// Added to the end of every range, to imitate a mistake.
    var overshoot = 0

    func tokens(
        in text: UnsafeBufferPointer<UInt8>, reason: TokenizationReason,
        emit: (FullTextToken) -> Bool
    ) {
        reasons.append(reason)
        var start = 0
        for end in 0...text.count
        where end == text.count || !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[end]) {
            if start < end {
                let term = UnsafeBufferPointer(rebasing: text[start..<end])
                let token = FullTextToken(term: term, range: start..<(end + overshoot))
                guard emit(token) else { return }
            }
            start = end + 1
        }
    }
}

@Suite struct FullTextTokenizerTests {
    private let connection: Connection
    private let tokenizer = LetterTokenizer()

    init() throws {
        connection = try Connection(path: "", mode: .inMemory)
        try connection.registerTokenizer(name: "letters", tokenizer)
        try connection.execute("CREATE VIRTUAL TABLE words USING fts5(a, tokenize='letters')")
    }

    @Test func rowsAreFoundByTheTermsOfOurTokenizer() throws {
        try connection.statement("INSERT INTO words VALUES (?1)").run("one2three")
        let found = try connection.statement(
            "SELECT highlight(words, 0, '[', ']') FROM words WHERE words MATCH ?1"
        ).rows("three") { $0.text(0) }
        #expect(found == ["one2[three]"])
        #expect(tokenizer.reasons.first == .document)
        #expect(tokenizer.reasons.contains(.query))
        #expect(tokenizer.reasons.contains(.auxiliary))
        _ = try connection.statement("SELECT 1 FROM words WHERE words MATCH 'th*'").rows { _ in }
        #expect(tokenizer.reasons.last == .prefix)
    }

    @Test func bytesThatAreNotTextAreHandedOverAsTheyAre() throws {
        try connection.execute("INSERT INTO words VALUES (CAST(x'61ff00c3620080' AS TEXT))")
        let found = try connection.statement("SELECT rowid FROM words WHERE words MATCH 'b'")
            .rows { $0.int(0) }
        #expect(found == [1])
    }

    @Test func aTokenOutsideItsTextIsAnError() throws {
        tokenizer.overshoot = 1
        #expect(throws: SQLiteError.self) {
            try connection.statement("INSERT INTO words VALUES (?1)").run("end")
        }
    }

    @Test func anUnknownTokenizerIsAnError() throws {
        #expect(throws: SQLiteError.self) {
            try connection.execute("CREATE VIRTUAL TABLE other USING fts5(a, tokenize='missing')")
        }
    }

    @Test func theTokenizerIsLetGoWithTheConnection() throws {
        weak var watched: LetterTokenizer?
        do {
            let tokenizer = LetterTokenizer()
            watched = tokenizer
            let connection = try Connection(path: "", mode: .inMemory)
            try connection.registerTokenizer(name: "letters", tokenizer)
            try connection.execute(
                """
                CREATE VIRTUAL TABLE words USING fts5(a, tokenize='letters');
                INSERT INTO words VALUES ('one')
                """)
            _ = consume tokenizer
            #expect(watched != nil)
        }
        #expect(watched == nil)
    }
}
