internal import Glibc

/// How a file's text is written: UTF-8, or China's national standard.
///
/// The whole file is looked at before any of it is believed: a first page of plain ASCII says
/// nothing, and one damaged line of a UTF-8 file does not make it GB18030. Of the lines that are
/// not ASCII, the encoding that most of them are valid in wins. Chinese in GB18030 is hardly ever
/// valid UTF-8, so lines that are valid in both count for UTF-8.
package enum TextEncoding: String, Sendable {
    case utf8 = "UTF-8"
    case gb18030 = "GB18030"

    static func detected(inFileAt path: String) throws(LegalCaseError) -> TextEncoding {
        var lines = try LineReader(path: path)
        var utf8Lines = 0
        var otherLines = 0
        while let line = try lines.next() {
            guard case .bytes(let bytes) = line, bytes.contains(where: { $0 >= 0x80 }) else {
                continue
            }
            if isUTF8(bytes) { utf8Lines += 1 } else { otherLines += 1 }
        }
        return otherLines > utf8Lines ? .gb18030 : .utf8
    }

    fileprivate static func isUTF8(_ bytes: [UInt8]) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }
}

/// Turns lines of one encoding into UTF-8.
///
/// iconv keeps a state: one thread at a time, hence not `Sendable`.
final class LineDecoder {
    let encoding: TextEncoding
    private let converter: iconv_t?

    init(_ encoding: TextEncoding, path: String) throws(LegalCaseError) {
        self.encoding = encoding
        guard encoding != .utf8 else {
            converter = nil
            return
        }
        let opened = iconv_open(TextEncoding.utf8.rawValue, encoding.rawValue)
        // iconv's failure is the pointer -1.
        guard let opened, Int(bitPattern: opened) != -1 else {
            throw .cannotRead(
                path: path, reason: "this system's iconv does not know \(encoding.rawValue)")
        }
        converter = opened
    }

    deinit {
        if let converter { iconv_close(converter) }
    }

    /// - Returns: nil when the line is not of the encoding. A byte order mark is dropped.
    func utf8(_ line: [UInt8]) -> [UInt8]? {
        guard let converter else {
            let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
            let text = line.starts(with: mark) ? Array(line.dropFirst(3)) : line
            return TextEncoding.isUTF8(text) ? text : nil
        }
        // One, two or four bytes become at most four: two become at most three.
        let capacity = line.count * 2 + 16
        var isWhole = false
        let text = [UInt8](unsafeUninitializedCapacity: capacity) { output, filled in
            line.withUnsafeBufferPointer { input in
                iconv(converter, nil, nil, nil, nil)
                var source = UnsafeMutableRawPointer(mutating: input.baseAddress)?
                    .assumingMemoryBound(to: CChar.self)
                var sourceLeft = input.count
                var target = UnsafeMutableRawPointer(output.baseAddress)?
                    .assumingMemoryBound(to: CChar.self)
                var targetLeft = capacity
                isWhole =
                    iconv(converter, &source, &sourceLeft, &target, &targetLeft) != -1
                    && sourceLeft == 0
                filled = capacity - targetLeft
            }
        }
        return isWhole ? text : nil
    }
}
