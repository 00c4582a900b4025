/// Why a file could not be read by a decoding process; the description is what the user sees. Each
/// costs that file alone.
package enum IsolatedDecodingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The decoder's own error, in its own words.
    case refused(Refusal, message: String)
    case crashed(file: String, signal: Int32)
    /// The decoding process ended without finishing the file or saying why.
    case ended(file: String, code: Int32)
    case tooMuchMemory(file: String, megabytes: Int)
    case tooMuchProcessorTime(file: String, seconds: Int)
    case silent(file: String, seconds: Double)
    case tooSlow(file: String, seconds: Double)
    /// It tried what a decoder has no business with, such as opening a connection.
    case forbidden(file: String)
    /// What it sent cannot be true.
    case nonsense(file: String, detail: String)
    case cannotStart(detail: String)
    /// libav is not there; the sentence says where it is to be had.
    case missingLibrary(String)

    /// What sort of error the decoder met, which decides an exit code.
    package enum Refusal: UInt8, Sendable {
        case badData = 0
        /// The file cannot be opened or read.
        case unreadable = 1
        case defect = 2
    }

    package var description: String {
        switch self {
        case .refused(_, let message), .missingLibrary(let message):
            message
        case .crashed(let file, let signal):
            "“\(file)” could not be decoded: the decoder crashed (signal \(signal)). "
                + "The file is damaged or made to do harm; convert it if you trust it."
        case .ended(let file, let code):
            "“\(file)” could not be decoded: the decoder ended without a word (code \(code)). "
                + "Try again; if it happens again, please report it with the file."
        case .tooMuchMemory(let file, let megabytes):
            "“\(file)” could not be decoded: it needed more than \(megabytes) MB of memory. "
                + "Make a smaller version of it."
        case .tooMuchProcessorTime(let file, let seconds):
            "“\(file)” could not be decoded: it took longer than \(seconds) s of processor time. "
                + "Split or convert it."
        case .silent(let file, let seconds):
            "“\(file)” could not be decoded: the decoder gave no sign of life for "
                + "\(Int(seconds.rounded(.up))) s. Copy it to a local disk, or convert it."
        case .tooSlow(let file, let seconds):
            "“\(file)” could not be decoded: it took longer than "
                + "\(Int(seconds.rounded(.up))) s. Split or convert it."
        case .forbidden(let file):
            "“\(file)” could not be decoded: the decoder tried what it may not (signal 31). "
                + "The file is made to do harm, or this system is unknown to reel."
        case .nonsense(let file, let detail):
            "“\(file)” could not be decoded: the decoder sent what cannot be true (\(detail)). "
                + "The file is damaged or made to do harm; convert it if you trust it."
        case .cannotStart(let detail):
            "The process that decodes media could not be started: \(detail). "
                + "Check how many processes and how much memory this account may use."
        }
    }
}
