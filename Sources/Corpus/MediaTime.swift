/// Times as people write them: `20s`, `2m`, `1h`, `1:30`, `0:01:30.5`, `20`.
package enum MediaTime {
    /// In seconds; nil when the text is no time of up to a year.
    package static func seconds(_ text: String) -> Double? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        let longest = 366 * 86400.0
        func number(_ text: some StringProtocol) -> Double? {
            guard !text.isEmpty, text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") })
            else { return nil }
            return Double(text)
        }
        var seconds: Double?
        if let last = text.last, let unit = units[last] {
            seconds = number(text.dropLast()).map { $0 * unit }
        } else {
            let fields = text.split(separator: ":", omittingEmptySubsequences: false).map(number)
            guard fields.count <= 3, fields.allSatisfy({ $0 != nil }) else { return nil }
            seconds = fields.compactMap { $0 }.reduce(0) { $0 * 60 + $1 }
        }
        return seconds.flatMap { $0 <= longest ? $0 : nil }
    }
}
