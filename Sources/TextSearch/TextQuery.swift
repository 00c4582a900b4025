package import Corpus

/// What is looked for in the text of a library: words, phrases and beginnings of words, in all
/// fields or some, wanted or not.
package struct TextQuery: Sendable, Equatable {
    package struct Clause: Sendable, Equatable {
        package enum Form: Sendable, Equatable {
            /// Any of the words, in any of their forms: *run* also finds *running*.
            case words
            /// All the words as they are spelled, one after another.
            case phrase
            /// Words one after another, of which the last may go on.
            case prefix
        }

        package var text: String
        package var form: Form
        /// Empty for every field.
        package var fields: Set<PassageSource>
        /// Passages that match are left out.
        package var isExcluded: Bool

        package init(
            text: String, form: Form = .words, fields: Set<PassageSource> = [],
            isExcluded: Bool = false
        ) {
            self.text = text
            self.form = form
            self.fields = fields
            self.isExcluded = isExcluded
        }
    }

    /// A passage is found when one of the clauses that are not excluded matches it, and none of
    /// the excluded ones does.
    package var clauses: [Clause]

    package init(clauses: [Clause]) { self.clauses = clauses }

    /// Plain words: nothing in them is interpreted.
    package init(words: String) { clauses = [Clause(text: words)] }

    /// The wanted text, without quotes, fields and operators, as an embedding model wants it.
    package var plainText: String {
        clauses.filter { !$0.isExcluded }.map(\.text).joined(separator: " ")
    }

    /// The texts of the excluded clauses.
    package var excludedTexts: [String] { clauses.filter(\.isExcluded).map(\.text) }

    package var hasExclusions: Bool { clauses.contains(where: \.isExcluded) }
}

extension PassageSource {
    /// What a query calls the fields.
    package static let fieldNames: [String: PassageSource] = [
        "name": .fileName, "title": .title, "description": .description, "about": .description,
        "transcript": .transcript, "speech": .transcript, "subtitle": .subtitle, "tag": .tag,
        "chapter": .chapter, "screen": .screenText, "text": .text,
    ]
}
