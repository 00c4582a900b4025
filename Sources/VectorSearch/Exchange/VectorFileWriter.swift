import Glibc

/// Writes rows of numbers in the formats of other programs.
package enum VectorFileWriter {
    /// 32-bit numbers: .npy, .fvecs, or a flat FAISS index. Bytes: .bvecs, which only whole
    /// numbers from 0 to 255 fit; others are refused before the file is there.
    package static func write(
        _ source: any VectorSource, to path: String, metric: VectorMetric = .innerProduct
    ) throws {
        let output = try PlainFile(path: path)
        switch path.split(separator: ".").last {
        case "npy":
            try output.write(numPyHeader("<f4", rows: source.count, columns: source.dimension))
            try writeRows(of: source, to: output) { _ in }
        case "fvecs":
            let length = withUnsafeBytes(of: Int32(source.dimension).littleEndian) { Array($0) }
            try writeRows(of: source, to: output) { try $0.write(length) }
        case "bvecs": try writeBytes(of: source, to: output, path)
        case "faiss", "index":
            try output.write(FAISSFlat.header(of: source, metric: metric))
            try writeRows(of: source, to: output) { _ in }
        default: throw VectorSearchError.unknownFormat(path: path)
        }
        try output.finish()
    }

    private static func writeBytes(
        of source: any VectorSource, to output: PlainFile, _ path: String
    ) throws {
        let length = withUnsafeBytes(of: Int32(source.dimension).littleEndian) { Array($0) }
        var row = [Float](repeating: 0, count: source.dimension)
        for number in 0..<source.count {
            source.copy(rows: number..<number + 1, to: &row)
            let bytes = row.compactMap { UInt8(exactly: $0) }
            guard bytes.count == row.count else {
                let column = row.firstIndex { UInt8(exactly: $0) == nil } ?? 0
                throw VectorSearchError.notSupported(
                    "\(path) holds whole numbers from 0 to 255, but vector \(number) has "
                        + "\(row[column]) at column \(column). Write .fvecs or .npy.")
            }
            try output.write(length + bytes)
        }
    }

    /// 64-bit whole numbers, rows × columns: .npy, or 32-bit ones: .ivecs.
    package static func write(
        _ numbers: [Int64], columns: Int, to path: String
    ) throws {
        let rows = columns > 0 ? numbers.count / columns : 0
        let output = try PlainFile(path: path)
        switch path.split(separator: ".").last {
        case "npy":
            try output.write(numPyHeader("<i8", rows: rows, columns: columns))
            try numbers.map(\.littleEndian).withUnsafeBytes { try output.write($0) }
        case "ivecs":
            for row in 0..<rows {
                var record = [Int32(columns)]
                for number in numbers[row * columns..<(row + 1) * columns] {
                    guard let short = Int32(exactly: number) else {
                        throw VectorSearchError.badFormat(
                            path: path, format: "an .ivecs file",
                            problem: "the identifier \(number) needs more than 32 bits")
                    }
                    record.append(short)
                }
                try record.map(\.littleEndian).withUnsafeBytes { try output.write($0) }
            }
        default: throw VectorSearchError.unknownFormat(path: path)
        }
        try output.finish()
    }

    /// Format 1.0: the header ends at a multiple of 64.
    static func numPyHeader(_ type: String, rows: Int, columns: Int) -> [UInt8] {
        var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        let length = (10 + text.utf8.count + 1).roundedUp(to: 64)
        text += String(repeating: " ", count: length - 10 - text.utf8.count - 1) + "\n"
        let size = UInt16(text.utf8.count)
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(size & 255), UInt8(size >> 8)]
            + Array(text.utf8)
    }

    private static func writeRows(
        of source: any VectorSource, to output: PlainFile, before: (PlainFile) throws -> Void
    ) throws {
        var row = [Float](repeating: 0, count: source.dimension)
        for number in 0..<source.count {
            try before(output)
            source.copy(rows: number..<number + 1, to: &row)
            try row.withUnsafeBytes { try output.write($0) }
        }
    }
}

/// A file written from front to back, put in its place when it is whole.
final class PlainFile {
    private let path: String
    private let partialPath: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    init(path: String) throws {
        self.path = path
        partialPath = path + ".partial"
        descriptor = open(partialPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw VectorSearchError.cannotWrite(path: path, errorNumber: errno)
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(partialPath)
    }

    func write(_ bytes: some Sequence<UInt8>) throws {
        buffer += bytes
        if buffer.count >= 1 << 20 { try flush() }
    }

    private func flush() throws {
        var start = 0
        while start < buffer.count {
            let written = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, buffer.count - start)
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw VectorSearchError.cannotWrite(path: path, errorNumber: errno)
            }
            start += written
        }
        buffer.removeAll(keepingCapacity: true)
    }

    func finish() throws {
        try flush()
        guard fsync(descriptor) == 0, rename(partialPath, path) == 0 else {
            throw VectorSearchError.cannotWrite(path: path, errorNumber: errno)
        }
        close(descriptor)
        descriptor = -1
    }
}
