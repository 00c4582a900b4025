import Testing

@testable import WebAPI

@Suite struct HostListTests {
    private static let own: [String] = [
        "localhost", "localhost:8420", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:8420",
        "127.9.8.7:1", "[::1]", "[::1]:8420",
    ]

    @Test(arguments: own) func loopbackNamesAreOurs(authority: String) {
        #expect(HostList().allows(authority))
    }

    /// A hostile page can make its own name point at this machine.
    private static let foreign: [String] = [
        "evil.example", "evil.example:8420", "127.0.0.1.evil", "127.0.0.1.evil:8420",
        "localhost.", "localhost.evil", "", ":8420", "[::1", "[::1]x", "[::2]", "128.0.0.1",
        "127.1", "0177.0.0.1", "127.0.0.01", "2130706433", "localhost:", "localhost:99999",
        "localhost:8420:1", "user@localhost", "localhost/x", "127.0.0.1 evil", "0.0.0.0",
    ]

    @Test(arguments: foreign) func otherNamesAreNot(authority: String) {
        #expect(!HostList().allows(authority))
    }
}
