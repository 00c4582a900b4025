package import TextSearch

/// A query with its relations in time.
///
///     query := step (THEN step)* [WITHIN time]
///     step  := part (WHILE part)*
///     part  := [SAID | SEEN] words, "phrases", -word, -"phrase", field:word, like:ASSET@TIME
///
/// `THEN` joins what comes one after the other in an asset, `WHILE` what happens at the same time.
/// They are operators only in capitals, outside quotes and between two parts; anything else is
/// words, so that no sentence a person types is refused for its grammar.
package struct QueryExpression: Sendable, Equatable {
    /// In order of time; at least one.
    package var steps: [Step]
    /// The longest pause between the end of a step and the beginning of the next, in seconds; nil
    /// for any.
    package var withinSeconds: Double?

    /// What happens at the same time.
    package struct Step: Sendable, Equatable {
        /// At least one.
        package var parts: [Part]
    }

    /// What is looked for in one moment.
    package struct Part: Sendable, Equatable {
        /// As typed, for people.
        package var source: String
        package var text: TextQuery
        package var scope = Scope.anywhere
        /// Moments that the one sought should be like.
        package var likes: [MomentReference] = []
    }

    /// Where a part is looked for.
    package enum Scope: Sendable, Equatable {
        case anywhere
        /// In what is spoken: subtitles and transcripts, by words and by meaning.
        case said
        /// In the pictures.
        case seen
    }

    /// A query that is nothing but words, whatever they look like.
    package init(words: String) {
        steps = [Step(parts: [Part(source: words, text: TextQuery(words: words))])]
    }

    /// The only part, when nothing is related in time.
    package var onlyPart: Part? {
        steps.count == 1 && steps[0].parts.count == 1 ? steps[0].parts[0] : nil
    }
}

/// `like:ASSET@TIME`: a moment of the library.
package struct MomentReference: Sendable, Equatable {
    /// An asset's id, its path, or the end of its path.
    package var asset: String
    /// Nil for a picture, or the beginning.
    package var timeSeconds: Double?

    package init(asset: String, timeSeconds: Double?) {
        self.asset = asset
        self.timeSeconds = timeSeconds
    }
}
