/// JSON as we write it everywhere: one line, keys sorted so that equal values give equal bytes.
package enum JSONLine {
    package static func text(of document: some Encodable) throws -> String {
        String(decoding: try bytes(of: document), as: UTF8.self)
    }

    package static func bytes(of document: some Encodable) throws -> [UInt8] {
        guard let document = document as? any JSONLineWritable else {
            return try JSONLineEncoder().encode(document)
        }
        return try JSONLineWriter.bytes(of: document)
    }
}
