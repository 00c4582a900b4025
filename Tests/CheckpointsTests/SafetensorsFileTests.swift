import Checkpoints
import Foundation
import JSONText
import Tensors
import Testing

@Suite("Safetensors files are checked whole before anything is read")
struct SafetensorsFileTests {
    typealias Fault = CheckpointError.HeaderFault

    static func open(_ bytes: [UInt8]) throws -> SafetensorsFile {
        let folder = try Folder()
        return try withExtendedLifetime(folder) {
            try SafetensorsFile(path: folder.write("m.safetensors", bytes))
        }
    }

    static func tensor(
        _ name: String, _ shape: String = "[2]", _ offsets: String = "[0,8]", type: String = "F32"
    ) -> String {
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var fault: Fault

        init(_ name: String, _ bytes: [UInt8], _ fault: Fault) {
            testDescription = name
            self.bytes = bytes
            self.fault = fault
        }
    }

    static let huge = "4611686018427387904"  // 2⁶²
    static let bad = [
        Bad("an empty file", [], .tooShort(bytes: 0)),
        Bad("seven bytes", Array(repeating: 0, count: 7), .tooShort(bytes: 7)),
        Bad(
            "a header above the limit", safetensors("{}", length: 100_000_001),
            .headerTooLong(bytes: 100_000_001, limit: 100_000_000)),
        Bad(
            "a header of 2⁶⁴ - 1", safetensors("{}", length: .max),
            .headerTooLong(bytes: .max, limit: 100_000_000)),
        Bad(
            "a header longer than the file", safetensors("{}", length: 3),
            .headerPastEnd(bytes: 3, available: 2)),
        Bad(
            "a shape whose product overflows",
            safetensors("{\(tensor("a", "[\(huge),4]", "[0,16]"))}", data: 16),
            .sizeOverflow(tensor: "a")),
        Bad(
            "a shape whose bytes overflow",
            safetensors("{\(tensor("a", "[\(huge)]", "[0,16]"))}", data: 16),
            .sizeOverflow(tensor: "a")),
        Bad(
            "a size beyond 64 bits",
            safetensors("{\(tensor("a", "[99999999999999999999]", "[0,8]"))}", data: 8),
            .sizeOverflow(tensor: "a")),
        Bad(
            "a negative size", safetensors("{\(tensor("a", "[-2]"))}", data: 8),
            .negativeSize(tensor: "a")),
        Bad(
            "a fractional size", safetensors("{\(tensor("a", "[2.5]"))}", data: 8),
            .sizeOverflow(tensor: "a")),
        Bad(
            "a negative offset", safetensors("{\(tensor("a", "[2]", "[-8,0]"))}", data: 8),
            .negativeSize(tensor: "a")),
        Bad(
            "offsets the wrong way round",
            safetensors("{\(tensor("a", "[2]", "[8,0]"))}", data: 8),
            .missingField(tensor: "a", field: "data_offsets")),
        Bad(
            "three offsets", safetensors("{\(tensor("a", "[2]", "[0,8,8]"))}", data: 8),
            .missingField(tensor: "a", field: "data_offsets")),
        Bad(
            "a shape that does not fill the bytes",
            safetensors("{\(tensor("a", "[3]"))}", data: 8),
            .sizeMismatch(tensor: "a", expectedBytes: 12, foundBytes: 8)),
        Bad(
            "an overlap",
            safetensors("{\(tensor("a")),\(tensor("b", "[2]", "[4,12]"))}", data: 12),
            .gapOrOverlap(tensor: "b", expectedOffset: 8, foundOffset: 4)),
        Bad(
            "two tensors in one place",
            safetensors("{\(tensor("a")),\(tensor("b"))}", data: 8),
            .gapOrOverlap(tensor: "b", expectedOffset: 8, foundOffset: 0)),
        Bad(
            "a hole",
            safetensors("{\(tensor("a")),\(tensor("b", "[2]", "[12,20]"))}", data: 20),
            .gapOrOverlap(tensor: "b", expectedOffset: 8, foundOffset: 12)),
        Bad(
            "a hole at the beginning",
            safetensors("{\(tensor("a", "[2]", "[4,12]"))}", data: 12),
            .gapOrOverlap(tensor: "a", expectedOffset: 0, foundOffset: 4)),
        Bad(
            "bytes after the last tensor", safetensors("{\(tensor("a"))}", data: 9),
            .trailingBytes(count: 1)),
        Bad("data without tensors", safetensors("{}", data: 4), .trailingBytes(count: 4)),
        Bad(
            "data cut short", safetensors("{\(tensor("a"))}", data: 7),
            .dataTooShort(expectedBytes: 8, foundBytes: 7)),
        Bad(
            "a name twice",
            safetensors("{\(tensor("a")),\(tensor("a", "[2]", "[8,16]"))}", data: 16),
            .repeatedName("a")),
        Bad(
            "metadata of numbers", safetensors(#"{"__metadata__":{"a":1}}"#), .metadataNotText),
        Bad("metadata of a list", safetensors(#"{"__metadata__":[]}"#), .metadataNotText),
        Bad(
            "an unknown element type",
            safetensors("{\(tensor("a", "[2]", "[0,8]", type: "F33"))}", data: 8),
            .unknownElementType(tensor: "a", type: "F33")),
        Bad(
            "no element type",
            safetensors(#"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, data: 8),
            .missingField(tensor: "a", field: "dtype")),
        Bad(
            "no shape", safetensors(#"{"a":{"dtype":"F32","data_offsets":[0,8]}}"#, data: 8),
            .missingField(tensor: "a", field: "shape")),
    ]

    @Test("a broken file is refused with the reason", arguments: bad)
    func refused(bad: Bad) {
        let error = #expect(throws: CheckpointError.self) { try Self.open(bad.bytes) }
        guard case .malformedHeader(_, let fault) = error else {
            Issue.record("expected a fault of the header, got \(String(describing: error))")
            return
        }
        #expect(fault == bad.fault)
    }

    @Test(
        "a header that is not JSON is refused with the place",
        arguments: ["{", "[]", "", "{\"a\"", "{\"a\":1}", "{} x", "nul"])
    func notJSON(header: String) {
        let error = #expect(throws: CheckpointError.self) { try Self.open(safetensors(header)) }
        guard case .malformedJSON = error else {
            Issue.record("expected a fault of the JSON, got \(String(describing: error))")
            return
        }
    }

    @Test("a header that is not UTF-8 is refused")
    func notUTF8() {
        let header = Array("{\"".utf8) + [0xFF] + Array("\":1}".utf8)
        #expect(throws: CheckpointError.self) {
            try Self.open(safetensors(header, data: []))
        }
    }

    @Test("whitespace around the header, empty tensors, scalars and metadata are accepted")
    func accepted() throws {
        let header =
            " {\"__metadata__\":{\"format\":\"pt\"},\(Self.tensor("empty", "[0,5]", "[0,0]")),"
            + "\(Self.tensor("scalar", "[]", "[0,4]")) } \n"
        let file = try Self.open(safetensors(Array(header.utf8), data: bytes(of: [2.5])))
        #expect(file.tensors["empty"]?.shape == [0, 5])
        #expect(file.tensors["scalar"]?.shape == [])
        #expect(try values(file, "scalar") == [2.5])
        #expect(try values(file, "empty") == [])
        #expect(try Self.open(safetensors("{}")).tensors.isEmpty)
    }

    private func values(_ file: SafetensorsFile, _ name: String) throws -> [Float] {
        WeightVector(storage: try file.floats(name)).withUnsafeElements { Array($0) }
    }

    @Test("numbers are right at every alignment of the data", arguments: 0..<8)
    func alignment(padding: Int) throws {
        let header = "{\(Self.tensor("a"))}" + String(repeating: " ", count: padding)
        let file = try Self.open(safetensors(Array(header.utf8), data: bytes(of: [1.5, -2])))
        #expect(try values(file, "a") == [1.5, -2])
    }

    @Test("16-bit floats are widened, integers refused by name")
    func elementTypes() throws {
        let header =
            "{\(Self.tensor("half", "[2]", "[0,4]", type: "F16")),"
            + "\(Self.tensor("brain", "[2]", "[4,8]", type: "BF16")),"
            + "\(Self.tensor("ids", "[1]", "[8,16]", type: "I64"))}"
        let data: [UInt8] =
            [0x00, 0x3E, 0x00, 0xC0] + [0xC0, 0x3F, 0x00, 0xC0] + Array(repeating: 0, count: 8)
        let file = try Self.open(safetensors(Array(header.utf8), data: data))
        #expect(try values(file, "half") == [1.5, -2])
        #expect(try values(file, "brain") == [1.5, -2])
        let error = #expect(throws: CheckpointError.self) { try file.floats("ids") }
        guard case .unsupportedElementType("ids", _, "I64") = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("weights outlive the file's value and the file's name")
    func mapped() throws {
        let folder = try Folder()
        let path = try folder.write(
            "m.safetensors",
            safetensors(Array("{\(Self.tensor("a"))}".utf8), data: bytes(of: [3, 4])))
        let storage = try SafetensorsFile(path: path).floats("a")
        try FileManager.default.removeItem(atPath: path)
        #expect(WeightVector(storage: storage).withUnsafeElements { Array($0) } == [3, 4])
    }

    @Test("too many tensors are refused quickly")
    func many() throws {
        var header = "{"
        for index in 0...SafetensorsFile.tensorLimit {
            header += "\"\(index)\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"
        }
        header.removeLast()
        let bytes = safetensors(header + "}")
        let clock = ContinuousClock()
        let time = clock.measure {
            let error = #expect(throws: CheckpointError.self) { try Self.open(bytes) }
            guard case .malformedHeader(_, .tooManyTensors(limit: 100_000)) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #if !DEBUG
            #expect(time < .seconds(5))
        #else
            _ = time  // without optimisation the time says nothing
        #endif
    }

    @Test("a Git LFS pointer is recognised")
    func pointer() {
        let text = """
            version https://git-lfs.github.com/spec/v1
            oid sha256:53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
            size 90868376

            """
        let error = #expect(throws: CheckpointError.self) { try Self.open(Array(text.utf8)) }
        guard case .gitLFSPointer = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("git lfs pull") == true)
    }

    @Test("every shortened file is refused, never read past its end")
    func truncation() throws {
        let whole = safetensors(
            Array("{\(Self.tensor("a")),\(Self.tensor("b", "[2]", "[8,16]"))}".utf8),
            data: bytes(of: [1, 2, 3, 4]))
        for length in 0..<whole.count {
            #expect(throws: CheckpointError.self) { try Self.open(Array(whole[..<length])) }
        }
        _ = try Self.open(whole)
    }
}
