internal import Foundation

/// An HTTP answer as it came over the wire.
package struct RawAnswer {
    package struct Malformed: Error {
        package var text: String
    }

    package var status: Int
    /// Names in lower case; values of a name sent twice joined by `, `.
    package var headers: [String: String] = [:]
    /// Without the chunks' sizes.
    package var body: [UInt8]

    /// - Parameter bytes: of a connection that was closed behind the answer.
    package init(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes.prefix(64), as: UTF8.self)
        guard let end = bytes.firstRange(of: [13, 10, 13, 10]) else { throw Malformed(text: text) }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else { throw Malformed(text: text) }
        self.status = status
        for line in lines.dropFirst() {
            let name = line.prefix { $0 != ":" }.lowercased()
            let value = line.dropFirst(name.count + 1).drop { $0 == " " }
            headers[name] = headers[name].map { $0 + ", " + value } ?? String(value)
        }
        body = Array(bytes[end.upperBound...])
        if headers["transfer-encoding"] == "chunked" { body = try Self.joined(body) }
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON object.
    package func object() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        else { throw Malformed(text: text) }
        return object
    }

    private static func joined(_ bytes: [UInt8]) throws -> [UInt8] {
        var joined: [UInt8] = []
        var rest = bytes[...]
        while let end = rest.firstRange(of: [13, 10]) {
            let digits = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
            guard let count = Int(digits, radix: 16), rest.count >= count else { break }
            if count == 0 { return joined }
            joined += rest[end.upperBound...].prefix(count)
            rest = rest[end.upperBound...].dropFirst(count + 2)
        }
        throw Malformed(text: "the last chunk is missing")
    }
}
