import JSONText
import Testing

@Suite("JSON is read exactly and refused precisely")
struct JSONTextTests {
    static func parse(_ text: String) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8))
    }

    @Test(
        "values",
        arguments: [
            ("null", .null), (" true ", .bool(true)), ("false", .bool(false)),
            ("\"a\"", .string("a")), ("[]", .array([])), ("{}", .object([:])),
            ("[1 , 2]", .array([number(1), number(2)])),
            (
                "\t{\"a\":\n[null]}\r\n",
                .object(["a": .array([.null])])
            ),
            ("-0", number(0)), ("-12", number(-12)),
            ("9223372036854775807", number(.max)), ("1.5e2", real(150)), ("-0.25", real(-0.25)),
            ("1E+2", real(100)), ("1000000000000000019884624838656", real(1e30)),
            ("9223372036854775808", real(9_223_372_036_854_775_808)),
            ("-Infinity", real(-.infinity)),
        ] as [(String, JSONValue)])
    func value(text: String, expected: JSONValue) throws {
        #expect(try Self.parse(text) == expected)
    }

    static func number(_ integer: Int) -> JSONValue {
        .number(JSONNumber(value: Double(integer), integer: integer))
    }
    static func real(_ value: Double) -> JSONValue {
        .number(JSONNumber(value: value, integer: nil))
    }

    @Test("NaN is read, since Python writes it")
    func notANumber() throws {
        #expect(try Self.parse("NaN").number?.isNaN == true)
    }

    @Test(
        "escapes",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u4e2d""#, "é中"),
            (#""\uD83D\uDE00""#, "😀"), ("\"é中😀\"", "é中😀"), (#""\u0000""#, "\0"),
        ])
    func escape(text: String, expected: String) throws {
        #expect(try Self.parse(text).string == expected)
    }

    @Test(
        "faults are named with their place",
        arguments: [
            ("", .endedEarly, 0), ("{", .expectedString, 1), ("[1", .expectedCommaOrEnd, 2),
            ("[1,]", .unexpectedByte, 3), ("{\"a\" 1}", .expectedColon, 5),
            ("{\"a\":1,}", .expectedString, 7), ("1 2", .textAfterEnd, 2),
            ("tru", .unexpectedByte, 0), ("01", .expectedNumber, 2), ("-", .expectedNumber, 1),
            ("1.", .expectedNumber, 2), ("1e", .expectedNumber, 2), ("\"a", .endedEarly, 2),
            ("\"\n\"", .controlCharacterInString, 1), (#""\x""#, .unknownEscape, 3),
            (#""\u12g4""#, .unknownEscape, 5), (#""\uD800""#, .loneSurrogate, 7),
            (#""\uDC00""#, .loneSurrogate, 7),
        ] as [(String, JSONError.Cause, Int)])
    func fault(text: String, cause: JSONError.Cause, offset: Int) {
        #expect(throws: JSONError(cause: cause, offset: offset)) { try Self.parse(text) }
    }

    @Test("text that is not UTF-8 is refused")
    func invalidText() {
        let fault = #expect(throws: JSONError.self) {
            try JSONValue(parsing: [0x22, 0xFF, 0xFE, 0x22])
        }
        #expect(fault?.cause == .invalidText)
    }

    @Test("512 brackets are read, 513 and a million refused", arguments: [512, 513, 1_000_000])
    func depth(count: Int) throws {
        let text = String(repeating: "[", count: count) + String(repeating: "]", count: count)
        if count <= 512 {
            _ = try Self.parse(text)
        } else {
            let fault = #expect(throws: JSONError.self) { try Self.parse(text) }
            #expect(fault?.cause == .tooDeep)
        }
    }

    @Test("every shortened text is refused and never traps")
    func truncation() throws {
        let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\n",true,null,{"b":{}}]}"#.utf8)
        for length in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text[..<length])) }
        }
        _ = try JSONValue(parsing: text)
    }
}
