internal import Service

/// A `multipart/form-data` body (RFC 7578), read strictly: from the first byte to the last it is
/// the parts that a form has, each once.
struct MultipartBody {
    /// The parts' bytes, by name.
    let parts: [String: ArraySlice<UInt8>]

    private static let headerLimit = 4096

    /// - Parameter names: of the parts there may be.
    init(_ body: [UInt8], contentType: String, names: [String]) throws(InputError) {
        let boundary = try Self.boundary(contentType)
        let delimiter = Array("--\(boundary)".utf8)
        let lineEnd: [UInt8] = [0x0D, 0x0A]
        guard body.starts(with: delimiter) else {
            throw Self.malformed("it does not begin with its boundary")
        }
        var parts: [String: ArraySlice<UInt8>] = [:]
        var rest = body[delimiter.count...]
        while !rest.starts(with: Array("--".utf8)) {
            guard rest.starts(with: lineEnd) else {
                throw Self.malformed("a boundary is not alone on its line")
            }
            rest = rest.dropFirst(2)
            guard
                let headerEnd = Self.find(
                    lineEnd + lineEnd, in: rest.prefix(Self.headerLimit))
            else { throw Self.malformed("the head of a part does not end") }
            let name = try Self.name(
                String(decoding: rest[..<headerEnd], as: UTF8.self))
            rest = rest[(headerEnd + 4)...]
            guard let end = Self.find(lineEnd + delimiter, in: rest) else {
                throw Self.malformed("a part does not end")
            }
            guard names.contains(name) else {
                throw InputError(
                    .invalid, "/" + name.prefix(100),
                    "The part “\(name.prefix(100))” is unknown. Known are: "
                        + names.joined(separator: ", ") + ".")
            }
            guard parts.updateValue(rest[..<end], forKey: name) == nil else {
                throw InputError(.malformed, "/" + name, "The part “\(name)” stands there twice.")
            }
            rest = rest[(end + 2 + delimiter.count)...]
        }
        let tail = rest.dropFirst(2)
        guard tail.isEmpty || tail.elementsEqual(lineEnd) else {
            throw Self.malformed("something follows its end")
        }
        self.parts = parts
    }

    private static func malformed(_ problem: String) -> InputError {
        InputError(.malformed, "", "The form cannot be read: \(problem).")
    }

    /// The boundary that a content type names: 1 to 70 of the characters that RFC 2046 allows.
    private static func boundary(_ contentType: String) throws(InputError) -> String {
        for parameter in contentType.split(separator: ";").dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, trimmed(pair[0]).lowercased() == "boundary" else { continue }
            var boundary = trimmed(pair[1])
            if boundary.count >= 2, boundary.hasPrefix("\""), boundary.hasSuffix("\"") {
                boundary = String(boundary.dropFirst().dropLast())
            }
            let allowed = boundary.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic
                        || "0123456789'()+_,-./:=? ".contains(Character($0)))
            }
            guard (1...70).contains(boundary.utf8.count), allowed else { break }
            return boundary
        }
        throw malformed("its content type names no boundary")
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let blanks: Set<Character> = [" ", "\t"]
        var text = Substring(text)
        while let first = text.first, blanks.contains(first) { text.removeFirst() }
        while let last = text.last, blanks.contains(last) { text.removeLast() }
        return String(text)
    }

    /// The name that a part's `Content-Disposition` gives it.
    private static func name(_ head: String) throws(InputError) -> String {
        for line in head.split(separator: "\r\n") {
            let pair = line.split(separator: ":", maxSplits: 1)
            guard pair.count == 2, trimmed(pair[0]).lowercased() == "content-disposition" else {
                continue
            }
            let fields = pair[1].split(separator: ";").map { trimmed($0) }
            guard fields.first?.lowercased() == "form-data" else { break }
            for field in fields.dropFirst() where field.lowercased().hasPrefix("name=") {
                let value = field.dropFirst("name=".count)
                guard value.count > 2, value.hasPrefix("\""), value.hasSuffix("\"") else { break }
                return String(value.dropFirst().dropLast())
            }
        }
        throw malformed("a part has no name")
    }

    /// Where `wanted` begins.
    private static func find(_ wanted: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= wanted.count else { return nil }
        return bytes.withUnsafeBufferPointer { bytes -> Int? in
            var start = 0
            while start + wanted.count <= bytes.count {
                guard let first = bytes[start...].firstIndex(of: wanted[0]),
                    first + wanted.count <= bytes.count
                else { return nil }
                if bytes[first..<first + wanted.count].elementsEqual(wanted) { return first }
                start = first + 1
            }
            return nil
        }.map { bytes.startIndex + $0 }
    }
}
