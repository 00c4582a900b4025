/// Reads a file of plain text, whose encoding nothing states.
package enum TextFile {
    /// - Returns: the whole text, without a byte order mark.
    /// - Throws: `MediaError` when the file is empty, is longer than the limit, or is not text.
    package static func text(atPath path: String, limits: DecodingLimits = .default) throws
        -> String
    {
        let file = try RegularFile(path: Array(path.utf8))
        let bytes = try file.readAll(maximum: limits.maximumTextBytes)
        guard !bytes.isEmpty else { throw MediaError.emptyFile(file: path) }
        let text = SubtitleEncoding.utf8(bytes)
        // UTF-16 has become UTF-8 by now: what still holds zeros is no text.
        guard !text.prefix(1 << 16).contains(0) else {
            throw MediaError.damaged(file: path, detail: "it is not text")
        }
        return String(decoding: text, as: UTF8.self)
    }
}
