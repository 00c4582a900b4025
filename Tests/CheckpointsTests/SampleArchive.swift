import CKernels

/// A zip archive as `torch.save` writes it, or as nobody should.
struct SampleArchive {
    struct Entry {
        var name: String
        var bytes: [UInt8]
        var method: UInt16 = 0
        var flags: UInt16 = 0
        /// In place of the right ones.
        var checksum: UInt32?
        var localName: String?
        var localSize: UInt32?
        var listedSize: UInt32?
        var storedSize: UInt32?
        var place: UInt32?
        var disk: UInt16 = 0
        /// An extra field of the directory, header and all.
        var extra: [UInt8] = []

        init(_ name: String, _ bytes: [UInt8], _ change: (inout Entry) -> Void = { _ in }) {
            self.name = name
            self.bytes = bytes
            change(&self)
        }
    }

    var entries: [Entry]
    /// In place of the right ones.
    var entryCount: UInt16?
    var directoryStart: UInt32?
    var directorySize: UInt32?
    var disk: UInt16 = 0
    var comment: [UInt8] = []

    init(_ entries: [Entry]) { self.entries = entries }

    /// Two numbers, 1 and 2, in one storage, and a table.
    init(pickle: [UInt8], storage: [UInt8] = CheckpointsTests.bytes(of: [1, 2])) {
        self.init([
            Entry("m/data.pkl", pickle), Entry("m/byteorder", Array("little".utf8)),
            Entry("m/data/0", storage), Entry("m/version", Array("3\n".utf8)),
        ])
    }

    var bytes: [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let place = entry.place ?? UInt32(file.count)
            let checksum =
                entry.checksum ?? reel_crc32(0, entry.bytes, entry.bytes.count)
            let size = UInt32(entry.bytes.count)
            let localName = Array((entry.localName ?? entry.name).utf8)
            let localSize = entry.localSize ?? size
            file += Array("PK\u{3}\u{4}".utf8) + little(UInt16(10), entry.flags, entry.method, 0, 0)
            file += little(checksum, localSize, localSize)
            file += little(UInt16(localName.count), 0) + localName + entry.bytes
            let name = Array(entry.name.utf8)
            directory += Array("PK\u{1}\u{2}".utf8)
            directory += little(UInt16(10), 10, entry.flags, entry.method, 0, 0)
            directory += little(
                checksum, entry.storedSize ?? entry.listedSize ?? size, entry.listedSize ?? size)
            directory += little(UInt16(name.count), UInt16(entry.extra.count), 0, entry.disk, 0)
            directory += little(UInt32(0), place) + name + entry.extra
        }
        let start = UInt32(file.count)
        let count = entryCount ?? UInt16(entries.count)
        file += directory + Array("PK\u{5}\u{6}".utf8) + little(disk, disk, count, count)
        file += little(directorySize ?? UInt32(directory.count), directoryStart ?? start)
        return file + little(UInt16(comment.count)) + comment
    }
}

/// Little-endian bytes.
func little<Number: FixedWidthInteger>(_ numbers: Number...) -> [UInt8] {
    numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
}

/// Instructions of Python's pickle language, protocol 2.
enum Pickle {
    static let start: [UInt8] = [0x80, 2]
    static let mark: [UInt8] = [UInt8(ascii: "(")]
    static let tuple: [UInt8] = [UInt8(ascii: "t")]
    static let reduce: [UInt8] = [UInt8(ascii: "R")]
    static let build: [UInt8] = [UInt8(ascii: "b")]
    static let persistent: [UInt8] = [UInt8(ascii: "Q")]
    static let table: [UInt8] = [UInt8(ascii: "}")]
    static let list: [UInt8] = [UInt8(ascii: "]")]
    static let setItem: [UInt8] = [UInt8(ascii: "s")]
    static let setItems: [UInt8] = [UInt8(ascii: "u")]
    static let no: [UInt8] = [0x89]
    static let stop: [UInt8] = [UInt8(ascii: ".")]

    static func global(_ module: String, _ name: String) -> [UInt8] {
        Array("c\(module)\n\(name)\n".utf8)
    }

    static func text(_ text: String) -> [UInt8] {
        [UInt8(ascii: "X")] + little(UInt32(text.utf8.count)) + Array(text.utf8)
    }

    static func number(_ number: Int) -> [UInt8] { [0x8a, 8] + little(Int64(number)) }

    static func numbers(_ numbers: [Int]) -> [UInt8] {
        mark + numbers.flatMap(number) + tuple
    }

    static func storage(
        type: String = "FloatStorage", key: String = "0", count: Int = 2
    ) -> [UInt8] {
        mark + text("storage") + global("torch", type) + text(key) + text("cpu") + number(count)
            + tuple + persistent
    }

    static let hooks = global("collections", "OrderedDict") + [UInt8(ascii: ")")] + reduce

    static func tensor(
        storage: [UInt8] = Pickle.storage(), offset: Int = 0, shape: [Int] = [2],
        strides: [Int] = [1], rest: [UInt8] = []
    ) -> [UInt8] {
        global("torch._utils", "_rebuild_tensor_v2") + mark + storage + number(offset)
            + numbers(shape) + numbers(strides) + no + hooks + rest + tuple + reduce
    }

    /// A table with one tensor of the name `w`, unless something else is to be its value.
    static func file(_ value: [UInt8] = tensor(), name: String = "w") -> [UInt8] {
        start + table + text(name) + value + setItem + stop
    }
}
