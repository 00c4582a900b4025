internal import Foundation

/// JSON as we write it everywhere: one line, keys sorted so that equal values give equal bytes.
package enum JSONLine {
    package static func text(of document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .useDefaultKeys
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
