import Service
import Testing

@testable import WebAPI

@Suite struct MultipartBodyTests {
    private static let type = "multipart/form-data; boundary=XyZ"
    private static let whole =
        "--XyZ\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n{}\r\n"
        + "--XyZ\r\nContent-Type: image/png\r\n"
        + "Content-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n"
        + "one\r\n--Xy\r\ntwo\r\n--XyZ--\r\n"

    private func read(_ body: String, type: String = type) throws -> MultipartBody {
        try MultipartBody(Array(body.utf8), contentType: type, names: ["request", "image"])
    }

    @Test func partsAreReadByName() throws {
        let form = try read(Self.whole)
        #expect(form.parts.keys.sorted() == ["image", "request"])
        #expect(form.parts["request"].map(Array.init) == Array("{}".utf8))
        #expect(form.parts["image"].map(Array.init) == Array("one\r\n--Xy\r\ntwo".utf8))
    }

    @Test func aBoundaryMayBeQuoted() throws {
        let form = try read(
            Self.whole.replacing("XyZ", with: "a b"),
            type: "Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"")
        #expect(form.parts.count == 2)
    }

    private static let part = "--XyZ\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nx"

    private static let malformed: [(body: String, type: String, part: String)] = [
        ("", type, "begin with its boundary"),
        ("preamble\r\n" + whole, type, "begin with its boundary"),
        (part, type, "a part does not end"),
        (part + "\r\n--XyZ", type, "not alone on its line"),
        (part + "\r\n--XyZ--\r\nmore", type, "follows its end"),
        (part + "\r\n--XyZ--x", type, "follows its end"),
        (part + "\r\n" + part + "\r\n--XyZ--", type, "twice"),
        ("--XyZ\r\nContent-Type: text/plain\r\n\r\nx\r\n--XyZ--", type, "no name"),
        (
            "--XyZ\r\n" + String(repeating: "A: b\r\n", count: 1000) + "\r\nx", type,
            "head of a part"
        ),
        (part.replacing("image", with: "file") + "\r\n--XyZ--", type, "unknown"),
        ("--XyZ-- ", type, "follows its end"),
        (whole, "multipart/form-data", "no boundary"),
        (whole, "multipart/form-data; boundary=", "no boundary"),
        (whole, "multipart/form-data; boundary=a\"b", "no boundary"),
        (
            whole, "multipart/form-data; boundary=" + String(repeating: "a", count: 71),
            "no boundary"
        ),
    ]

    @Test(arguments: malformed)
    func whatIsNoFormIsRefused(_ row: (body: String, type: String, part: String)) {
        let error = #expect(throws: InputError.self) { try read(row.body, type: row.type) }
        #expect(error?.detail.contains(row.part) == true, "\(error?.detail ?? "")")
    }

    @Test func noBeginningOfAFormStopsTheProgram() {
        let bytes = Array(Self.whole.utf8)
        for count in 0..<bytes.count - 2 {
            #expect(throws: InputError.self) {
                try MultipartBody(
                    Array(bytes.prefix(count)), contentType: Self.type,
                    names: ["request", "image"])
            }
        }
    }
}
