internal import Corpus

/// A decided case: what happened, which charges it led to, and the outcome.
package struct CaseRecord: Sendable, Equatable {
    /// What happened, as the court found it; never empty.
    package var fact: String
    /// Canonical names (`ChargeName`), at least one, each once.
    package var charges: [String]
    /// Numbers of articles of the criminal law, each once.
    package var articles: [Int]
    package var criminals: [String]
    /// Yuan, 0 or more.
    package var fineYuan: Int
    package var sentence: Sentence

    package init(
        fact: String, charges: [String], articles: [Int] = [], criminals: [String] = [],
        fineYuan: Int = 0, sentence: Sentence = Sentence()
    ) {
        self.fact = fact
        self.charges = charges
        self.articles = articles
        self.criminals = criminals
        self.fineYuan = fineYuan
        self.sentence = sentence
    }

    /// SHA-256 of the fact's UTF-8: the case's identity.
    package var digest: [UInt8] { SHA256.digest(of: fact.utf8) }
}

/// How long, or how final.
package struct Sentence: Sendable, Equatable {
    /// Of imprisonment, 0…1200; 0 beside life and death.
    package var months: Int
    package var isLife: Bool
    package var isDeath: Bool

    package init(months: Int = 0, isLife: Bool = false, isDeath: Bool = false) {
        self.months = months
        self.isLife = isLife
        self.isDeath = isDeath
    }
}

/// One spelling for each charge: CAIL2018 writes some with brackets, people add 罪.
package enum ChargeName {
    package static func canonical(_ name: String) -> String {
        var text = name.filter { !$0.isWhitespace && $0 != "[" && $0 != "]" }
        if text.count > 1, text.hasSuffix("罪") { text.removeLast() }
        return text
    }
}
