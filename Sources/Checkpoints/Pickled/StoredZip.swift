import CKernels

/// The entries of a zip archive that lie in it as they are, uncompressed, as `torch.save` writes
/// them (PKWARE's APPNOTE 6.3.10). Anything else an archive may do is refused: compression,
/// encryption, several disks, two entries of one name, entries that overlap, headers that disagree.
struct StoredZip {
    struct Entry: Equatable {
        /// Where its bytes lie in the file.
        var range: Range<Int>
        /// CRC-32 of them, as recorded.
        var checksum: UInt32
    }

    /// By name.
    let entries: [String: Entry]
    /// Names in the order of the directory.
    let names: [String]

    static let entryLimit = 200_000

    typealias Fault = CheckpointError.ArchiveFault

    private static let endByteCount = 22
    private static let wideLocatorByteCount = 20
    private static let wideEndByteCount = 56
    private static let directoryHeaderByteCount = 46
    private static let localHeaderByteCount = 30
    /// Stands in a field of 32 bits whose value is among the extra fields, in 64.
    private static let elsewhere = Int(UInt32.max)

    init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        let file = Fields(bytes: bytes)
        let directory = try Self.directory(of: file)
        var found: [(name: String, headerStart: Int, entry: Entry)] = []
        var place = directory.range.lowerBound
        for _ in 0..<directory.entryCount {
            let listed = try Listed(file, at: place, within: directory.range)
            place = listed.end
            let range = try Self.range(
                of: listed, in: file, before: directory.range.lowerBound)
            found.append(
                (listed.name, listed.headerStart, Entry(range: range, checksum: listed.checksum)))
        }
        guard place == directory.range.upperBound else { throw .damagedDirectory }
        var entries: [String: Entry] = [:]
        for one in found {
            guard entries.updateValue(one.entry, forKey: one.name) == nil else {
                throw .repeatedEntry(one.name)
            }
        }
        var end = 0
        for one in found.sorted(by: { $0.headerStart < $1.headerStart }) {
            guard one.headerStart >= end else { throw .overlap(entry: one.name) }
            end = one.entry.range.upperBound
        }
        self.entries = entries
        names = found.map(\.name)
    }

    /// Compares an entry's bytes with their checksum.
    static func requireWhole(
        _ entry: Entry, named name: String, in bytes: UnsafeRawBufferPointer
    ) throws(Fault) {
        let part = UnsafeRawBufferPointer(rebasing: bytes[entry.range])
        guard reel_crc32(0, part.baseAddress, part.count) == entry.checksum else {
            throw .wrongChecksum(entry: name)
        }
    }

    // MARK: The end of the archive

    private struct Directory {
        var range: Range<Int>
        var entryCount: Int
    }

    private static func directory(of file: Fields) throws(Fault) -> Directory {
        // A comment of up to 64 KiB may follow; only an end that it closes exactly is believed.
        let last = file.count - endByteCount
        let end = stride(from: last, through: max(0, last - Int(UInt16.max)), by: -1).first {
            file.has("PK\u{5}\u{6}", at: $0) && $0 + endByteCount + file.half($0 + 20) == file.count
        }
        guard last >= 0, let end else { throw .noDirectory }
        var disks = [file.half(end + 4), file.half(end + 6)]
        var counts = [file.half(end + 8), file.half(end + 10)]
        var size = file.word(end + 12)
        var start = file.word(end + 16)
        var limit = end
        if file.has("PK\u{6}\u{7}", at: end - wideLocatorByteCount) {
            let locator = end - wideLocatorByteCount
            guard let wide = file.double(locator + 8), wide <= locator - wideEndByteCount,
                file.has("PK\u{6}\u{6}", at: wide), let wideSize = file.double(wide + 40),
                let wideStart = file.double(wide + 48), let first = file.double(wide + 24),
                let all = file.double(wide + 32)
            else { throw .damagedDirectory }
            // The narrow fields may say the same, or that the wide ones do.
            guard size == wideSize || size == elsewhere, start == wideStart || start == elsewhere,
                counts == [first, all] || counts == [Int(UInt16.max), Int(UInt16.max)]
            else { throw .contradiction(entry: "the directory") }
            disks += [file.word(locator + 4), file.word(wide + 16), file.word(wide + 20)]
            (size, start, counts, limit) = (wideSize, wideStart, [first, all], wide)
        }
        guard disks.allSatisfy({ $0 == 0 }), counts[0] == counts[1] else { throw .severalDisks }
        guard counts[0] <= entryLimit else { throw .tooManyEntries(limit: entryLimit) }
        guard start <= limit, size <= limit - start else { throw .damagedDirectory }
        return Directory(range: start..<start + size, entryCount: counts[0])
    }

    // MARK: Entries

    /// What the directory says of an entry.
    private struct Listed {
        var name: String
        var size: Int
        var checksum: UInt32
        var flags: Int
        var headerStart: Int
        /// Where the next one begins.
        var end: Int

        /// Sizes and checksum may follow the data; names may be UTF-8.
        private static let knownFlags = 1 << 3 | 1 << 11

        init(_ file: Fields, at place: Int, within range: Range<Int>) throws(Fault) {
            let fixedEnd = place + directoryHeaderByteCount
            guard fixedEnd <= range.upperBound, file.has("PK\u{1}\u{2}", at: place) else {
                throw .damagedDirectory
            }
            let nameEnd = fixedEnd + file.half(place + 28)
            let extraEnd = nameEnd + file.half(place + 30)
            end = extraEnd + file.half(place + 32)
            guard end <= range.upperBound, let name = file.text(fixedEnd..<nameEnd) else {
                throw .damagedDirectory
            }
            self.name = name
            flags = file.half(place + 8)
            guard flags & 1 == 0 else { throw .encrypted(entry: name) }
            guard flags & ~Self.knownFlags == 0, file.half(place + 34) == 0 else {
                throw .unknownFeature(entry: name)
            }
            guard file.half(place + 10) == 0 else { throw .compressed(entry: name) }
            checksum = UInt32(file.word(place + 16))
            // In this order where the narrow field refers to them: size, stored size, place.
            var wide = file.wideFields(in: nameEnd..<extraEnd)[...]
            func value(_ narrow: Int) throws(Fault) -> Int {
                guard narrow == elsewhere else { return narrow }
                guard let value = wide.popFirst() else { throw .contradiction(entry: name) }
                return value
            }
            size = try value(file.word(place + 24))
            guard try value(file.word(place + 20)) == size else {
                throw .contradiction(entry: name)
            }
            headerStart = try value(file.word(place + 42))
        }
    }

    /// Where an entry's bytes lie, when the header before them says what the directory does.
    private static func range(
        of listed: Listed, in file: Fields, before limit: Int
    ) throws(Fault) -> Range<Int> {
        let place = listed.headerStart
        guard place <= limit - localHeaderByteCount, file.has("PK\u{3}\u{4}", at: place) else {
            throw .outsideFile(entry: listed.name)
        }
        let nameStart = place + localHeaderByteCount
        let nameEnd = nameStart + file.half(place + 26)
        let start = nameEnd + file.half(place + 28)
        guard start <= limit, listed.size <= limit - start else {
            throw .outsideFile(entry: listed.name)
        }
        let wide = file.wideFields(in: nameEnd..<start)
        let sizes = [file.word(place + 18), file.word(place + 22)].enumerated().map {
            side, narrow in
            narrow == elsewhere && side < wide.count ? wide[side] : narrow
        }
        let follows = listed.flags & 1 << 3 != 0
        let agrees =
            file.text(nameStart..<nameEnd) == listed.name
            && file.half(place + 6) == listed.flags && file.half(place + 8) == 0
            && sizes.allSatisfy { $0 == listed.size || (follows && $0 == 0) }
            && (file.word(place + 14) == Int(listed.checksum)
                || (follows && file.word(place + 14) == 0))
        guard agrees else { throw .contradiction(entry: listed.name) }
        return start..<start + listed.size
    }
}

