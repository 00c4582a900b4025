import Corpus
import Foundation
import JSONText
import Tensors

/// Small random models with their tokenizers, and what transformers and sentence-transformers make
/// of some pictures and sentences. See training/goldens.
struct EmbedderGoldens {
    let root: JSONValue
    let pictures: [Picture]
    let sentences: [String]

    init() throws {
        let data = try Data(contentsOf: Self.folder.appending(path: "goldens.json"))
        root = try data.withUnsafeBytes { try JSONValue(parsing: $0) }
        pictures = (root["pictures"]?.array ?? []).map { size in
            Self.picture(
                width: size.array?.first?.integer ?? 1, height: size.array?.last?.integer ?? 1)
        }
        sentences = root["sentences"]?.array?.compactMap(\.string) ?? []
    }

    static var folder: URL {
        Bundle.module.resourceURL?.appending(path: "Goldens") ?? URL(filePath: "/missing")
    }

    static func directory(_ name: String) -> String { folder.appending(path: name).path }

    /// The formula of the script that made the goldens.
    static func picture(width: Int, height: Int) -> Picture {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let value = x * 7 + y * 13 + (x * y) % 31 * 5 + (x / 5 + y / 3) % 2 * 90
                for channel in 0..<3 {
                    pixels.append(UInt8(truncatingIfNeeded: value + channel * 50))
                }
            }
        }
        return Picture(width: width, height: height, pixels: pixels)
    }
}

/// The model fetched at set-up, which is not part of the repository.
enum FetchedModel {
    static let path = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "models/all-MiniLM-L6-v2").path
    static let isThere = FileManager.default.fileExists(atPath: path + "/model.safetensors")
}

extension JSONValue {
    var bytes: [UInt8] { Data(base64Encoded: string ?? "").map(Array.init) ?? [] }

    /// Little-endian float32 in base64.
    var floats: [Float] {
        bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(
                    bitPattern: UInt32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
            }
        }
    }
}

/// The largest distance between two arrays; infinite when they differ in length or hold a NaN.
func largestDifference(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count, !found.isEmpty else { return .infinity }
    return zip(found, expected).reduce(0) { largest, pair in
        let difference = abs(pair.0 - pair.1)
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}
