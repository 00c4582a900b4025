import Foundation
import JSONText
import Tensors

/// Small random checkpoints and what transformers makes of some inputs. See training/goldens.
enum ModelGoldens {
    static var folder: URL {
        Bundle.module.resourceURL?.appending(path: "Goldens") ?? URL(filePath: "/missing")
    }

    static func directory(_ name: String) -> String { folder.appending(path: name).path }

    static func value(_ architecture: String, _ name: String) throws -> JSONValue {
        let cases = try file("goldens.json")[architecture]?.array ?? []
        return cases.first { $0["name"]?.string == name } ?? .null
    }

    /// Of the architectures beside BERT and CLIP.
    static func architectures() throws -> JSONValue { try file("architectures.json") }

    private static func file(_ name: String) throws -> JSONValue {
        let data = try Data(contentsOf: folder.appending(path: name))
        return try data.withUnsafeBytes { try JSONValue(parsing: $0) }
    }
}

/// The least cosine between rows of two matrices; −1 when one holds something else.
func leastCosine(_ found: Matrix, _ expected: [Float]) -> Float {
    guard found.elements.count == expected.count else { return -1 }
    var left = found
    var right = Matrix(rows: found.rows, columns: found.columns, elements: expected)
    Rows.makeUnitLength(&left)
    Rows.makeUnitLength(&right)
    let cosines = (0..<left.rows).map { row in
        zip(left[row], right[row]).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return cosines.min { !($0 > $1) } ?? -1
}

extension JSONValue {
    /// Little-endian float32 in base64.
    var floats: [Float] {
        guard let data = Data(base64Encoded: string ?? "") else { return [] }
        return data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(
                    bitPattern: UInt32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
            }
        }
    }

    var idRows: [[Int]] { array?.map { $0.array?.compactMap(\.integer) ?? [] } ?? [] }
}