/// Little-endian numbers of an archive. Places are checked by the caller, except where it says so.
private struct Fields {
    let bytes: UnsafeRawBufferPointer

    var count: Int { bytes.count }

    func half(_ place: Int) -> Int {
        Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self)))
    }

    func word(_ place: Int) -> Int {
        Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
    }

    /// Nil when it is no place in a file.
    func double(_ place: Int) -> Int? {
        Int(
            exactly: UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
    }

    /// Whether a signature stands there; false outside of the file.
    func has(_ signature: StaticString, at place: Int) -> Bool {
        let length = signature.utf8CodeUnitCount
        guard place >= 0, place <= count - length else { return false }
        return signature.withUTF8Buffer { bytes[place..<place + length].elementsEqual($0) }
    }

    /// Nil when it is not UTF-8.
    func text(_ range: Range<Int>) -> String? {
        String(validating: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    /// The numbers of the extra field for large archives (header 1); none where there is no such
    /// field, or where the fields do not fill their room.
    func wideFields(in range: Range<Int>) -> [Int] {
        var place = range.lowerBound
        while place + 4 <= range.upperBound {
            let end = place + 4 + half(place + 2)
            guard end <= range.upperBound else { return [] }
            if half(place) == 1 {
                return stride(from: place + 4, through: end - 8, by: 8).compactMap(double)
            }
            place = end
        }
        return []
    }
}
