import MediaDecoding

/// Why the decoding process could not read a file, as it says itself.
struct FailureReport: Equatable {
    enum Kind: UInt8 {
        case badData = 0
        case unreadable = 1
        case defect = 2
        case outOfMemory = 3
        case missingLibrary = 4
    }

    var kind: Kind
    var message: String

    init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }

    init(_ error: any Error) {
        message = "\(error)"
        switch error as? MediaError {
        case let error? where error.isOutOfMemory: kind = .outOfMemory
        case .unreadable: kind = .unreadable
        case .missingLibrary: kind = .missingLibrary
        case .libraryFailure, nil: kind = .defect
        default: kind = .badData
        }
    }

    init(_ body: [UInt8]) throws {
        var reader = ByteReader(body)
        let number: UInt8 = try reader.integer()
        guard let kind = Kind(rawValue: number) else {
            throw WireError(detail: "a failure of kind \(number)")
        }
        self.init(
            kind: kind, message: try reader.text(upTo: EventCoding.maximumTextBytes, "message"))
        try reader.finish()
    }

    var body: [UInt8] {
        var writer = ByteWriter()
        writer.append(kind.rawValue)
        writer.append(message)
        return writer.bytes
    }
}
