import Testing

@testable import Service

@Suite struct JSONNodeTests {
    private func error(_ body: () throws -> Void) -> InputError? {
        do {
            try body()
            return nil
        } catch {
            return error as? InputError
        }
    }

    private func node(_ text: String) throws -> JSONNode {
        try JSONNode(parsing: Array(text.utf8))
    }

    private static let malformed: [(text: String, pointer: String, part: String)] = [
        ("", "", "ends too early"),
        ("{", "", "a string was expected"),
        ("{\"a\":1}x", "", "after the end"),
        ("{\"a\":1,\"a\":2}", "/a", "twice"),
        ("{\"a\":{\"b\":1,\"b\":1}}", "/a/b", "twice"),
        ("{\"a\":NaN}", "/a", "finite"),
        ("{\"a\":[1,-Infinity]}", "/a/1", "finite"),
        ("{\"a\":1e999}", "/a", "finite"),
        ("{\"a/b~c\":NaN}", "/a~1b~0c", "finite"),
        (String(repeating: "[", count: 17), String(repeating: "/0", count: 17), "deeper"),
        ("\"\u{1}\"", "", "control character"),
    ]

    @Test(arguments: malformed)
    func whatCannotBeReadNamesItsPlace(_ row: (text: String, pointer: String, part: String)) {
        let error = error { _ = try node(row.text) }
        #expect(error?.kind == .malformed)
        #expect(error?.pointer == row.pointer)
        #expect(error?.detail.contains(row.part) == true, "\(error?.detail ?? "")")
    }

    @Test func anUnknownKeyIsNamed() throws {
        let error = error { _ = try node(#"{"query":"x","toop":3}"#).members(["query", "top"]) }
        #expect(
            error
                == InputError(
                    .invalid, "/toop", "The key “toop” is unknown. Known are: query, top."))
    }

    @Test func nullIsLeftOut() throws {
        #expect(try node(#"{"query":null}"#).members(["query"]).isEmpty)
    }

    private static let numbers: [(text: String, isRight: Bool)] = [
        ("1", true), ("100", true), ("1e2", true), ("3.0", true), ("0", false), ("101", false),
        ("1000000000", false), ("-1", false), ("1.5", false), ("1e30", false), ("\"1\"", false),
        ("true", false), ("99999999999999999999", false),
    ]

    @Test(arguments: numbers)
    func wholeNumbersHaveARange(_ row: (text: String, isRight: Bool)) throws {
        let node = try node(row.text)
        #expect((error { _ = try node.integer(in: 1...100) } == nil) == row.isRight)
    }

    @Test func textsAndListsHaveALimit() throws {
        #expect(try node("\"äb\"").text(atMost: 3) == "äb")
        #expect(
            error { _ = try node("\"äb\"").text(atMost: 2) }?.detail.contains("3 bytes") == true)
        #expect(try node("[1,2]").elements(atMost: 2).map(\.pointer) == ["/0", "/1"])
        #expect(error { _ = try node("[1,2]").elements(atMost: 1) } != nil)
    }

    @Test func aWrongTypeIsNamed() throws {
        let error = error { _ = try node("[]").text(atMost: 9) }
        #expect(error?.detail == "Expected a text, got a list.")
    }
}
