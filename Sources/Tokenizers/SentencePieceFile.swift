/// A file that `sentencepiece` trained (Kudo and Richardson 2018): its pieces, and what is done to
/// texts before they are looked up. Written in the wire format of Protocol Buffers, as
/// `sentencepiece_model.proto` lays it out; only the fields that are needed are kept.
struct SentencePieceFile {
    enum ModelKind: Int, CaseIterable {
        case unigram = 1
        case bytePair = 2
        case word = 3
        case character = 4
    }

    enum PieceKind: Int {
        case normal = 1
        case unknown = 2
        /// Such as `<s>`: never found in a text by the trained model itself.
        case control = 3
        /// Found in the text as written.
        case userDefined = 4
        case unused = 5
        /// `<0x00>` to `<0xFF>`.
        case byte = 6
    }

    struct Piece {
        var text = ""
        /// Of Unigram a logarithm of a probability, of byte pairs minus the place in the list.
        var score: Float = 0
        var kind = PieceKind.normal
    }

    let path: String
    private(set) var modelKind = ModelKind.unigram
    /// By id.
    private(set) var pieces: [Piece] = []
    /// `precompiled_charsmap`; empty where texts are not normalised.
    private(set) var characterMap: [UInt8] = []

    /// Far above the largest known (four megabytes).
    private static let byteLimit = 64 << 20
    /// Far above the longest known; long ones would take their square to join.
    private static let longestPiece = 256  // bytes

    init(path: String) throws(TokenizerError) {
        self.path = path
        let bytes = try TokenizerFile.read(path)
        guard bytes.count <= Self.byteLimit else {
            throw .tooLarge(path: path, bytes: bytes.count, limit: Self.byteLimit)
        }
        do throws(ProtocolBufferFault) {
            try bytes.withUnsafeBufferPointer { bytes throws(ProtocolBufferFault) in
                var reader = ProtocolBufferReader(UnsafeRawBufferPointer(bytes))
                while let field = try reader.nextField() {
                    switch field {
                    case .bytes(1, let piece): try add(piece)
                    case .bytes(2, let trainer): try readTrainer(trainer)
                    case .bytes(3, let normalizer): try readNormalizer(normalizer)
                    default: break
                    }
                }
            }
        } catch {
            throw .malformedSentencePiece(path: path, reason: error.reason)
        }
        guard !pieces.isEmpty else {
            throw .malformedSentencePiece(path: path, reason: "it lists no pieces")
        }
        var seen = TokenTable(capacity: pieces.count, byteCapacity: bytes.count)
        for (id, piece) in pieces.enumerated() {
            seen.insert(Array(piece.text.utf8), value: Int32(id))
            guard seen.count == id + 1 else {
                throw .malformedSentencePiece(
                    path: path, reason: "it lists the piece \"\(piece.text)\" twice")
            }
        }
    }

    private mutating func add(_ message: UnsafeRawBufferPointer) throws(ProtocolBufferFault) {
        var piece = Piece()
        var reader = ProtocolBufferReader(message)
        while let field = try reader.nextField() {
            switch field {
            case .bytes(1, let text):
                guard let text = String(validating: text, as: UTF8.self) else {
                    throw ProtocolBufferFault("piece \(pieces.count) is not UTF-8")
                }
                piece.text = text
            case .fixed32(2, let bits): piece.score = Float(bitPattern: bits)
            case .integer(3, let number):
                guard let kind = Int(exactly: number).flatMap(PieceKind.init) else {
                    throw ProtocolBufferFault(
                        "piece \(pieces.count) is of the unknown kind \(number)")
                }
                piece.kind = kind
            default: break
            }
        }
        guard !piece.text.isEmpty, piece.text.utf8.count <= Self.longestPiece else {
            throw ProtocolBufferFault(
                "piece \(pieces.count) has \(piece.text.utf8.count) bytes; expected 1 to "
                    + "\(Self.longestPiece)")
        }
        guard piece.score.isFinite else {
            throw ProtocolBufferFault("the score of piece \(pieces.count) is no finite number")
        }
        guard pieces.count < Vocabulary.idLimit else {
            throw ProtocolBufferFault("it lists more than \(Vocabulary.idLimit) pieces")
        }
        pieces.append(piece)
    }

    private mutating func readTrainer(
        _ message: UnsafeRawBufferPointer
    ) throws(ProtocolBufferFault) {
        var reader = ProtocolBufferReader(message)
        while let field = try reader.nextField() {
            guard case .integer(3, let number) = field else { continue }
            guard let kind = Int(exactly: number).flatMap(ModelKind.init) else {
                throw ProtocolBufferFault("its model is of the unknown kind \(number)")
            }
            modelKind = kind
        }
    }

    private mutating func readNormalizer(
        _ message: UnsafeRawBufferPointer
    ) throws(ProtocolBufferFault) {
        var reader = ProtocolBufferReader(message)
        while let field = try reader.nextField() {
            if case .bytes(2, let map) = field { characterMap = Array(map) }
        }
    }
}

/// What is wrong with a message: the rest of a sentence.
struct ProtocolBufferFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Walks over the fields of a message in Protocol Buffers' wire format. Believes no length.
struct ProtocolBufferReader {
    /// A field's number and value.
    enum Field {
        case integer(Int, UInt64)
        case fixed32(Int, UInt32)
        case fixed64(Int, UInt64)
        /// A text, bytes or a message.
        case bytes(Int, UnsafeRawBufferPointer)
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Nil at the end.
    mutating func nextField() throws(ProtocolBufferFault) -> Field? {
        guard position < bytes.count else { return nil }
        let key = try readInteger()
        guard let number = Int(exactly: key >> 3), (1..<1 << 29).contains(number) else {
            throw ProtocolBufferFault("byte \(position) follows no field's number")
        }
        switch key & 7 {
        case 0: return .integer(number, try readInteger())
        case 1: return .fixed64(number, try readFixed())
        case 2:
            let claimed = try readInteger()
            guard let count = Int(exactly: claimed), count <= bytes.count - position else {
                throw ProtocolBufferFault(
                    "field \(number) claims \(claimed) bytes, but \(bytes.count - position) follow")
            }
            defer { position += count }
            return .bytes(
                number, UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
        case 5: return .fixed32(number, try readFixed())
        case let type:
            throw ProtocolBufferFault("field \(number) has the wire type \(type)")
        }
    }

    /// Seven bits a byte, the lowest first.
    private mutating func readInteger() throws(ProtocolBufferFault) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < bytes.count else {
                throw ProtocolBufferFault("it ends inside a number")
            }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw ProtocolBufferFault("a number has more than ten bytes")
    }

    private mutating func readFixed<Number: FixedWidthInteger>()
        throws(ProtocolBufferFault) -> Number
    {
        let size = MemoryLayout<Number>.size
        guard bytes.count - position >= size else {
            throw ProtocolBufferFault("it ends inside a number")
        }
        defer { position += size }
        return Number(
            littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }
}
