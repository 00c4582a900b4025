internal import Corpus
internal import Glibc
internal import SQLite
internal import Storage

/// The one writer of a library of cases.
///
/// Cases are committed in whole transactions: what `add` has returned from survives a power cut,
/// and a case is there with all its charges or not at all.
package final class CaseLibraryWriter {
    package let paths: CasePaths
    let connection: Connection
    private let lock: WriterLock
    private var chargeNumbers: [String: Int64] = [:]

    /// Opens a library for writing, and makes it first when there is none.
    package init(root: String) throws {
        paths = CasePaths(root: root)
        try DurableFile.makeFolder(paths.root)
        guard access(paths.libraryOfVideos, F_OK) != 0 else {
            throw LegalCaseError.notALibrary(
                path: paths.root, reason: "it holds a library of videos")
        }
        lock = try WriterLock(paths: paths.lock)
        connection = try Connection(path: paths.catalog, mode: .readWriteCreate)
        try connection.setJournalMode(FileSystem.journalMode(at: paths.root))
        let found = try connection.userVersion()
        if found == 0 {
            let identity = (0..<16).map { _ in UInt8.random(in: 0...255) }
            try CaseCatalog.create(in: connection, libraryID: hexadecimal(identity))
        } else if found != CaseCatalog.format {
            throw LegalCaseError.unknownFormat(
                path: paths.root, found: Int(found), known: Int(CaseCatalog.format))
        }
    }

    /// - Returns: how many were new; the others' facts were there already.
    package func add(_ batch: [(record: CaseRecord, elements: CaseElements)]) throws -> Int {
        do {
            return try connection.transaction {
                var added = 0
                for (record, elements) in batch {
                    guard try CaseCatalog.insert(record, elements, in: connection) else { continue }
                    added += 1
                    try addLists(of: record, to: connection.lastInsertedRow)
                }
                return added
            }
        } catch {
            // Charges first met in the transaction went with it.
            chargeNumbers = [:]
            throw error
        }
    }

    private func addLists(of record: CaseRecord, to id: Int64) throws {
        for (place, charge) in record.charges.enumerated() {
            try connection.statement("INSERT INTO case_charges VALUES (?1, ?2, ?3)")
                .run(id, place, try number(ofCharge: charge))
        }
        for (place, article) in record.articles.enumerated() {
            try connection.statement("INSERT INTO case_articles VALUES (?1, ?2, ?3)")
                .run(id, place, article)
        }
    }

    private func number(ofCharge name: String) throws -> Int64 {
        if let known = chargeNumbers[name] { return known }
        try connection.statement("INSERT OR IGNORE INTO charges(name) VALUES (?1)").run(name)
        let number =
            try connection.statement("SELECT id FROM charges WHERE name = ?1")
            .first(name) { $0.int(0) } ?? 0
        chargeNumbers[name] = number
        return number
    }

    /// Moves the log into the catalogue, so that the folder can be copied.
    package func finish() throws { try connection.checkpoint(waitsForReaders: false) }
}
