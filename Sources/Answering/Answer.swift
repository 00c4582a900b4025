/// What the library answers, every sentence with the evidence it rests on.
package struct Answer: Sendable, Equatable {
    package struct Sentence: Sendable, Equatable {
        package var text: String
        /// Ids of the evidence, never others.
        package var citations: [Int]
        /// How well the evidence answers or supports it, 0…1.
        package var score: Double
        /// False for a sentence that its evidence does not bear out.
        package var isSupported = true
    }

    /// In the order they are to be read.
    package var sentences: [Sentence]

    package init(sentences: [Sentence]) { self.sentences = sentences }

    /// The mean of its sentences' scores, 0…1; 0 without sentences.
    package var score: Double {
        sentences.isEmpty
            ? 0 : sentences.reduce(0) { $0 + $1.score } / Double(sentences.count)
    }

    /// As one text, with citations: `It takes three days. [1]`
    package var text: String {
        sentences.map { sentence in
            sentence.text + sentence.citations.map { " [\($0)]" }.joined()
        }.joined(separator: " ")
    }
}
