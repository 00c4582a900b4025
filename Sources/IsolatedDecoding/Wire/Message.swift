/// One message between the program and its decoding process: a header of 16 bytes, a body of small
/// fields, and a bulk of pixels or samples that goes from memory to memory.
///
/// All numbers are little-endian. Header: kind (4 bytes), bytes of the body (4), bytes of the bulk
/// (8). The program trusts no field of what it receives.
struct Message {
    static let headerBytes = 16
    /// Subtitles of a day of films fit in; what is longer is cut by the sender.
    static let maximumBodyBytes = 64 << 20
    /// RGB pixels of the largest picture that is ever asked for, and its thumbnail.
    static let maximumBulkBytes = 256 << 20

    enum Kind: UInt32 {
        /// From the program: the next file.
        case request = 1
        /// From the decoding process, once: what holds it in.
        case hello = 2
        /// It reads on although it has nothing to say.
        case alive = 3
        case opened = 4
        case subtitles = 5
        case keyFrame = 6
        case progress = 7
        case sound = 8
        case finished = 9
        /// The file could not be read; the process is ready for the next one.
        case failed = 10
    }

    struct Header: Equatable {
        var kind: Kind
        var bodyBytes: Int
        var bulkBytes: Int
    }
}

/// What cannot be true of a message, in a few words.
struct WireError: Error, Equatable {
    var detail: String
}

extension Message.Header {
    init(_ bytes: [UInt8]) throws {
        var reader = ByteReader(bytes)
        let number: UInt32 = try reader.integer()
        guard let kind = Message.Kind(rawValue: number) else {
            throw WireError(detail: "a message of kind \(number)")
        }
        let body: UInt32 = try reader.integer()
        let bulk: UInt64 = try reader.integer()
        guard body <= Message.maximumBodyBytes, bulk <= Message.maximumBulkBytes else {
            throw WireError(detail: "a message of \(body) and \(bulk) bytes")
        }
        self.init(kind: kind, bodyBytes: Int(body), bulkBytes: Int(bulk))
    }

    /// - Precondition: the sizes are within the limits of `Message`.
    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.append(kind.rawValue)
        writer.append(UInt32(bodyBytes))
        writer.append(UInt64(bulkBytes))
        return writer.bytes
    }
}
