import Foundation

/// Writes requests for the decoding process and reads them there.
///
/// Wishes and limits are JSON, and hardly ever change from file to file: they are coded once.
/// The body: the JSON's length (4 bytes) and bytes, then the path and the subtitle files.
struct RequestCoding {
    private static let maximumPathBytes = 1 << 16
    private static let maximumSubtitleFiles = 10_000

    private var wishes: (request: DecodingRequest, json: [UInt8])?

    mutating func body(of request: DecodingRequest) throws -> [UInt8] {
        var plain = request
        plain.path = []
        plain.subtitleFiles = nil
        let json: [UInt8]
        if let wishes, wishes.request == plain {
            json = wishes.json
        } else {
            json = Array(try JSONEncoder().encode(plain))
            wishes = (plain, json)
        }
        var writer = ByteWriter()
        writer.append(bytes: json)
        writer.append(bytes: request.path)
        writer.append(request.subtitleFiles) { writer, files in
            writer.append(UInt32(files.count))
            for file in files {
                writer.append(file.path)
                writer.append(file.language) { $0.append($1) }
            }
        }
        return writer.bytes
    }

    mutating func request(_ body: [UInt8]) throws -> DecodingRequest {
        var reader = ByteReader(body)
        let json = try reader.bytes(upTo: 1 << 20, "wishes")
        var request: DecodingRequest
        if let wishes, wishes.json == json {
            request = wishes.request
        } else {
            request = try JSONDecoder().decode(DecodingRequest.self, from: Data(json))
            wishes = (request, json)
        }
        request.path = try reader.bytes(upTo: Self.maximumPathBytes, "path")
        request.subtitleFiles = try reader.optional { reader in
            let count = try reader.count(upTo: Self.maximumSubtitleFiles, "subtitle files")
            var files: [SubtitleFileName] = []
            for _ in 0..<count {
                files.append(
                    SubtitleFileName(
                        path: try reader.text(upTo: Self.maximumPathBytes, "path"),
                        language: try reader.optional { try $0.text(upTo: 64, "language") }))
            }
            return files
        }
        try reader.finish()
        return request
    }
}
