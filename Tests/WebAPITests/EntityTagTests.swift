import Testing

@testable import WebAPI

@Suite struct EntityTagTests {
    private static let table: [(header: String?, matches: Bool)] = [
        (nil, false), ("", false), ("\"a\"", true), ("W/\"a\"", true), ("\"b\", \"a\"", true),
        ("\"b\" , W/\"a\" ", true), ("*", true), ("\"b\"", false), ("a", false),
    ]

    @Test func listsAreComparedWeakly() {
        for (header, matches) in Self.table {
            #expect(EntityTag.matches(header, "\"a\"") == matches, "\(header ?? "none")")
        }
    }

    @Test func aTagIsOfTheContent() {
        // sha256sum of nothing begins e3b0c44298fc1c14.
        #expect(EntityTag.of([]) == "\"e3b0c44298fc1c14\"")
    }
}
