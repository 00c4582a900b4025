/// What decides a criminal case, as far as rules can read it from the fact.
///
/// A value that is nil or false was not read: the fact may still hold it in words no rule knows.
package struct CaseElements: Sendable, Equatable {
    /// Yuan, the largest sum the fact names.
    package var largestAmount: Double?
    /// Sums of money the fact names.
    package var amountCount = 0
    package var injury: Injury?
    package var weapon: Weapon?
    /// Gave himself up (自首).
    package var hasSurrendered = false
    /// Told the truth once caught (坦白, 如实供述).
    package var hasConfessed = false
    /// A repeat offender in the law's sense (累犯).
    package var isRecidivist = false
    /// Punished before (前科, 曾因…).
    package var hasRecord = false
    package var role: Role?
    /// Paid damages (赔偿).
    package var hasCompensated = false
    /// Was forgiven (谅解).
    package var isForgiven = false
    /// The crime was attempted and not completed (未遂).
    package var isAttempt = false
    /// The year of the act, 1979…2100: the first one the fact names.
    package var year: Int?

    package init() {}

    /// The worst injury, as forensic doctors grade it; more is worse.
    package enum Injury: Int, Sendable, CaseIterable {
        case minor = 1  // 轻微伤
        case lightSecond  // 轻伤二级, and 轻伤 without a grade
        case lightFirst  // 轻伤一级
        case severeSecond  // 重伤二级, and 重伤 without a grade
        case severeFirst  // 重伤一级
        case death  // 死亡

        package var name: String {
            switch self {
            case .minor: "轻微伤"
            case .lightSecond: "轻伤二级"
            case .lightFirst: "轻伤一级"
            case .severeSecond: "重伤二级"
            case .severeFirst: "重伤一级"
            case .death: "死亡"
            }
        }
    }

    package enum Weapon: Int, Sendable, CaseIterable {
        case gun = 1
        case explosive
        case knife
        case club
        case bottle
        case stone

        package var name: String {
            switch self {
            case .gun: "枪支"
            case .explosive: "爆炸物"
            case .knife: "刀具"
            case .club: "棍棒"
            case .bottle: "酒瓶"
            case .stone: "砖石"
            }
        }
    }

    /// The part somebody plays in a crime of several.
    package enum Role: Int, Sendable, CaseIterable {
        case principal = 1
        case accessory
        case coerced
        /// Principals and accessories are told apart.
        case several

        package var name: String {
            switch self {
            case .principal: "主犯"
            case .accessory: "从犯"
            case .coerced: "胁从犯"
            case .several: "主从犯"
            }
        }
    }
}
