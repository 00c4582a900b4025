internal import Glibc

/// What can go wrong with cases. No sentence repeats a case's text.
package enum LegalCaseError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotRead(path: String, reason: String)
    case damagedGzip(path: String)
    case noLibrary(path: String)
    case notALibrary(path: String, reason: String)
    case unknownFormat(path: String, found: Int, known: Int)
    case damagedFile(path: String, problem: String)
    case damagedRow(id: Int64)
    case emptyFact
    /// UTF-8 bytes.
    case factTooLong(bytes: Int, limit: Int)
    /// Share of the fact's character sequences that the classifier knows, 0…1.
    case foreignFact(knownShare: Double)
    case unknownCharge(String, closest: [String])
    case tooFewCharges(found: [String])
    case tooFewCases(found: Int, needed: Int)
    case noClassifier(path: String)
    case foreignClassifier(path: String)
    case noChargeLabels(path: String)
    case trainingFailed(String)
    case badReply(String)

    package var description: String {
        switch self {
        case .cannotRead(let path, let reason): "Cannot read \(path): \(reason)."
        case .damagedGzip(let path):
            "\(path) is damaged: its compressed data ends too early or is not gzip's. "
                + "Fetch the file again."
        case .noLibrary(let path):
            "There is no library of cases at \(path). Make one first: reel cases import FILE.jsonl"
        case .notALibrary(let path, let reason):
            "\(path) is no library of cases: \(reason). Choose another folder with --index."
        case .unknownFormat(let path, let found, let known):
            "\(path) has format version \(found), and this program reads version \(known). "
                + (found > known
                    ? "Use a newer reel." : "Import the cases again, into a new folder.")
        case .damagedFile(let path, let problem): "\(path) is damaged: \(problem)."
        case .damagedRow(let id):
            "Case \(id) is damaged: its row does not match its checksum. "
                + "Import the cases again, into a new folder."
        case .emptyFact:
            "The fact is empty. Give the description of the case as a text, or as - for standard "
                + "input."
        case .factTooLong(let bytes, let limit):
            "The fact is too long: it has \(bytes) bytes or more, and at most \(limit) are read. "
                + "Give the description of one case."
        case .foreignFact(let share):
            "The classifier knows only \(Int((share * 100).rounded())) % of the character "
                + "sequences of this text: it does not look like a fact in the language of the "
                + "cases it was trained on."
        case .unknownCharge(let name, let closest):
            "The library has no case with the charge \(name)."
                + (closest.isEmpty ? "" : " It has: " + closest.joined(separator: ", ") + ".")
        case .tooFewCharges(let found):
            "A classifier tells charges apart, and the library's cases have "
                + (found.isEmpty ? "none" : "one charge only, \(found.joined())")
                + ". Import cases with other charges first."
        case .tooFewCases(let found, let needed):
            "The library has \(found) cases, and training needs at least \(needed). "
                + "Import more cases first."
        case .noClassifier(let path):
            "There is no classifier at \(path). Train one first: reel cases train"
        case .foreignClassifier(let path):
            "The classifier at \(path) was trained on another library. Train one for this library: "
                + "reel cases train"
        case .noChargeLabels(let path):
            "The model \(path) does not tell charges apart: id2label in its config.json has to name "
                + "at least two, each once."
        case .trainingFailed(let reason): "The classifier cannot be trained: \(reason)."
        case .badReply(let reason): "The language model's reply cannot be used: \(reason)."
        }
    }
}
