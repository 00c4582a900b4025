import Testing

@testable import Corpus

@Suite struct MediaTimeTests {
    @Test(
        arguments: [
            ("20s", 20.0), ("2m", 120), ("1h", 3600), ("1.5s", 1.5), ("90", 90), ("1:30", 90),
            ("0:01:30.5", 90.5), ("0", 0), ("", nil), ("s", nil), ("-3s", nil), ("1:2:3:4", nil),
            ("1:", nil), ("soon", nil), ("nan", nil), ("inf", nil), ("1e9", nil), ("٣s", nil),
            ("99999999h", nil),
        ] as [(String, Double?)])
    func timesAreReadAsPeopleWriteThem(text: String, seconds: Double?) {
        #expect(MediaTime.seconds(text) == seconds)
    }
}
