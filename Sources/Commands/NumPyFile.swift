internal import Foundation
internal import Service

/// The .npy format, version 1.0, little-endian float32 (NumPy's `numpy.lib.format`).
enum NumPyFile {
    static func bytes(of embeddings: Embeddings) -> Data {
        var header =
            "{'descr': '<f4', 'fortran_order': False, "
            + "'shape': (\(embeddings.count), \(embeddings.dimension)), }"
        // Magic, version and length take ten bytes; the whole is a multiple of 64 and ends a line.
        let unpadded = 10 + header.utf8.count + 1
        header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
        let length = UInt16(header.utf8.count)
        data.append(contentsOf: [UInt8(length & 255), UInt8(length >> 8)])
        data.append(contentsOf: header.utf8)
        embeddings.values.withUnsafeBytes { data.append(contentsOf: $0) }
        return data
    }
}
