internal import CKernels

/// Reads the elements of a case from its fact by rules.
///
/// A rule is a list of words; one that is denied within the few characters before it (不构成自首,
/// 未赔偿) does not count. Looking for bytes of UTF-8 is looking for characters: no character's
/// bytes begin inside another's.
package enum ElementReader {
    package static func elements(of fact: String) -> CaseElements {
        let text = FactBytes(fact)
        var elements = CaseElements()
        let amounts = MoneyAmounts.yuan(in: text)
        elements.largestAmount = amounts.max()
        elements.amountCount = amounts.count
        elements.injury = injury(text)
        elements.weapon = weapons.first { $0.words.contains(where: text.affirms) }?.weapon
        elements.hasSurrendered = ["自首", "主动投案", "自动投案", "投案自首"].contains(where: text.affirms)
        elements.hasConfessed = ["如实供述", "坦白", "如实交代", "供认不讳"].contains(where: text.affirms)
        elements.isRecidivist = text.affirms("累犯")
        elements.hasRecord =
            elements.isRecidivist
            || ["前科", "曾因", "刑满释放", "曾被判处"].contains(where: text.affirms)
        elements.role = role(text)
        elements.hasCompensated = ["赔偿", "退赔", "退赃"].contains(where: text.affirms)
        elements.isForgiven = text.affirms("谅解")
        elements.isAttempt = ["未遂", "未得逞", "未能得逞"].contains(where: text.contains)
        elements.year = year(text)
        return elements
    }

    private static let weapons: [(weapon: CaseElements.Weapon, words: [String])] = [
        (.gun, ["持枪", "手枪", "猎枪", "气枪", "枪支", "开枪"]),
        (.explosive, ["炸药", "雷管", "爆炸物", "自制炸弹"]),
        (
            .knife,
            ["水果刀", "菜刀", "砍刀", "匕首", "折叠刀", "尖刀", "持刀", "斧头", "刀具", "刀刺", "弹簧刀", "剪刀", "用刀"]
        ),
        (.club, ["木棍", "铁棍", "钢管", "棒球棍", "铁管", "棍棒", "木棒", "甩棍", "铁锹", "锄头", "扳手"]),
        (.bottle, ["啤酒瓶", "酒瓶", "玻璃瓶"]),
        (.stone, ["砖头", "石头", "石块", "砖块"]),
    ]

    private static func injury(_ text: FactBytes) -> CaseElements.Injury? {
        let isDead = [
            "死亡", "致死", "身亡", "丧生", "抢救无效", "杀害",
        ].contains(where: text.affirms)
        if isDead { return .death }
        if text.contains("重伤一级") { return .severeFirst }
        if text.affirms("重伤") { return .severeSecond }
        if text.contains("轻伤一级") { return .lightFirst }
        if text.affirms("轻伤") { return .lightSecond }
        return text.affirms("轻微伤") ? .minor : nil
    }

    private static func role(_ text: FactBytes) -> CaseElements.Role? {
        if text.affirms("胁从犯") { return .coerced }
        let isPrincipal = ["主犯", "起主要作用"].contains(where: text.affirms)
        let isAccessory = ["从犯", "起次要作用", "起辅助作用"].contains(where: text.affirms)
        switch (isPrincipal, isAccessory) {
        case (true, true): return .several
        case (true, false): return .principal
        case (false, true): return .accessory
        case (false, false): return nil
        }
    }

    /// Four digits before 年 that can be the year of a case under the present criminal law.
    private static func year(_ text: FactBytes) -> Int? {
        for place in text.places(of: "年") where place >= 4 {
            var year = 0
            var areDigits = true
            for byte in text.bytes[(place - 4)..<place] {
                areDigits = areDigits && (0x30...0x39).contains(byte)
                year = year * 10 + Int(byte) - 0x30
            }
            if areDigits, (1979...2100).contains(year) { return year }
        }
        return nil
    }
}

/// A fact as bytes, in which words are looked for.
struct FactBytes {
    let bytes: [UInt8]

    init(_ fact: String) { bytes = Array(fact.utf8) }

    func contains(_ word: String) -> Bool { first(word, from: 0) != nil }

    /// Whether the word is there and not denied right before it, at one place at least.
    func affirms(_ word: String) -> Bool {
        places(of: word).contains { place in
            let before = bytes[max(0, place - Self.denialReach)..<place]
            return !Self.denials.contains { before.containsRun($0) }
        }
    }

    /// Five characters.
    private static let denialReach = 15
    private static let denials = ["不构成", "不属于", "不具有", "不是", "没有", "未", "无", "非", "拒不"].map {
        Array($0.utf8)
    }

    /// Where the word begins, ascending.
    func places(of word: String) -> [Int] {
        var places: [Int] = []
        var start = 0
        while let place = first(word, from: start) {
            places.append(place)
            start = place + word.utf8.count
        }
        return places
    }

    private func first(_ word: String, from start: Int) -> Int? {
        var word = word
        return word.withUTF8 { needle in
            bytes.withUnsafeBytes { haystack in
                guard let base = haystack.baseAddress, start < haystack.count else { return nil }
                let found = reel_find_bytes(
                    base + start, haystack.count - start, needle.baseAddress, needle.count)
                return start + found < haystack.count ? start + found : nil
            }
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate func containsRun(_ run: [UInt8]) -> Bool {
        guard count >= run.count else { return false }
        return (startIndex...(endIndex - run.count)).contains { self[$0...].starts(with: run) }
    }
}
