/// How many tokens a language model makes of a text, without knowing the model: a token is some
/// four letters of a European language and less than one Chinese or Japanese character. Rather too
/// many than too few.
package enum TokenEstimate {
    package static func tokens(of text: String) -> Int {
        var ascii = 0
        var others = 0
        for scalar in text.unicodeScalars {
            if scalar.isASCII { ascii += 1 } else { others += 1 }
        }
        return (ascii + 2) / 3 + others
    }

    /// A picture of at most 360 × 420 pixels is some two hundred patches.
    private static let tokensPerPicture = 256

    package static func tokens(of messages: [ChatMessage]) -> Int {
        messages.reduce(0) {
            $0 + tokens(of: $1.text) + $1.pictures.count * tokensPerPicture
        }
    }
}
