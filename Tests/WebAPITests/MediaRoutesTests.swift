import Foundation
import Service
import TestSupport
import Testing

@testable import WebAPI

@Suite struct MediaRoutesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// 2024-02-29 12:34:56 and some.
    private static let nanoseconds: Int64 = 1_709_210_096_123_456_789
    private static let tag = "\"10-1709210096123456789-42\""
    private static let date = "Thu, 29 Feb 2024 12:34:56 GMT"

    private func media(_ name: String = "film.mp4") throws -> OpenedMedia {
        let path = folder.path(name)
        try Data("0123456789".utf8).write(to: URL(fileURLWithPath: path))
        return OpenedMedia(
            descriptor: open(path, O_RDONLY), size: 10, modifiedNanoseconds: Self.nanoseconds,
            inode: 42, name: name)
    }

    private func answer(
        _ headers: [String: String] = [:], method: HTTPMethod = .get, name: String = "film.mp4"
    ) throws -> HTTPResponse {
        var request = HTTPRequest(method: method, rawPath: "/v1/assets/x/media")
        request.headers = headers
        return MediaRoutes.answer(request, with: try media(name))
    }

    /// What would be sent; the descriptor is closed.
    private func content(_ response: HTTPResponse) -> String {
        switch response.body {
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .file(let descriptor, let offset, let length):
            defer { close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: length)
            #expect(pread(descriptor, &bytes, length, offset) == length)
            return String(decoding: bytes, as: UTF8.self)
        case .stream:
            Issue.record("a file is no stream")
            return ""
        }
    }

    private func header(_ name: String, of response: HTTPResponse) -> String? {
        response.headers.first { $0.name == name }?.value
    }

    private struct Row: Sendable {
        var headers: [String: String]
        var method = HTTPMethod.get
        var status: Int
        var content: String?
        var range: String?
    }

    private static let rows: [Row] = [
        Row(headers: [:], status: 200, content: "0123456789"),
        Row(headers: ["range": "bytes=2-4"], status: 206, content: "234", range: "bytes 2-4/10"),
        Row(headers: ["range": "bytes=7-"], status: 206, content: "789", range: "bytes 7-9/10"),
        Row(headers: ["range": "bytes=-1"], status: 206, content: "9", range: "bytes 9-9/10"),
        Row(headers: ["range": "bytes=10-"], status: 416, range: "bytes */10"),
        Row(headers: ["range": "bytes=0-1,3-4"], status: 200, content: "0123456789"),
        Row(headers: ["range": "lines=1"], status: 200, content: "0123456789"),
        // A part of what the client has parts of.
        Row(
            headers: ["range": "bytes=0-0", "if-range": tag], status: 206, content: "0",
            range: "bytes 0-0/10"),
        Row(
            headers: ["range": "bytes=0-0", "if-range": date], status: 206, content: "0",
            range: "bytes 0-0/10"),
        Row(
            headers: ["range": "bytes=0-0", "if-range": "\"other\""], status: 200,
            content: "0123456789"),
        Row(
            headers: ["range": "bytes=0-0", "if-range": "W/" + tag], status: 200,
            content: "0123456789"),
        Row(
            headers: ["range": "bytes=0-0", "if-range": "Thu, 29 Feb 2024 12:34:57 GMT"],
            status: 200, content: "0123456789"),
        Row(
            headers: ["range": "bytes=20-", "if-range": "\"other\""], status: 200,
            content: "0123456789"),
        // What the client has already.
        Row(headers: ["if-none-match": tag], status: 304, content: ""),
        Row(headers: ["if-none-match": "\"x\", W/" + tag], status: 304, content: ""),
        Row(headers: ["if-none-match": "*", "range": "bytes=0-0"], status: 304, content: ""),
        Row(headers: ["if-none-match": "\"x\""], status: 200, content: "0123456789"),
        // Ranges are for GET alone.
        Row(
            headers: ["range": "bytes=2-4"], method: .head, status: 200, content: "0123456789"),
        Row(headers: ["range": "bytes=99-"], method: .head, status: 200, content: "0123456789"),
    ]

    @Test(arguments: rows.indices)
    func aFileIsGivenAsTheStandardSays(index: Int) throws {
        let row = Self.rows[index]
        let response = try answer(row.headers, method: row.method)
        #expect(response.status == row.status)
        #expect(header("Content-Range", of: response) == row.range)
        #expect(header("Accept-Ranges", of: response) == "bytes")
        let sent = content(response)
        if let expected = row.content { #expect(sent == expected) }
        if row.status != 416 {
            #expect(header("ETag", of: response) == Self.tag)
            #expect(header("Cache-Control", of: response) == "private, no-cache")
        }
        if row.status == 200 || row.status == 206 {
            #expect(header("Content-Type", of: response) == "video/mp4")
            #expect(header("Last-Modified", of: response) == Self.date)
        }
    }

    @Test(arguments: [
        ("a.MP4", "video/mp4", true), ("a.webm", "video/webm", true),
        ("a.ogg", "audio/ogg", true), ("a.JPG", "image/jpeg", true),
        ("a.svg", "application/octet-stream", false),
        ("a.html", "application/octet-stream", false),
        ("a.mp4.html", "application/octet-stream", false),
        ("a.txt", "application/octet-stream", false), ("mp4", "application/octet-stream", false),
        (".mp4", "video/mp4", true),
    ])
    func whatMightHoldAScriptIsSavedAndNotShown(
        name: String, type: String, isShown: Bool
    ) throws {
        let response = try answer(name: name)
        _ = content(response)
        #expect(header("Content-Type", of: response) == type)
        let disposition = header("Content-Disposition", of: response)
        #expect((disposition == nil) == isShown)
        if !isShown { #expect(disposition == "attachment; filename*=UTF-8''\(name)") }
    }

    @Test func namesInHeadersAreEscaped() {
        #expect(
            ContentDisposition.attachment(named: "é\"\r\nX: y;.txt")
                == "attachment; filename*=UTF-8''%C3%A9%22%0D%0AX%3A%20y%3B.txt")
    }

    @Test(
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (-5, "Thu, 01 Jan 1970 00:00:00 GMT"), (Int64.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] as [(Int64, String)])
    func timesAreWrittenAsHeadersHaveThem(seconds: Int64, expected: String) {
        #expect(HTTPDate.text(secondsSince1970: seconds) == expected)
    }
}
