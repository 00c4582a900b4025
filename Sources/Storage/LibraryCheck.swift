package import Corpus
internal import Glibc
internal import SQLite
internal import TextSearch

/// Looks for damage in a library: its pages, its rows, its text index, its vectors, its pictures.
///
/// FTS5 checks its index by a statement that counts as a write, so the check holds the writer's
/// lock and takes back whatever it began.
package struct LibraryCheck {
    /// One thing that is wrong.
    package struct Finding: Sendable, Equatable, CustomStringConvertible {
        /// What must be done about it, from the least to the most.
        package enum Remedy: Sendable, Equatable {
            /// The text index is made again from the passages.
            case rebuildTextIndex
            /// A file that nothing names is removed.
            case sweep
            /// The asset is dropped, and read again by the next `reel index`.
            case readAgain(AssetID)
            /// The whole library is built again.
            case rebuild
        }

        package var description: String
        package var remedy: Remedy
    }

    package private(set) var findings: [Finding] = []

    /// What is wrong, a sentence each; empty when nothing is.
    package var damage: [String] { findings.map(\.description) }

    /// Whether `repair` can do something about all of it.
    package var isRepairable: Bool {
        !findings.isEmpty && findings.allSatisfy { $0.remedy != .rebuild }
    }

    let paths: LibraryPaths
    let connection: Connection

    /// - Parameter deep: reads every byte of the library, rather than what holds it together.
    package init(root: String, deep: Bool) throws {
        let opened = try OpenForRepair(root: root)
        self.init(opened, deep: deep)
        withExtendedLifetime(opened) {}
    }

    init(_ opened: OpenForRepair, deep: Bool) {
        paths = opened.paths
        connection = opened.connection
        findings = Self.look { try checkPages(deep: deep) }
        // Of a file whose pages are in disorder nothing more can be said.
        guard findings.isEmpty else { return }
        findings += Self.look { try checkSegments(deep: deep) }
        guard deep else { return }
        findings += Self.look { try checkTexts(opened.texts) }
        findings += Self.look { try checkFiles() }
        findings += Self.look { try checkAssets() }
        findings += Self.look { try checkClaims() }
        findings += Self.look { try checkPictures() }
        findings += Self.look { try checkRubbish() }
    }

    /// Runs a check; one that cannot go on says so.
    private static func look(_ check: () throws -> [Finding]) -> [Finding] {
        do {
            return try check()
        } catch {
            return [Finding(description: "\(error)", remedy: .rebuild)]
        }
    }

    private func checkPages(deep: Bool) throws -> [Finding] {
        try (deep ? connection.integrityCheck() : connection.quickCheck()).map {
            Finding(description: "The catalogue is damaged: \($0).", remedy: .rebuild)
        }
    }

    private func checkTexts(_ texts: TextStore) throws -> [Finding] {
        try connection.execute("BEGIN")
        defer { try? connection.execute("ROLLBACK") }
        return try texts.integrityCheck().map { damage in
            switch damage {
            case .index:
                return Finding(description: damage.description, remedy: .rebuildTextIndex)
            case .passage(let row):
                let asset = try connection.statement("SELECT asset FROM passages WHERE row = ?")
                    .first(row) { AssetID(value: max(0, $0.int(0))) }
                return Finding(
                    description: damage.description,
                    remedy: asset.map { .readAgain($0) } ?? .rebuild)
            }
        }
    }
}

/// A library that is checked or repaired: locked, and opened as far as it can be.
struct OpenForRepair {
    let paths: LibraryPaths
    let lock: WriterLock
    let connection: Connection
    let texts: TextStore

    init(root: String) throws {
        paths = LibraryPaths(root: root)
        let manifest = try Manifest.read(from: paths)
        guard access(paths.catalog, F_OK) == 0 else {
            throw StorageError.notALibrary(path: paths.root, reason: "catalog.sqlite is missing")
        }
        lock = try WriterLock(paths: paths)
        let reached = GenerationMark.read(from: paths, libraryID: manifest.libraryID)
        connection = try Connection(path: paths.catalog, mode: .readWriteCreate)
        try CatalogMigration.runWhereNeeded(on: connection)
        let catalog = try Catalog(connection: connection, manifest: manifest, paths: paths)
        try catalog.requireNotBehind(reached, paths: paths)
        texts = try TextStore(connection: connection)
    }
}
