import Glibc

/// What can be wrong with a file of vectors, or with a question asked of it.
package enum VectorSearchError: Error, Sendable, Equatable {
    /// The system's error number says why.
    case cannotOpen(path: String, errorNumber: Int32)
    case cannotWrite(path: String, errorNumber: Int32)
    case notASegment(path: String)
    case newerVersion(path: String, found: UInt32, supported: UInt32)
    case damagedHeader(path: String)
    /// The checksum fits, but the value makes no sense.
    case badHeader(path: String, field: String, value: UInt64)
    /// Bytes of the file, and bytes its header calls for.
    case wrongSize(path: String, have: UInt64, need: UInt64)
    case damagedChecksums(path: String)
    case damagedRows(path: String, rows: Range<Int>)
    /// Something other than rows: centres, lists, identifiers.
    case damagedContents(path: String, what: String)
    /// A file of another program that cannot be read, and why.
    case badFormat(path: String, format: String, problem: String)
    case unknownFormat(path: String)
    case duplicateIdentifier(Int64)
    case wrongIdentifierCount(have: Int, need: Int)
    case noCollection(path: String)
    case collectionExists(path: String)
    case damagedManifest(path: String, problem: String)
    case collectionBusy(path: String)
    case notSupported(String)
    /// A value to be stored is NaN, infinite, or infinite once halved.
    case valueNotFinite(path: String, row: Int, column: Int)
    case queryNotFinite(query: Int, column: Int)
    case wrongQueryDimension(index: Int, query: Int)
    case mixedDimensions(first: Int, path: String, dimension: Int)
    /// Rows asked for are not in the segment, or not in ascending order.
    case rowsNotInSegment(path: String, rows: Range<Int>, count: Int)
}

extension VectorSearchError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotOpen(let path, let number):
            "The vectors in \(path) cannot be read: \(String(cString: strerror(number)))."
        case .cannotWrite(let path, let number):
            "The vectors in \(path) cannot be written: \(String(cString: strerror(number)))."
        case .notASegment(let path):
            "\(path) does not hold vectors of this program. \(Self.rebuild)"
        case .newerVersion(let path, let found, let supported):
            "\(path) is in format \(found), but this program reads up to format \(supported). "
                + "Use the newer program that wrote it, or rebuild the library."
        case .damagedHeader(let path):
            "The first bytes of \(path) are damaged. \(Self.rebuild)"
        case .badHeader(let path, let field, let value):
            "\(path) claims an impossible \(field) of \(value). \(Self.rebuild)"
        case .wrongSize(let path, let have, let need):
            "\(path) is \(have < need ? "truncated" : "too long"): "
                + "it has \(have) bytes and needs \(need). \(Self.rebuild)"
        case .damagedChecksums(let path):
            "The checksums at the end of \(path) are damaged. \(Self.rebuild)"
        case .damagedRows(let path, let rows):
            "Vectors \(rows.lowerBound) to \(rows.upperBound - 1) of \(path) are damaged. "
                + Self.rebuild
        case .damagedContents(let path, let what):
            "The \(what) in \(path) are damaged. \(Self.rebuild)"
        case .badFormat(let path, let format, let problem):
            "\(path) is not \(format) that can be read: \(problem)."
        case .unknownFormat(let path):
            "\(path) has no known ending. Vectors are read from and written to .npy, .fvecs, "
                + ".bvecs, .ivecs and .faiss files."
        case .duplicateIdentifier(let identifier):
            "The identifier \(identifier) occurs more than once. Remove the older vector first, or "
                + "give the new one another identifier."
        case .wrongIdentifierCount(let have, let need):
            "There are \(have) identifiers for \(need) vectors. Give one for each."
        case .noCollection(let path):
            "\(path) holds no vectors. Make it first: reel vectors build --output \(path)."
        case .collectionExists(let path):
            "\(path) holds vectors already. Choose another folder, or remove that one."
        case .damagedManifest(let path, let problem):
            "\(path) is damaged: \(problem). \(Self.rebuild)"
        case .collectionBusy(let path):
            "Another program is changing \(path). Try again when it has finished."
        case .notSupported(let what):
            what
        case .valueNotFinite(let path, let row, let column):
            "Element \(column) of vector \(row) for \(path) is not a finite number of its type. "
                + "The model that made it is damaged or its input is."
        case .queryNotFinite(let query, let column):
            "Element \(column) of query \(query) is not a finite number. "
                + "The model that made it is damaged or its input is."
        case .wrongQueryDimension(let index, let query):
            "The index holds \(index) values per vector but the query has \(query). "
                + "Rebuild the library with the current model."
        case .mixedDimensions(let first, let path, let dimension):
            "The index holds \(first) values per vector but \(path) has \(dimension). "
                + "Rebuild the library with the current model."
        case .rowsNotInSegment(let path, let rows, let count):
            "Vectors \(rows.lowerBound) to \(rows.upperBound - 1) were asked of \(path), "
                + "out of order or beyond its \(count). \(Self.rebuild)"
        }
    }

    private static let rebuild = "Restore it from a backup, or rebuild the library."
}
