/// Why a library could not be opened, read or written.
package enum StorageError: Error, Equatable, CustomStringConvertible {
    case noLibrary(path: String)
    case notALibrary(path: String, reason: String)
    case unknownFormat(path: String, found: Int, known: Int)
    case locked(path: String, holder: String)
    case cannotWrite(path: String, reason: String)
    case modelChanged(space: String, indexed: String, now: String)
    case segmentMissing(name: String)
    case damagedRow(table: String, row: String)
    case wrongRowCount(space: String, expected: Int, got: Int)
    case noSuchAsset(String)

    package var description: String {
        switch self {
        case .noLibrary(let path):
            "There is no library at \(path). Make one first: reel index FOLDER"
        case .notALibrary(let path, let reason):
            "\(path) is not a library that can be read: \(reason). "
                + "Choose another folder with --index, or build it again: reel index --rebuild FOLDER"
        case .unknownFormat(let path, let found, let known):
            "The library at \(path) has format version \(found), and this program reads "
                + "version \(known). "
                + (found > known
                    ? "Use a newer reel, or build it again: reel index --rebuild FOLDER"
                    : "Build it again: reel index --rebuild FOLDER")
        case .locked(let path, let holder):
            "The library at \(path) is being written by \(holder). Try again when it is done."
        case .cannotWrite(let path, let reason):
            "Cannot write \(path): \(reason)."
        case .modelChanged(let space, let indexed, let now):
            "The library's \(space) vectors were made with the model \(indexed), but the model "
                + "in use is \(now): their numbers do not compare. "
                + "Use the first model again, or build anew: reel index --rebuild FOLDER"
        case .segmentMissing(let name):
            "The vector file \(name) that the catalogue names is missing. "
                + "Build it again: reel index --rebuild FOLDER"
        case .damagedRow(let table, let row):
            "The catalogue's row \(row) in \(table) is damaged. "
                + "Build it again: reel index --rebuild FOLDER"
        case .wrongRowCount(let space, let expected, let got):
            "An asset brought \(got) \(space) vectors for \(expected) rows of the catalogue."
        case .noSuchAsset(let name):
            "The library holds no asset \(name). See them all: reel ls"
        }
    }
}
