import Checkpoints
import Testing

/// Files that want more than to be read. Each case is the cause that is expected of it.
struct HostilePickleTests {
    typealias PickleFault = CheckpointError.PickleFault
    typealias ArchiveFault = CheckpointError.ArchiveFault

    private static func error(_ bytes: [UInt8]) throws -> CheckpointError? {
        let folder = try Folder()
        let path = try folder.write("w.bin", bytes)
        return withExtendedLifetime(folder) {
            #expect(throws: CheckpointError.self) { try PickledWeightsFile(path: path) }
        }
    }

    @Test func theSampleItselfIsRead() throws {
        let folder = try Folder()
        let path = try folder.write("w.bin", SampleArchive(pickle: Pickle.file()).bytes)
        let file = try PickledWeightsFile(path: path)
        #expect(WeightNumbers.of(try file.floats("w")) == [1, 2])
    }

    // MARK: Tables

    struct BadTable: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var table: [UInt8]
        var fault: PickleFault

        init(_ name: String, _ table: [UInt8], _ fault: PickleFault) {
            testDescription = name
            self.table = table
            self.fault = fault
        }
    }

    private static let call = Pickle.text("touch owned") + [0x85] + Pickle.reduce
    private static let huge = 1 << 62

    private static let tables: [BadTable] = [
        BadTable(
            "posix.system", Pickle.file(Pickle.global("posix", "system") + call),
            .unknownName("posix.system")),
        BadTable(
            "builtins.eval", Pickle.file(Pickle.global("builtins", "eval") + call),
            .unknownName("builtins.eval")),
        BadTable(
            "a function of torch that is none of ours",
            Pickle.file(Pickle.global("torch", "load") + call), .unknownName("torch.load")),
        BadTable(
            "a name with a point in it", Pickle.file(Pickle.global("collections.OrderedDict", "x")),
            .unknownName("collections.OrderedDict.x")),
        BadTable(
            "STACK_GLOBAL of remembered texts",
            Pickle.start + Pickle.text("os") + [UInt8(ascii: "q"), 0] + Pickle.text("system")
                + [0x93] + Pickle.stop, .unknownInstruction(0x93, place: 22)),
        BadTable(
            "an extension's code", Pickle.start + [0x82, 1] + Pickle.stop,
            .unknownInstruction(0x82, place: 2)),
        BadTable(
            "INST", Pickle.start + Pickle.mark + Array("ios\nsystem\n".utf8) + Pickle.stop,
            .unknownInstruction(UInt8(ascii: "i"), place: 3)),
        BadTable(
            "OBJ", Pickle.start + Pickle.mark + Pickle.hooks + [UInt8(ascii: "o")] + Pickle.stop,
            .unknownInstruction(UInt8(ascii: "o"), place: 3 + Pickle.hooks.count)),
        BadTable(
            "a frame of protocol 4", [0x80, 4, 0x95] + little(UInt64(9)) + Pickle.stop,
            .otherProtocol),
        BadTable("no protocol", Pickle.table + Pickle.stop, .otherProtocol),
        BadTable("nothing", [], .endedEarly),
        BadTable("no end", Array(Pickle.file().dropLast()), .endedEarly),
        BadTable(
            "a second pickle behind the first", Pickle.file() + Pickle.file(),
            .trailingBytes(Pickle.file().count)),
        BadTable(
            "a class of storages called",
            Pickle.file(Pickle.global("torch", "FloatStorage") + call),
            .wrongArguments("a class of storages")),
        BadTable(
            "a text called", Pickle.file(Pickle.text("system") + call), .wrongArguments("REDUCE")),
        BadTable(
            "a tensor from arguments of other kinds",
            Pickle.file(Pickle.global("torch._utils", "_rebuild_tensor_v2") + call),
            .wrongArguments("_rebuild_tensor_v2")),
        BadTable(
            "a parameter of a text",
            Pickle.file(Pickle.global("torch._utils", "_rebuild_parameter") + call),
            .wrongArguments("_rebuild_parameter")),
        BadTable(
            "an ordered table of arguments",
            Pickle.file(Pickle.global("collections", "OrderedDict") + call),
            .wrongArguments("OrderedDict")),
        BadTable(
            "BUILD of a class", Pickle.file(Pickle.hooks.dropLast(2) + Pickle.table + Pickle.build),
            .wrongArguments("BUILD")),
        BadTable(
            "BUILD of a tensor", Pickle.file(Pickle.tensor() + Pickle.table + Pickle.build),
            .wrongArguments("BUILD")),
        BadTable(
            "a text of two gigabytes", Pickle.start + [UInt8(ascii: "X")] + little(UInt32(1) << 31),
            .endedEarly),
        BadTable(
            "a text that is not UTF-8",
            Pickle.start + [UInt8(ascii: "U"), 1, 0xFF] + Pickle.stop, .invalidText),
        BadTable(
            "a number of 255 bytes",
            Pickle.start + [0x8a, 255] + [UInt8](repeating: 1, count: 255) + Pickle.stop,
            .numberTooLarge),
        BadTable(
            "a class's name without an end",
            Pickle.start + [UInt8(ascii: "c")] + [UInt8](repeating: 97, count: 5000), .endedEarly),
        BadTable(
            "something remembered that never was", Pickle.start + [UInt8(ascii: "h"), 7],
            .notRemembered(7)),
        BadTable("a value from an empty stack", Pickle.start + Pickle.reduce, .nothingThere),
        BadTable(
            "a value from below a mark", Pickle.start + Pickle.table + Pickle.mark + [0x85],
            .nothingThere),
        BadTable("a tuple without a mark", Pickle.start + Pickle.tuple, .nothingThere),
        BadTable(
            "values left over", Pickle.start + Pickle.table + Pickle.table + Pickle.stop, .leftOver),
        BadTable(
            "an odd number of items",
            Pickle.start + Pickle.table + Pickle.mark + Pickle.text("w") + Pickle.setItems
                + Pickle.stop, .wrongArguments("SETITEM")),
        BadTable(
            "items of a list",
            Pickle.start + Pickle.list + Pickle.text("w") + Pickle.no
                + Pickle.setItem + Pickle.stop, .wrongArguments("SETITEM")),
        BadTable(
            "five million values", Pickle.start + [UInt8](repeating: 0x88, count: 5_000_000),
            .tooManyValues(limit: 4_000_000)),
        BadTable(
            "five million marks", Pickle.start + [UInt8](repeating: 40, count: 5_000_000),
            .tooManyValues(limit: 4_000_000)),
        BadTable(
            "a memory that doubles with each step",
            Pickle.start + Pickle.no
                + (0..<40).flatMap { _ in [UInt8(ascii: "q"), 0, UInt8(ascii: "h"), 0, 0x86] }
                + Pickle.stop, .noTable(found: "a tuple")),
        BadTable(
            "tuples in tuples, a million deep",
            Pickle.start + Pickle.no + [UInt8](repeating: 0x85, count: 1_000_000) + Pickle.stop,
            .noTable(found: "a tuple")),
        BadTable("a list", Pickle.start + Pickle.list + Pickle.stop, .noTable(found: "a list")),
        BadTable(
            "a number for a tensor", Pickle.file(Pickle.number(3)),
            .noTensor(name: "w", found: "a number")),
        BadTable(
            "a number for a name",
            Pickle.start + Pickle.table + Pickle.number(1) + Pickle.tensor() + Pickle.setItem
                + Pickle.stop, .badName(found: "a number")),
        BadTable(
            "one name twice",
            Pickle.start + Pickle.table + Pickle.text("w") + Pickle.tensor() + Pickle.setItem
                + Pickle.text("w") + Pickle.tensor() + Pickle.setItem + Pickle.stop,
            .repeatedName("w")),
        BadTable(
            "a storage in a file of the machine",
            Pickle.file(Pickle.tensor(storage: Pickle.storage(key: "../../etc/passwd"))),
            .wrongArguments("a storage")),
        BadTable(
            "a storage of a type that is none",
            Pickle.file(
                Pickle.mark + Pickle.text("storage") + Pickle.text("torch.FloatStorage")
                    + Pickle.text("0") + Pickle.text("cpu") + Pickle.number(2) + Pickle.tuple
                    + Pickle.persistent), .wrongArguments("a storage")),
        BadTable(
            "a storage of fewer than no numbers",
            Pickle.file(Pickle.tensor(storage: Pickle.storage(count: -1))),
            .wrongArguments("a storage")),
        BadTable(
            "a storage that is not there",
            Pickle.file(Pickle.tensor(storage: Pickle.storage(key: "1"))),
            .missingStorage(tensor: "w", key: "1")),
        BadTable(
            "a storage smaller than it claims",
            Pickle.file(Pickle.tensor(storage: Pickle.storage(count: 3))),
            .storageSize(tensor: "w", expected: 12, found: 8)),
        BadTable(
            "a storage whose size overflows",
            Pickle.file(Pickle.tensor(storage: Pickle.storage(count: huge))),
            .storageSize(tensor: "w", expected: .max, found: 8)),
        BadTable(
            "a storage of another type",
            Pickle.file(Pickle.tensor(storage: Pickle.storage(type: "LongStorage"))),
            .storageSize(tensor: "w", expected: 16, found: 8)),
        BadTable(
            "a shape larger than its storage", Pickle.file(Pickle.tensor(shape: [3])),
            .outsideStorage(tensor: "w", needed: 3, found: 2)),
        BadTable(
            "a shape of 2⁶²", Pickle.file(Pickle.tensor(shape: [huge])),
            .outsideStorage(tensor: "w", needed: huge, found: 2)),
        BadTable(
            "a shape whose product overflows",
            Pickle.file(Pickle.tensor(shape: [huge, 4], strides: [4, 1])),
            .sizeOverflow(tensor: "w")),
        BadTable(
            "strides whose reach overflows",
            Pickle.file(Pickle.tensor(shape: [2, 2], strides: [Int.max, 2])),
            .sizeOverflow(tensor: "w")),
        BadTable(
            "an offset behind the storage", Pickle.file(Pickle.tensor(offset: 1)),
            .outsideStorage(tensor: "w", needed: 3, found: 2)),
        BadTable(
            "an offset at the end of all numbers", Pickle.file(Pickle.tensor(offset: .max)),
            .sizeOverflow(tensor: "w")),
        BadTable(
            "a negative offset", Pickle.file(Pickle.tensor(offset: -1)),
            .wrongArguments("_rebuild_tensor_v2")),
        BadTable(
            "a negative side", Pickle.file(Pickle.tensor(shape: [-2])),
            .wrongArguments("_rebuild_tensor_v2")),
        BadTable(
            "a negative stride", Pickle.file(Pickle.tensor(offset: 1, strides: [-1])),
            .wrongArguments("_rebuild_tensor_v2")),
        BadTable(
            "more sides than strides", Pickle.file(Pickle.tensor(shape: [1, 2])),
            .wrongArguments("_rebuild_tensor_v2")),
        BadTable(
            "thirty-three sides",
            Pickle.file(
                Pickle.tensor(
                    shape: Array(repeating: 1, count: 33), strides: Array(repeating: 1, count: 33))),
            .wrongArguments("_rebuild_tensor_v2")),
        BadTable(
            "a stride of 0: two numbers that are one", Pickle.file(Pickle.tensor(strides: [0])),
            .overlappingElements(tensor: "w")),
        BadTable(
            "rows on top of each other",
            Pickle.file(Pickle.tensor(shape: [2, 2], strides: [1, 1])),
            .overlappingElements(tensor: "w")),
        BadTable(
            "a tensor read with the other sign",
            Pickle.file(
                Pickle.tensor(rest: Pickle.table + Pickle.text("neg") + [0x88] + Pickle.setItem)),
            .wrongArguments("_rebuild_tensor_v2")),
    ]

    @Test(arguments: tables)
    func badTablesAreRefused(table: BadTable) throws {
        let error = try Self.error(SampleArchive(pickle: table.table).bytes)
        guard case .malformedPickle(_, table.fault) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("Nothing in it was run.") == true)
    }

    // MARK: Archives

    struct BadArchive: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var fault: ArchiveFault

        init(_ name: String, _ fault: ArchiveFault, _ change: (inout SampleArchive) -> Void) {
            testDescription = name
            var archive = SampleArchive(pickle: Pickle.file())
            change(&archive)
            bytes = archive.bytes
            self.fault = fault
        }
    }

    private typealias Entry = SampleArchive.Entry

    private static let archives: [BadArchive] = [
        BadArchive("a path out of the archive", .unexpectedEntry("../x")) {
            $0.entries.append(Entry("../x", [1]))
        },
        BadArchive("an absolute path", .unexpectedEntry("/etc/passwd")) {
            $0.entries.append(Entry("/etc/passwd", [1]))
        },
        BadArchive("a storage with a name", .unexpectedEntry("m/data/a")) {
            $0.entries.append(Entry("m/data/a", [1]))
        },
        BadArchive("a storage below a storage", .unexpectedEntry("m/data/0/1")) {
            $0.entries.append(Entry("m/data/0/1", [1]))
        },
        BadArchive("a second folder", .unexpectedEntry("n/data.pkl")) {
            $0.entries.append(Entry("n/data.pkl", [1]))
        },
        BadArchive("a program", .unexpectedEntry("m/code/x.py")) {
            $0.entries.append(Entry("m/code/x.py", [1]))
        },
        BadArchive("one name twice", .repeatedEntry("m/data/0")) {
            $0.entries.append(Entry("m/data/0", bytes(of: [3, 4])))
        },
        BadArchive("a compressed entry", .compressed(entry: "m/data/0")) {
            $0.entries[2].method = 8
        },
        BadArchive("an encrypted entry", .encrypted(entry: "m/data/0")) {
            $0.entries[2].flags = 1
        },
        BadArchive("a masked directory", .unknownFeature(entry: "m/data/0")) {
            $0.entries[2].flags = 1 << 13
        },
        BadArchive("an entry on another disk", .unknownFeature(entry: "m/data/0")) {
            $0.entries[2].disk = 1
        },
        BadArchive("an archive over two disks", .severalDisks) { $0.disk = 1 },
        BadArchive("a table with the wrong checksum", .wrongChecksum(entry: "m/data.pkl")) {
            $0.entries[0].checksum = 1
        },
        BadArchive("a byte order with the wrong checksum", .wrongChecksum(entry: "m/byteorder")) {
            $0.entries[1].checksum = 1
        },
        BadArchive("another byte order", .otherByteOrder) {
            $0.entries[1] = Entry("m/byteorder", Array("big".utf8))
        },
        BadArchive("a byte order of a kilobyte", .entryTooLarge("m/byteorder")) {
            $0.entries[1].bytes = [UInt8](repeating: 97, count: 1024)
        },
        BadArchive("a version that is none", .unexpectedEntry("m/version")) {
            $0.entries[3] = Entry("m/version", Array("three".utf8))
        },
        BadArchive("no table", .missingEntry("m/data.pkl")) { $0.entries.removeFirst() },
        BadArchive("nothing", .missingEntry("data.pkl")) { $0.entries = [] },
        BadArchive("another name before the data", .contradiction(entry: "m/data/0")) {
            $0.entries[2].localName = "m/data/1"
        },
        BadArchive("another size before the data", .contradiction(entry: "m/data/0")) {
            $0.entries[2].localSize = 4
        },
        BadArchive("another size stored", .contradiction(entry: "m/data/0")) {
            $0.entries[2].storedSize = 4
        },
        BadArchive("a size in an extra field that is missing", .contradiction(entry: "m/data/0")) {
            $0.entries[2].listedSize = .max
        },
        BadArchive("an entry beyond the file", .outsideFile(entry: "m/data/0")) {
            $0.entries[2].listedSize = 1 << 20
        },
        BadArchive("an entry beyond all files", .outsideFile(entry: "m/data/0")) {
            $0.entries[2].listedSize = .max
            $0.entries[2].extra =
                little(UInt16(1), UInt16(16)) + little(UInt64.max >> 1, UInt64.max >> 1)
        },
        BadArchive("a header beyond the file", .outsideFile(entry: "m/data/0")) {
            $0.entries[2].place = 1 << 20
        },
        BadArchive("two entries in one place", .contradiction(entry: "m/data/0")) {
            $0.entries[2].place = 0
        },
        BadArchive("an entry inside another", .overlap(entry: "m/data/1")) {
            // The bytes of the first hold a whole second entry.
            var inner = SampleArchive([Entry("m/data/1", bytes(of: [3, 4]))]).bytes
            inner.removeLast(inner.count - (30 + 8 + 8))
            let start = $0.entries[..<2].reduce(0) { $0 + 30 + $1.name.utf8.count + $1.bytes.count }
            $0.entries[2].bytes = inner
            $0.entries.append(
                Entry("m/data/1", bytes(of: [3, 4])) {
                    $0.place = UInt32(start + 30 + 8)
                })
        },
        BadArchive("more entries than the directory has", .damagedDirectory) { $0.entryCount = 9 },
        BadArchive("fewer entries than the directory has", .damagedDirectory) {
            $0.entryCount = 3
        },
        BadArchive("a directory beyond the file", .damagedDirectory) {
            $0.directoryStart = 1 << 30
        },
        BadArchive("a directory larger than the file", .damagedDirectory) {
            $0.directorySize = 1 << 30
        },
    ]

    @Test(arguments: archives)
    func badArchivesAreRefused(archive: BadArchive) throws {
        let error = try Self.error(archive.bytes)
        guard case .malformedArchive(_, archive.fault) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aStorageWithTheWrongChecksumIsFoundWhenAllIsRead() throws {
        let folder = try Folder()
        var archive = SampleArchive(pickle: Pickle.file())
        archive.entries[2].checksum = 1
        let path = try folder.write("w.bin", archive.bytes)
        let file = try PickledWeightsFile(path: path)
        #expect(
            throws: CheckpointError.malformedArchive(
                path: path, fault: .wrongChecksum(entry: "m/data/0"))
        ) { try file.requireWhole() }
    }

    @Test func aCommentAndNotesOfTorchDoNotMatter() throws {
        let folder = try Folder()
        var archive = SampleArchive(pickle: Pickle.file())
        archive.comment = Array("PK\u{5}\u{6} is no end".utf8)
        archive.entries.append(Entry("m/.data/serialization_id", Array("123".utf8)))
        let path = try folder.write("w.bin", archive.bytes)
        #expect(try PickledWeightsFile(path: path).tensors.count == 1)
    }
}
