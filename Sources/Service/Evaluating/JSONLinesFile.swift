internal import Foundation

/// A file with one JSON object a line. Blank lines are passed over.
enum JSONLinesFile {
    /// - Parameters:
    ///   - what: what a line is, for the error that names a wrong one.
    ///   - example: how a right one looks.
    static func read<Line: Decodable>(
        _ path: String, as type: Line.Type, what: String, example: String
    ) throws(Failure) -> [(number: Int, line: Line)] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure(.noInput, "The file \(path) cannot be read.")
        }
        let decoder = JSONDecoder()
        var lines: [(number: Int, line: Line)] = []
        for (index, text) in bytes.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).enumerated() {
            guard !text.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) else { continue }
            guard let line = try? decoder.decode(Line.self, from: text) else {
                throw Failure(
                    .badData,
                    "Line \(index + 1) of \(path) is not \(what). Expected \(example).")
            }
            lines.append((index + 1, line))
        }
        return lines
    }
}
