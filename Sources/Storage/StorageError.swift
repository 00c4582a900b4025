internal import Glibc

/// Why a library could not be opened, read or written.
package enum StorageError: Error, Equatable, CustomStringConvertible {
    case noLibrary(path: String)
    case notALibrary(path: String, reason: String)
    case unknownFormat(path: String, found: Int, known: Int)
    case locked(path: String, holder: String)
    /// The system's error number says why.
    case cannotWrite(path: String, errorNumber: Int32)
    /// Bytes.
    case noRoom(path: String, need: UInt64, have: UInt64)
    /// Generations: the catalogue's, and the one that was reached.
    case lostCommits(path: String, found: Int64, reached: Int64)
    case damagedCatalog(path: String, problem: String)
    case foreignSegment(name: String)
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
        case .cannotWrite(let path, let number):
            "Cannot write \(path): \(String(cString: strerror(number)))."
                + (Self.isFull(number) ? " Free some space, then run the same command again." : "")
        case .noRoom(let path, let need, let have):
            "There is too little room for the library at \(path): "
                + "\(need >> 20) MB are needed and \(have >> 20) MB are free. "
                + "Free some space, or choose another folder with --index. Nothing was changed."
        case .lostCommits(let path, let found, let reached):
            "The library at \(path) had reached generation \(reached), but its catalogue is at "
                + "\(found): catalog.sqlite-wal is missing, or an old copy of catalog.sqlite was put "
                + "back alone. Restore all of the folder, or build again: reel index --rebuild FOLDER"
        case .damagedCatalog(let path, let problem):
            "The catalogue of the library at \(path) is damaged: \(problem). "
                + "Build it again: reel index --rebuild FOLDER"
        case .foreignSegment(let name):
            "The vector file \(name) is not the one that the catalogue names: it comes from "
                + "another time or library. Restore all of the folder, or build again: "
                + "reel index --rebuild FOLDER"
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

    /// Whether an error number says that there is no room.
    package static func isFull(_ number: Int32) -> Bool {
        [ENOSPC, EDQUOT, EFBIG].contains(number)
    }
}
