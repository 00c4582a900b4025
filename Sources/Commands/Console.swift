internal import Foundation
internal import Service

/// Where output goes: data to standard output, everything else to standard error.
///
/// Whether a stream is a terminal is asked of each stream by itself.
struct Console: Sendable {
    enum ColorChoice: String, CaseIterable, Sendable { case auto, always, never }

    var isQuiet = false
    /// Colours in what is printed as data.
    var colorsOutput: Bool
    /// Colours in messages.
    var colorsMessages: Bool
    let isErrorTerminal: Bool

    init(color: ColorChoice, environment: [String: String]) {
        let isOutputTerminal = isatty(STDOUT_FILENO) == 1
        isErrorTerminal = isatty(STDERR_FILENO) == 1
        let refused = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
        let forced = environment["FORCE_COLOR"]?.isEmpty == false
        func colors(terminal: Bool) -> Bool {
            switch color {
            case .always: true
            case .never: false
            case .auto: forced || (terminal && !refused)
            }
        }
        colorsOutput = colors(terminal: isOutputTerminal)
        colorsMessages = colors(terminal: isErrorTerminal)
    }

    /// Writes one line of data.
    func print(_ line: String) { Self.write(line + "\n", to: STDOUT_FILENO) }

    func printJSON(_ document: some Encodable) throws {
        self.print(try JSONLine.text(of: document))
    }

    /// A remark that `--quiet` silences.
    func note(_ line: String) {
        guard !isQuiet else { return }
        Self.write(line + "\n", to: STDERR_FILENO)
    }

    /// An error or a warning; never silenced.
    func complain(_ line: String) { Self.write(line + "\n", to: STDERR_FILENO) }

    /// Overwrites the current line of a terminal.
    func redraw(_ line: String) { Self.write("\r\u{1B}[K" + line, to: STDERR_FILENO) }

    /// Columns of the terminal that messages go to.
    var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 80
        }
        return Int(size.ws_col)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        writeAll(Array(text.utf8), to: descriptor)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                // A reader that went away (`reel ls | head`) is no error of ours.
                if count <= 0 {
                    exit(errno == EPIPE ? ExitCode.success.rawValue : ExitCode.inputOutput.rawValue)
                }
                written += count
            }
        }
    }
}

/// Control sequences for emphasis, or nothing.
enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"

    func callAsFunction(_ text: String, when enabled: Bool) -> String {
        enabled ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
