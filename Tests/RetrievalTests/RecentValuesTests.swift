import Testing

@testable import Retrieval

@Suite struct RecentValuesTests {
    @Test func whatIsUsedStaysAndTheRestGoes() {
        let values = RecentValues<Int, String>(limit: 8)
        values.store("kept", for: 0)
        for number in 1...100 {
            values.store("\(number)", for: number)
            #expect(values[0] == "kept")
        }
        #expect(values[100] == "100")
        #expect(values[1] == nil)
        #expect((0...100).count { values[$0] != nil } <= 8)
    }

    @Test func aValueCanBeReplaced() {
        let values = RecentValues<String, Int>(limit: 4)
        values.store(1, for: "a")
        values.store(2, for: "a")
        #expect(values["a"] == 2)
    }
}
