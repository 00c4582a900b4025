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
        let data = try Data(contentsOf: folder.appending(path: "goldens.json"))
        let root = try data.withUnsafeBytes { try JSONValue(parsing: $0) }
        let cases = root[architecture]?.array ?? []
        return cases.first { $0["name"]?.string == name } ?? .null
    }
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

/// The largest distance between two arrays; infinite when they differ in length or hold a NaN.
func largestDifference(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count, !found.isEmpty else { return .infinity }
    return zip(found, expected).reduce(0) { largest, pair in
        let difference = abs(pair.0 - pair.1)
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}
