import Testing

@testable import LegalCases

@Suite struct ElementReaderTests {
    private static let sums: [(text: String, yuan: [Double])] = [
        ("价值3200元", [3200]), ("价值人民币3,200元整", [3200]), ("共计5万余元", [50_000]),
        ("骗取１２．５万元", [125_000]), ("退还三千五百元", [3500]), ("罚金二十万元", [200_000]),
        ("投资1.2亿元", [120_000_000]), ("得款十二元，又得八百元", [12, 800]), ("一元二次", [1]),
        ("2016年5月，元某到场", []), ("每元", []), ("共得两千多元", [2000]), ("，元", []),
        ("价值2000余 元", [2000]), ("三万五千元", [35_000]),
    ]

    @Test(arguments: sums) func sumsOfMoneyAreRead(text: String, yuan: [Double]) {
        #expect(MoneyAmounts.yuan(in: FactBytes(text)) == yuan)
    }

    private static let injuries: [(text: String, injury: CaseElements.Injury?)] = [
        ("构成轻伤二级", .lightSecond), ("构成轻伤一级", .lightFirst), ("损伤程度为重伤二级", .severeSecond),
        ("为重伤一级", .severeFirst), ("为轻微伤", .minor), ("经抢救无效死亡", .death),
        ("未受伤", nil), ("不构成轻伤", nil), ("轻微伤，另一人轻伤", .lightSecond),
    ]

    @Test(arguments: injuries)
    func theWorstInjuryCounts(text: String, injury: CaseElements.Injury?) {
        #expect(ElementReader.elements(of: text).injury == injury)
    }

    private struct Flag: Sendable {
        var text: String
        var read: @Sendable (CaseElements) -> Bool
        var value: Bool
    }

    private static let flags: [Flag] = [
        Flag(text: "后主动投案，系自首", read: { $0.hasSurrendered }, value: true),
        Flag(text: "其行为不构成自首", read: { $0.hasSurrendered }, value: false),
        Flag(text: "没有自首情节", read: { $0.hasSurrendered }, value: false),
        Flag(text: "归案后如实供述", read: { $0.hasConfessed }, value: true),
        Flag(text: "系累犯，应从重处罚", read: { $0.isRecidivist }, value: true),
        Flag(text: "不属于累犯", read: { $0.isRecidivist }, value: false),
        Flag(text: "系累犯", read: { $0.hasRecord }, value: true),
        Flag(text: "赔偿了损失", read: { $0.hasCompensated }, value: true),
        Flag(text: "至今未赔偿", read: { $0.hasCompensated }, value: false),
        Flag(text: "取得被害人谅解", read: { $0.isForgiven }, value: true),
        Flag(text: "未取得谅解", read: { $0.isForgiven }, value: false),
        Flag(text: "系犯罪未遂", read: { $0.isAttempt }, value: true),
    ]

    @Test(arguments: flags.indices) func whatIsDeniedDoesNotCount(_ index: Int) {
        let flag = Self.flags[index]
        #expect(flag.read(ElementReader.elements(of: flag.text)) == flag.value, "\(flag.text)")
    }

    @Test func rolesWeaponsAndYearsAreRead() {
        let elements = ElementReader.elements(
            of: "1234年不算，2016年3月，甲持水果刀、木棍伤人，甲系主犯，乙系从犯。")
        #expect(elements.role == .several)
        #expect(elements.weapon == .knife)
        #expect(elements.year == 2016)
    }

    @Test func alikeElementsAreSimilar() {
        let theft = ElementReader.elements(of: "窃得3000元，系自首，系累犯")
        let like = ElementReader.elements(of: "窃得3500元，主动投案，系累犯")
        let unlike = ElementReader.elements(of: "持刀伤人，致重伤二级，已赔偿，获谅解")
        #expect(ElementComparison(theft, theft).similarity == 1)
        #expect(ElementComparison(theft, like).similarity > 0.9)
        #expect(ElementComparison(theft, unlike).similarity == 0)
    }
}
