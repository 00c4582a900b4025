/// The request line and the headers of a request, as the guard reads them: strictly, for what two
/// parsers may read in two ways is how requests are smuggled.
/// https://www.rfc-editor.org/rfc/rfc9112
struct RequestHead: Equatable, Sendable {
    enum Body: Equatable, Sendable {
        case none
        case length(Int)
        case chunked
    }

    var method: HTTPMethod
    /// As it was sent: path, and query behind a `?`.
    var target: String
    /// HTTP/1.1, not 1.0.
    var isNewest: Bool
    /// Names in lower case; a name sent twice has its values joined by `, `.
    var headers: [String: String]
    var body: Body

    /// Headers that have one value: a second one is an error, not a list.
    private static let single: Set<String> = [
        "host", "content-length", "transfer-encoding", "content-type", "authorization", "origin",
        "expect", "range", "if-range", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest",
    ]

    /// - Parameter bytes: up to and with the empty line.
    init(parsing bytes: [UInt8], limits: ServerLimits) throws(Refusal) {
        var lines = try Self.lines(of: bytes)[...]
        guard let first = lines.popFirst() else { throw .malformed("The request is empty.") }
        guard lines.count <= limits.headerCount else {
            throw .headTooLarge(
                "The request has \(lines.count) headers; at most \(limits.headerCount) are taken.")
        }
        let (method, target, isNewest) = try Self.requestLine(bytes[first], limits: limits)
        var headers: [String: String] = [:]
        for line in lines {
            let (name, value) = try Self.header(bytes[line])
            guard let other = headers[name] else {
                headers[name] = value
                continue
            }
            guard !Self.single.contains(name) else {
                throw .malformed("The header \(name) is sent twice.")
            }
            headers[name] = other + ", " + value
        }
        self.method = method
        self.target = target
        self.isNewest = isNewest
        self.headers = headers
        body = try Self.body(method: method, isNewest: isNewest, headers: headers)
    }

    /// The part of the target before the query.
    var path: String { String(target.prefix { $0 != "?" }) }

    /// The part behind the `?`; nil without one.
    var query: String? {
        target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) }
    }

    // MARK: Lines

    /// Where the lines lie, without their ends and without the empty last one.
    private static func lines(of bytes: [UInt8]) throws(Refusal) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\r"):
                guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\n") else {
                    throw .malformed("A line of the head has a carriage return inside.")
                }
                if index > start { lines.append(start..<index) }
                index += 2
                start = index
                continue
            case UInt8(ascii: "\n"):
                throw .malformed("A line of the head ends without a carriage return.")
            case UInt8(ascii: "\t"): break
            case 0..<0x20, 0x7F:
                throw .malformed("The head has a control character (byte \(bytes[index])).")
            default: break
            }
            index += 1
        }
        return lines
    }

    private static func requestLine(
        _ line: ArraySlice<UInt8>, limits: ServerLimits
    ) throws(Refusal) -> (HTTPMethod, String, Bool) {
        let parts = line.split(
            separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].allSatisfy(isToken), !parts[0].isEmpty else {
            throw .malformed("The first line is not METHOD TARGET HTTP/1.1.")
        }
        let version = String(decoding: parts[2], as: UTF8.self)
        guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
            guard version.hasPrefix("HTTP/") else {
                throw .malformed("The first line is not METHOD TARGET HTTP/1.1.")
            }
            throw Refusal(
                .syntax,
                Problem(505, "HTTP version not supported", "This server speaks HTTP/1.1."))
        }
        guard parts[1].count <= limits.targetBytes else {
            throw Refusal(
                .size,
                Problem(
                    414, "Address too long",
                    "An address may have at most \(limits.targetBytes) bytes."))
        }
        guard parts[1].first == UInt8(ascii: "/") else {
            throw .malformed("The target of a request begins with a slash.")
        }
        guard parts[1].allSatisfy(isTarget) else {
            throw .malformed(
                "The target has a character that an address must write as %, such as a blank, "
                    + "a backslash or a letter outside ASCII.")
        }
        let name = String(decoding: parts[0], as: UTF8.self)
        guard let method = HTTPMethod(rawValue: name) else {
            var problem = Problem(
                405, "Method not allowed", "No address here takes that method.")
            problem.headers["Allow"] = "GET, HEAD, POST, DELETE"
            throw Refusal(.syntax, problem)
        }
        return (method, String(decoding: parts[1], as: UTF8.self), version == "HTTP/1.1")
    }

    private static func header(_ line: ArraySlice<UInt8>) throws(Refusal) -> (String, String) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw .malformed("A header has no colon.")
        }
        let name = line[..<colon]
        // A blank before the colon, or a line that goes on from the last one, is refused here too.
        guard !name.isEmpty, name.allSatisfy(isToken) else {
            throw .malformed("The name of a header is not a token.")
        }
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var value = line[(colon + 1)...].drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        return (
            String(decoding: name, as: UTF8.self).lowercased(),
            String(decoding: value, as: UTF8.self)
        )
    }

    private static func body(
        method: HTTPMethod, isNewest: Bool, headers: [String: String]
    ) throws(Refusal) -> Body {
        guard headers["host"] != nil else { throw .malformed("The header host is missing.") }
        let body: Body
        switch (headers["content-length"], headers["transfer-encoding"]) {
        case (nil, nil): body = .none
        case (.some, .some):
            throw .malformed("A request has content-length or transfer-encoding, not both.")
        case (let length?, nil):
            guard !length.isEmpty, length.utf8.allSatisfy(PercentCoding.isDecimal) else {
                throw .malformed("content-length is a number of bytes.")
            }
            guard let count = Int(length) else {
                throw Refusal(
                    .size, Problem(413, "Body too large", "No body is that long."))
            }
            body = count == 0 ? .none : .length(count)
        case (nil, let encoding?):
            guard encoding.lowercased() == "chunked", isNewest else {
                throw .malformed("The only transfer-encoding is chunked, in HTTP/1.1.")
            }
            body = .chunked
        }
        if let expectation = headers["expect"], expectation.lowercased() != "100-continue" {
            throw Refusal(
                .syntax, Problem(417, "Expectation failed", "Known is only 100-continue."))
        }
        // libevent's parser takes no body with these, so its bytes would be a request to it.
        guard body == .none || [.post, .put, .patch].contains(method) else {
            throw .malformed("A \(method.rawValue) request has no body.")
        }
        return body
    }

    // MARK: Characters

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static let tokenMarks = Set("!#$%&'*+-.^_`|~".utf8)
    private static func isToken(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || tokenMarks.contains(byte)
    }

    /// RFC 3986's characters of paths and queries, and those that browsers leave as they are.
    private static let targetMarks = Set("-._~:/?@!$&'()*+,;=%[]|^`{}\"<>".utf8)
    private static func isTarget(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || targetMarks.contains(byte)
    }
}
