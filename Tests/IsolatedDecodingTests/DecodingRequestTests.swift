import Testing

@testable import IsolatedDecoding

struct DecodingRequestTests {
    @Test func aRequestNamesItsFile() {
        #expect(DecodingRequest(path: "/a.mp4").path == "/a.mp4")
    }
}
