internal import Corpus

/// A conversation with places for values, read from a text file so that people can change it.
///
/// The file's syntax, which `prompts/README.md` tells its readers too:
///
///     What stands before the first role is a comment.
///     [system]
///     You answer from evidence alone.
///     [user]
///     Question: {{question}}
///
/// A line that is `[system]`, `[user]` or `[assistant]` and nothing else begins a message of that
/// role. `{{name}}` is the place of a value; a name is made of small letters, digits and `_`. A
/// name the program does not know is an error when the file is read. `\{{` stands for two braces.
/// Values are put in as they are and never read again: braces and roles in them mean nothing.
package struct PromptTemplate: Sendable, Equatable {
    /// What a prompt is for: its file is `<name>.txt`, and these are the values it may have.
    package struct Kind: Sendable, Equatable {
        package var name: String
        package var variables: Set<String>

        package init(_ name: String, variables: Set<String>) {
            self.name = name
            self.variables = variables
        }
    }

    private enum Piece: Equatable {
        case text(String)
        case value(String)
    }

    private struct Message: Equatable {
        var role: ChatMessage.Role
        var pieces: [Piece]
    }

    package let kind: Kind
    /// SHA-256 of the file's text, in hexadecimal: tells which prompt an answer was made with.
    package let digest: String
    private let messages: [Message]

    /// - Parameter source: where the text is from, for errors.
    package init(_ text: String, kind: Kind, source: String) throws(PromptError) {
        self.kind = kind
        digest = hexadecimal(SHA256.digest(of: text.utf8))
        var messages: [Message] = []
        var lines: [Substring] = []
        var role: ChatMessage.Role?
        var firstLine = 0

        func close() throws(PromptError) {
            guard let role else { return }
            let body = lines.joined(separator: "\n").trimmingBlankEnds
            guard !body.isEmpty else {
                throw PromptError.emptyMessage(path: source, role: role.rawValue, line: firstLine)
            }
            let blankLines = lines.prefix { $0.allSatisfy(\.isWhitespace) }.count
            let pieces = try Self.pieces(
                of: body, kind: kind, source: source, firstLine: firstLine + blankLines)
            messages.append(Message(role: role, pieces: pieces))
        }
        let all = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in all.enumerated() {
            if let next = Self.role(of: line) {
                try close()
                (role, firstLine, lines) = (next, index + 2, [])
            } else {
                lines.append(line)
            }
        }
        try close()
        guard !messages.isEmpty else { throw .noRole(path: source) }
        self.messages = messages
    }

    /// The conversation with its values put in.
    /// - Parameters:
    ///   - values: one for every variable of the kind.
    ///   - pictures: JPEG files, shown with the last message.
    package func filled(
        _ values: [String: String], pictures: [[UInt8]] = []
    ) -> [ChatMessage] {
        precondition(
            Set(values.keys) == kind.variables,
            "The prompt \(kind.name) takes \(kind.variables.sorted()), not \(values.keys.sorted())."
        )
        var filled = messages.map { message in
            ChatMessage(
                message.role,
                message.pieces.map { piece in
                    switch piece {
                    case .text(let text): text
                    case .value(let name): values[name] ?? ""
                    }
                }.joined())
        }
        filled[filled.count - 1].pictures = pictures
        return filled
    }

    private static func role(of line: Substring) -> ChatMessage.Role? {
        guard line.first == "[", line.last == "]" else { return nil }
        return ChatMessage.Role(rawValue: String(line.dropFirst().dropLast()))
    }

    private static func pieces(
        of text: String, kind: Kind, source: String, firstLine: Int
    ) throws(PromptError) -> [Piece] {
        var pieces: [Piece] = []
        var literal = ""
        var rest = text[...]
        while let character = rest.first {
            if rest.hasPrefix("\\{{") {
                literal += "{{"
                rest = rest.dropFirst(3)
                continue
            }
            guard rest.hasPrefix("{{") else {
                literal.append(character)
                rest = rest.dropFirst()
                continue
            }
            let name = rest.dropFirst(2).prefix(while: isOfName)
            let line = firstLine + text[..<rest.startIndex].count(where: \.isNewline)
            rest = rest[name.endIndex...]
            guard rest.hasPrefix("}}") else { throw .openPlace(path: source, line: line) }
            guard kind.variables.contains(String(name)) else {
                throw .unknownVariable(
                    path: source, line: line, name: String(name),
                    known: kind.variables.sorted())
            }
            rest = rest.dropFirst(2)
            if !literal.isEmpty { pieces.append(.text(literal)) }
            literal = ""
            pieces.append(.value(String(name)))
        }
        if !literal.isEmpty { pieces.append(.text(literal)) }
        return pieces
    }

    private static func isOfName(_ character: Character) -> Bool {
        ("a"..."z").contains(character) || ("0"..."9").contains(character) || character == "_"
    }
}

extension String {
    /// Without the blank lines and spaces around it.
    fileprivate var trimmingBlankEnds: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
