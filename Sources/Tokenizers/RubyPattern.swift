/// Regular expressions in Ruby's syntax, as Oniguruma reads them, written as ICU's.
enum RubyPattern {
    /// Classes mean other sets to ICU: `\h` is no space but a hexadecimal digit, and every class has
    /// the scalars of Unicode 16, where Debian's ICU has 15.
    static func translated(_ pattern: String) -> String {
        var result = ""
        var rest = Substring(pattern)
        while let character = rest.popFirst() {
            guard character == "\\", let escaped = rest.popFirst() else {
                result.append(character)
                continue
            }
            if let set = classes[escaped] {
                result += "[\(set)]"
            } else if let set = classes[Character(escaped.lowercased())] {
                result += "[^\(set)]"
            } else if escaped == "p" || escaped == "P", rest.first == "{",
                let end = rest.firstIndex(of: "}")
            {
                let name = rest[rest.index(after: rest.startIndex)..<end]
                result += property(name, isNegated: escaped == "P")
                rest = rest[rest.index(after: end)...]
            } else {
                result += "\\" + String(escaped)
            }
        }
        return result
    }

    private static func property(_ name: Substring, isNegated: Bool) -> String {
        let bare = name.hasPrefix("^") ? name.dropFirst() : name
        let isNegated = isNegated != name.hasPrefix("^")
        return "[\(isNegated ? "^" : "")\\p{\(bare)}\(young[String(bare)] ?? "")]"
    }

    /// Oniguruma counts `² ³ ¹ ¼ ½ ¾` among `\w`.
    private static let classes: [Character: String] = [
        "w": #"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u00B2\u00B3\u00B9\u00BC-\u00BE"#
            + youngLetters + youngMarks + youngDigits,
        "s": #"\p{White_Space}"#,
        "d": #"\p{Nd}"# + youngDigits,
        "h": "0-9A-Fa-f",
    ]

    // MARK: Scalars of Unicode 15.1 and 16

    private static let young: [String: String] = [
        "L": youngLetters, "Lu": youngCapitals, "Ll": youngSmallLetters,
        "Lm": youngModifierLetters, "Lo": youngOtherLetters, "M": youngMarks, "N": youngDigits,
        "Nd": youngDigits, "P": youngPunctuation, "S": youngSymbols,
    ]
    private static let youngLetters =
        youngCapitals + youngSmallLetters + youngModifierLetters + youngOtherLetters
    private static let youngCapitals =
        #"\u1C89\uA7CB-\uA7CC\uA7DA\uA7DC\U00010D50-\U00010D65"#
    private static let youngSmallLetters = #"\u1C8A\uA7CD\uA7DB\U00010D70-\U00010D85"#
    private static let youngModifierLetters =
        #"\U00010D4E\U00010D6F\U00016D40-\U00016D42\U00016D6B-\U00016D6C"#
    private static let youngOtherLetters =
        #"\U000105C0-\U000105F3\U00010D4A-\U00010D4D\U00010D4F\U00010EC2-\U00010EC4"#
        + #"\U00011380-\U00011389\U0001138B\U0001138E\U00011390-\U000113B5\U000113B7"#
        + #"\U000113D1\U000113D3\U00011BC0-\U00011BE0\U00013460-\U000143FA"#
        + #"\U00016100-\U0001611D\U00016D43-\U00016D6A\U00018CFF\U0001E5D0-\U0001E5ED"#
        + #"\U0001E5F0\U0002EBF0-\U0002EE5D"#
    private static let youngMarks =
        #"\u0897\U00010D69-\U00010D6D\U00010EFC\U000113B8-\U000113C0\U000113C2\U000113C5"#
        + #"\U000113C7-\U000113CA\U000113CC-\U000113D0\U000113D2\U000113E1-\U000113E2"#
        + #"\U00011F5A\U0001611E-\U0001612F\U0001E5EE-\U0001E5EF"#
    private static let youngDigits =
        #"\U00010D40-\U00010D49\U000116D0-\U000116E3\U00011BF0-\U00011BF9"#
        + #"\U00016130-\U00016139\U00016D70-\U00016D79\U0001CCF0-\U0001CCF9"#
        + #"\U0001E5F1-\U0001E5FA"#
    private static let youngPunctuation =
        #"\u1B4E-\u1B4F\u1B7F\U00010D6E\U000113D4-\U000113D5\U000113D7-\U000113D8"#
        + #"\U00011BE1\U00016D6D-\U00016D6F\U0001E5FF"#
    private static let youngSymbols =
        #"\u2427-\u2429\u2FFC-\u2FFF\u31E4-\u31E5\u31EF\U00010D8E-\U00010D8F"#
        + #"\U0001CC00-\U0001CCEF\U0001CD00-\U0001CEB3\U0001F8B2-\U0001F8BB"#
        + #"\U0001F8C0-\U0001F8C1\U0001FA89\U0001FA8F\U0001FABE\U0001FAC6\U0001FADC"#
        + #"\U0001FADF\U0001FAE9\U0001FBCB-\U0001FBEF"#
}
