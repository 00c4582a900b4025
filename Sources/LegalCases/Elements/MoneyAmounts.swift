/// Sums of money in a fact: `3,200元`, `人民币5万余元`, `１２．５万元`, `三千五百元`.
enum MoneyAmounts {
    /// Yuan, in the order of the text.
    static func yuan(in text: FactBytes) -> [Double] {
        var amounts: [Double] = []
        for place in text.places(of: "元") {
            // A number has at most a few dozen characters: only those before the word are read.
            let before = text.bytes[max(0, place - 96)..<place]
            let scalars = Array(String(decoding: before, as: UTF8.self).unicodeScalars)
            guard let amount = number(endingAt: scalars), amount.isFinite, amount > 0,
                amount < 1e12
            else { continue }
            amounts.append(amount)
        }
        return amounts
    }

    private static let rough: Set<Unicode.Scalar> = ["余", "多", "几", "整", " "]
    private static let units: [Unicode.Scalar: Double] = [
        "十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000,
    ]

    /// The number that ends the text, whatever stands before it.
    static func number(endingAt scalars: [Unicode.Scalar]) -> Double? {
        var end = scalars.count
        func skipRough() {
            while end > 0, rough.contains(scalars[end - 1]) { end -= 1 }
        }
        skipRough()
        var start = end
        while start > 0, isPart(scalars[start - 1]) { start -= 1 }
        // A comma or a point before the number belongs to the sentence.
        while start < end, scalars[start] == "," || scalars[start] == "，" || scalars[start] == "." {
            start += 1
        }
        guard start < end else { return nil }
        return value(scalars[start..<end])
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        digit(scalar) != nil || units[scalar] != nil || rough.contains(scalar)
            || isSeparator(scalar) || isPoint(scalar)
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "," || scalar == "，"
    }

    private static func isPoint(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "." || scalar == "．" || scalar == "点"
    }

    private static func digit(_ scalar: Unicode.Scalar) -> Double? {
        switch scalar {
        case "0"..."9": Double(scalar.value - 0x30)
        case "０"..."９": Double(scalar.value - 0xFF10)
        case "零", "〇": 0
        case "一", "壹": 1
        case "二", "两", "贰": 2
        case "三", "叁": 3
        case "四", "肆": 4
        case "五", "伍": 5
        case "六", "陆": 6
        case "七", "柒": 7
        case "八", "捌": 8
        case "九", "玖": 9
        default: nil
        }
    }

    /// Digits make a number; 十 百 千 multiply it inside a group, 万 and 亿 the group.
    private static func value(_ scalars: ArraySlice<Unicode.Scalar>) -> Double? {
        var total = 0.0
        var group = 0.0
        var current: Double?
        var fraction: Double?  // the next decimal's weight
        var hasDigit = false
        for scalar in scalars {
            if let digit = digit(scalar) {
                hasDigit = true
                if let weight = fraction {
                    current = (current ?? 0) + digit * weight
                    fraction = weight / 10
                } else {
                    current = (current ?? 0) * 10 + digit
                }
            } else if isPoint(scalar) {
                fraction = 0.1
            } else if let unit = units[scalar] {
                fraction = nil
                if unit >= 10_000 {
                    total += (group + (current ?? 0)) * unit
                    group = 0
                } else {
                    group += (current ?? (unit == 10 ? 1 : 0)) * unit
                    if unit == 10 { hasDigit = true }
                }
                current = nil
            }
        }
        guard hasDigit else { return nil }
        return total + group + (current ?? 0)
    }
}
