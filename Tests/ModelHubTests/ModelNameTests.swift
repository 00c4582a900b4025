import ModelHub
import Testing

struct ModelNameTests {
    private static let names: [(text: String, repository: String, revision: String?)] = [
        ("org/name", "org/name", nil), ("gpt2", "gpt2", nil),
        ("a.b-c_D/e.f-9", "a.b-c_D/e.f-9", nil), ("org/name@v1.0", "org/name", "v1.0"),
        ("org/name@refs/pr/7", "org/name", "refs/pr/7"),
        (
            "org/name@0123456789abcdef0123456789abcdef01234567", "org/name",
            "0123456789abcdef0123456789abcdef01234567"
        ),
    ]

    @Test(arguments: names)
    func namesAndRevisionsAreTakenApart(text: String, repository: String, revision: String?) throws
    {
        let name = try ModelName(text)
        #expect(name.repository == repository && name.revision == revision)
        #expect(name.description == text)
    }

    private static let bad = [
        "", "/", "org/", "/name", "a/b/c", "../name", "org/..", "org/name--x", "-org/name",
        "org/.name", "org/name.", "org name/x", "org/näme", "org/na\0me", "org/name@",
        "org/name@..",
        "org/name@a/../b", "org/name@/etc", "org/name@.git", "org/name@a b", "org/name@a//b",
        "org\\name/x", String(repeating: "a", count: 97),
    ]

    @Test(arguments: bad)
    func whatIsNoNameIsRefused(text: String) {
        #expect(throws: ModelHubError.badName(text)) { try ModelName(text) }
    }
}
