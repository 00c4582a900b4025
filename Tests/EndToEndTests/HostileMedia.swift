/// Files made to cost more than they are worth, byte by byte.
enum HostileMedia {
    /// A GIF of one pixel and many frames of 23 bytes.
    /// - Parameter frameCount: an even number.
    static func gif(frameCount: Int) -> [UInt8] {
        var bytes: [UInt8] = Array("GIF89a".utf8)
        bytes += [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
        // A pause of 0.1 s, then a frame of the first colour; the same, of the second.
        let pair = [0x44, 0x4C].flatMap { code -> [UInt8] in
            [0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, code, 1, 0]
        }
        bytes.reserveCapacity(bytes.count + frameCount / 2 * pair.count + 1)
        for _ in 0..<frameCount / 2 { bytes += pair }
        return bytes + [0x3B]
    }

    /// A PNG that says it has sides of this many pixels and holds next to none.
    static func png(side: UInt32) -> [UInt8] {
        func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
            let named = Array(name.utf8) + data
            return bigEndian(UInt32(data.count)) + named + bigEndian(crc32(named))
        }
        let header = bigEndian(side) + bigEndian(side) + [8, 2, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
            + chunk("IDAT", [0x78, 0x9C, 0x63, 0, 0, 0, 1, 0, 1]) + chunk("IEND", [])
    }

    /// A JPEG whose frame header says another size.
    static func jpeg(_ bytes: [UInt8], side: UInt16) -> [UInt8] {
        var bytes = bytes
        for index in bytes.indices.dropLast(9)
        where bytes[index] == 0xFF && bytes[index + 1] == 0xC0 {
            let size = [UInt8(side >> 8), UInt8(side & 0xFF)]
            bytes.replaceSubrange(index + 5..<index + 9, with: size + size)
            break
        }
        return bytes
    }

    /// An MP4 whose boxes of this name have other numbers from an offset on.
    static func mp4(
        _ bytes: [UInt8], box name: String, offset: Int, value: [UInt8]
    ) -> [UInt8] {
        var bytes = bytes
        let wanted = Array(name.utf8)
        for index in bytes.indices.dropLast(offset + value.count + 4)
        where Array(bytes[index..<index + 4]) == wanted {
            bytes.replaceSubrange(
                index + 4 + offset..<index + 4 + offset + value.count, with: value)
        }
        return bytes
    }

    /// An MP4 whose samples lie, by its own word, in another file.
    ///
    /// The entry of its data reference becomes an alias (QuickTime File Format, "Data Reference
    /// Atoms"): 2 records name the file by its path. The index must come last, as it grows.
    static func mp4(_ bytes: [UInt8], samplesIn path: String) -> [UInt8] {
        var alias = [UInt8](repeating: 0, count: 150)
        func record(_ kind: UInt16, _ data: [UInt8]) -> [UInt8] {
            [
                UInt8(kind >> 8), UInt8(kind & 0xFF), UInt8(data.count >> 8),
                UInt8(data.count & 0xFF),
            ]
                + data + (data.count % 2 == 1 ? [0] : [])
        }
        alias += record(2, Array(path.utf8)) + record(18, Array(path.utf8))
        alias += [0xFF, 0xFF, 0, 0]
        let entry =
            bigEndian(UInt32(12 + alias.count)) + Array("alis".utf8) + [0, 0, 0, 0] + alias
        return grown(bytes[...], entry: entry)
    }

    /// Boxes with each data reference's one entry replaced.
    private static func grown(_ boxes: ArraySlice<UInt8>, entry: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = boxes.startIndex
        while index + 8 <= boxes.endIndex {
            let size = boxes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
            let name = String(decoding: boxes[index + 4..<index + 8], as: UTF8.self)
            guard size >= 8, index + size <= boxes.endIndex else { break }
            let content = boxes[index + 8..<index + size]
            let replaced: [UInt8] =
                switch name {
                case "moov", "trak", "mdia", "minf", "dinf": grown(content, entry: entry)
                case "dref": Array(content.prefix(8)) + entry
                default: Array(content)
                }
            result += bigEndian(UInt32(replaced.count + 8)) + Array(name.utf8) + replaced
            index += size
        }
        return result + boxes[index...]
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    /// As PNG has it (ISO 3309), bit by bit.
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
                sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1
            }
        }
    }
}
