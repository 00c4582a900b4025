import UnicodeText

/// Which of several subtitles are read, by the languages that are wanted.
enum LanguageChoice {
    /// All of them, unless languages are wanted: then those in the first wanted language that is
    /// among them. When none is, all again: words in another language are better than none.
    /// - Parameter code: an element's language as its file spells it, nil when it does not say.
    static func chosen<Element>(
        from elements: [Element], languages: [String], code: (Element) -> String?
    ) -> [Element] {
        for language in languages {
            let fitting = elements.filter { element in
                code(element).map { LanguageCode.areSame($0, language) } ?? false
            }
            if !fitting.isEmpty { return fitting }
        }
        return elements
    }
}
