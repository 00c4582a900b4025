/// What is wrong with a prompt's file.
package enum PromptError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing(name: String, folders: [String])
    case unreadable(path: String)
    case tooLarge(path: String, bytes: Int, limit: Int)
    case noRole(path: String)
    case emptyMessage(path: String, role: String, line: Int)
    case openPlace(path: String, line: Int)
    case unknownVariable(path: String, line: Int, name: String, known: [String])

    package var description: String {
        switch self {
        case .missing(let name, let folders):
            "There is no prompt \(name).txt: it was looked for in "
                + folders.joined(separator: ", ") + "."
        case .unreadable(let path):
            "The prompt \(path) cannot be read as UTF-8."
        case .tooLarge(let path, let bytes, let limit):
            "The prompt \(path) has \(bytes) bytes; at most \(limit) are read."
        case .noRole(let path):
            "The prompt \(path) has no message: begin one with a line [system] or [user]."
        case .emptyMessage(let path, let role, let line):
            "The message [\(role)] at line \(line) of the prompt \(path) is empty."
        case .openPlace(let path, let line):
            "In line \(line) of the prompt \(path) two braces begin no {{name}}: write \\{{ for "
                + "the braces themselves."
        case .unknownVariable(let path, let line, let name, let known):
            "Line \(line) of the prompt \(path) asks for {{\(name)}}, which there is not. There "
                + "are: " + known.map { "{{\($0)}}" }.joined(separator: ", ") + "."
        }
    }
}
