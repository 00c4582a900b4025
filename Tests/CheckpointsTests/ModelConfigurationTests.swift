import Checkpoints
import JSONText
import Testing

@Suite("Settings are checked when read")
struct ModelConfigurationTests {
    private func configuration(_ text: String) throws -> ModelConfiguration {
        let folder = try Folder()
        return try withExtendedLifetime(folder) {
            try ModelConfiguration(path: folder.write("config.json", text))
        }
    }

    @Test(
        "a size that is none is refused with key, expectation and value",
        arguments: [
            ("0", "0"), ("-1", "-1"), ("1099511627776", "1099511627776"), ("1.5", "1.5"),
            ("\"8\"", "\"8\""), ("null", "null"), ("[8]", "a list"), ("{}", "an object"),
            ("true", "true"), ("NaN", "nan"), ("1e40", "1e+40"),
        ])
    func size(value: String, shown: String) throws {
        let settings = try configuration("{\"hidden_size\":\(value)}")
        #expect(
            throws: CheckpointError.setting(
                path: settings.path, key: "hidden_size",
                expected: value == "null" ? "a whole number" : "a whole number from 1 to 1048576",
                found: shown)
        ) {
            try settings.size("hidden_size")
        }
    }

    @Test("an epsilon must be finite and above zero", arguments: ["0", "-1e-5", "NaN", "Infinity"])
    func epsilon(value: String) throws {
        let settings = try configuration("{\"layer_norm_eps\":\(value)}")
        #expect(throws: CheckpointError.self) {
            try settings.positiveNumber("layer_norm_eps", default: 1e-5)
        }
    }

    @Test("absent keys take their defaults, sections theirs")
    func defaults() throws {
        let settings = try configuration(
            #"{"text_config":{"hidden_size":8},"other":{"hidden_size":9,"x":true},"n":null}"#)
        #expect(try settings.size("n", default: 3) == 3)
        let section = try settings.section("text_config")
        #expect(try section.size("hidden_size") == 8)
        #expect(try settings.section("none").string("a", default: "b") == "b")
        let merged = section.overridden(by: try settings.section("other"))
        #expect(try merged.size("hidden_size") == 9)
        #expect(try merged.flag("x", default: false))
        #expect(throws: CheckpointError.self) { try settings.section("other").string("x") }
    }

    @Test("of a repeated key the last value counts, as in Python")
    func repeated() throws {
        #expect(try configuration(#"{"a":1,"a":2}"#).size("a") == 2)
    }

    @Test(
        "a file that is no object is refused",
        arguments: ["", "[]", "{", "{\"a\":\u{1}}", String(repeating: "[", count: 600)])
    func malformed(text: String) {
        let error = #expect(throws: CheckpointError.self) { try configuration(text) }
        guard case .malformedJSON = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
