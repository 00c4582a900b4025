import JSONText

/// `config_sentence_transformers.json`: what is put before a text, by what the text is for.
package struct SentencePrompts: Sendable, Equatable {
    package static let fileName = "config_sentence_transformers.json"

    /// Prompts by name; those that say nothing are left out.
    private let texts: [String: String]
    /// Of the prompt of texts that are for nothing in particular.
    private let standardName: String?
    /// All names, those of prompts that say nothing too, in order.
    package let names: [String]

    private static let queryNames = ["query"]
    /// In the order in which sentence-transformers looks for them.
    private static let passageNames = ["document", "passage", "corpus"]

    /// Without the file there are none.
    package init(_ directory: ModelDirectory) throws {
        guard let settings = try directory.settings(in: Self.fileName) else {
            (texts, standardName, names) = ([:], nil, [])
            return
        }
        let prompts = settings["prompts"]?.object
        if settings["prompts"] != nil, prompts == nil {
            throw settings.wrong("prompts", expected: "an object of texts")
        }
        var texts: [String: String] = [:]
        for (name, value) in prompts ?? [:] where value != .null {
            guard let text = value.string else {
                throw settings.wrong("prompts", expected: "an object of texts")
            }
            if !text.isEmpty { texts[name] = text }
        }
        self.texts = texts
        names = (prompts ?? [:]).keys.sorted()
        standardName =
            settings["default_prompt_name"] == nil
            ? nil : try settings.string("default_prompt_name")
        guard standardName.map(names.contains) ?? true else {
            throw settings.wrong(
                "default_prompt_name",
                expected: "the name of a prompt (" + names.joined(separator: ", ") + ")")
        }
    }

    package var isEmpty: Bool { texts.isEmpty }

    /// Nil for a name that the model does not have; empty for a prompt that says nothing.
    package func text(named name: String) -> String? {
        names.contains(name) ? texts[name] ?? "" : nil
    }

    /// Before a text that is for nothing in particular.
    package var standard: String { standardName.flatMap { texts[$0] } ?? "" }
    /// Before a question.
    package var query: String { text(of: Self.queryNames) }
    /// Before a text that is to be found.
    package var passage: String { text(of: Self.passageNames) }

    /// The first of the prompts that the model has; else the standard one, unless it is meant for
    /// the other side.
    private func text(of wanted: [String]) -> String {
        if let name = wanted.first(where: { texts[$0] != nil }) { return texts[name] ?? "" }
        guard let standardName, !(Self.queryNames + Self.passageNames).contains(standardName) else {
            return ""
        }
        return standard
    }
}

extension SentencePrompts: CustomStringConvertible {
    /// The same for the same prompts, whatever else the file says.
    package var description: String {
        texts.sorted { $0.key < $1.key }.map {
            "\($0.key.debugDescription): \($0.value.debugDescription)"
        }
        .joined(separator: ", ") + "; \(standardName?.debugDescription ?? "none")"
    }
}
