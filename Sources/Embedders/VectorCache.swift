internal import CKernels
internal import Checkpoints
internal import Corpus
internal import Foundation
internal import Synchronization
package import Tensors

/// Vectors of texts that are the same in every run (the vocabulary of tags, the queries of a
/// calibration), kept in memory and in files.
///
/// A file is named by the SHA-256 of all that its vectors depend on, so none is ever out of date:
/// another model, another precision and another text have another name. What cannot be read or is
/// damaged is made again, what cannot be written is made anew in each run, and the folder may be
/// removed at any time.
package final class VectorCache: Sendable {
    /// What vectors depend on.
    package struct Key: Sendable, Hashable {
        let digest: String

        /// Raised when the same model makes other vectors of the same texts.
        private static let version = 1

        /// - Parameters:
        ///   - model: its fingerprint.
        ///   - use: what becomes of the texts, since a model may read queries and passages in two
        ///     ways, and vectors may be means of several texts' vectors.
        package init(model: String, precision: Precision, use: String, texts: [String]) {
            var parts = "\(Self.version) \(model) \(precision) \(use)\n"
            for text in texts { parts += "\(text.utf8.count) \(text)\n" }
            digest = hexadecimal(SHA256.digest(of: parts.utf8))
        }
    }

    private let folder: String?
    private let known = Mutex<[Key: Matrix]>([:])

    /// - Parameter folder: made when something is written; nil: nothing is kept in files.
    package init(folder: String?) {
        self.folder = folder
    }

    /// The vectors of a key, rows × columns; `make` is called when they are not known.
    package func matrix(
        _ key: Key, rows: Int, columns: Int, make: () throws -> Matrix
    ) throws -> Matrix {
        if let matrix = known.withLock({ $0[key] }) { return matrix }
        let path = folder.map { $0 + "/" + key.digest + ".vectors" }
        if let matrix = path.flatMap({ Self.read($0, rows: rows, columns: columns) }) {
            known.withLock { $0[key] = matrix }
            return matrix
        }
        let matrix = try make()
        precondition(matrix.rows == rows && matrix.columns == columns, "Vectors as announced.")
        known.withLock { $0[key] = matrix }
        if let path { Self.write(matrix, to: path) }
        return matrix
    }

    // MARK: Files

    /// Before the numbers: this, rows, columns and the numbers' CRC-32C, four bytes each,
    /// little-endian as the numbers are.
    private static let magic = Array("reelvec1".utf8)
    private static let headerCount = 20

    private static func header(rows: Int, columns: Int, checksum: UInt32) -> [UInt8] {
        var bytes = magic
        for value in [UInt32(rows), UInt32(columns), checksum] {
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        }
        return bytes
    }

    private static func read(_ path: String, rows: Int, columns: Int) -> Matrix? {
        guard let file = try? MappedFile(path: path) else { return nil }
        return file.withBytes { bytes -> Matrix? in
            guard bytes.count == headerCount + 4 * rows * columns else { return nil }
            let numbers = UnsafeRawBufferPointer(rebasing: bytes[headerCount...])
            let checksum = reel_crc32c(0, numbers.baseAddress, numbers.count)
            guard bytes.starts(with: header(rows: rows, columns: columns, checksum: checksum))
            else { return nil }
            return Matrix(rows: rows, columns: columns) { elements in
                UnsafeMutableRawBufferPointer(elements).copyMemory(from: numbers)
            }
        }
    }

    /// Whole or not at all, through a file beside it; a run goes on where that fails.
    private static func write(_ matrix: Matrix, to path: String) {
        let bytes = matrix.withUnsafeElements { elements in
            let numbers = UnsafeRawBufferPointer(elements)
            let checksum = reel_crc32c(0, numbers.baseAddress, numbers.count)
            return Data(header(rows: matrix.rows, columns: matrix.columns, checksum: checksum))
                + Data(numbers)
        }
        let file = URL(fileURLWithPath: path)
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? bytes.write(to: file, options: .atomic)
    }
}
