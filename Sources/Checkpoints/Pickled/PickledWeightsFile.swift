/// A file of named tensors as `torch.save` writes them since PyTorch 1.6, `pytorch_model.bin`: a zip
/// archive with a table in Python's pickle language and an entry of plain numbers for each storage.
///
/// Nothing in it is executed: see `PickleInterpreter`. Everything is checked when it is opened,
/// except for the checksums of the numbers, which would take reading all of them: `requireWhole`.
package struct PickledWeightsFile: TensorFile {
    package let path: String
    package let tensors: [String: StoredTensor]
    package let tableRange: Range<Int>
    package let mapping: MappedFile
    private let numbers: [(name: String, entry: StoredZip.Entry)]

    private typealias ArchiveFault = CheckpointError.ArchiveFault
    private typealias PickleFault = CheckpointError.PickleFault

    private static let tableByteLimit = 100_000_000
    /// Entries of a few digits or letters.
    private static let noteByteLimit = 64

    package init(path: String) throws(CheckpointError) {
        let mapping = try MappedFile(path: path)
        try mapping.refuseLFSPointer()
        self.path = path
        self.mapping = mapping
        let archive: Archive
        do {
            archive = try mapping.withBytes { bytes throws(ArchiveFault) in try Archive(bytes) }
        } catch {
            throw .malformedArchive(path: path, fault: error)
        }
        do {
            tensors = try mapping.withBytes { bytes throws(PickleFault) in
                let table = UnsafeRawBufferPointer(rebasing: bytes[archive.table])
                return try Self.placed(PickleInterpreter.tensors(table), in: archive)
            }
        } catch {
            throw .malformedPickle(path: path, fault: error)
        }
        tableRange = archive.table
        numbers = Array(archive.numbers.values)
    }

    /// Compares all numbers with their checksums.
    package func requireWhole() throws(CheckpointError) {
        for (name, entry) in numbers {
            do {
                try mapping.withBytes { bytes throws(ArchiveFault) in
                    try StoredZip.requireWhole(entry, named: name, in: bytes)
                }
            } catch {
                throw .malformedArchive(path: path, fault: error)
            }
        }
    }

    /// The entries of torch's archive, by what they are for.
    private struct Archive {
        var table: Range<Int>
        /// By the storage's key.
        var numbers: [String: (name: String, entry: StoredZip.Entry)] = [:]

        init(_ bytes: UnsafeRawBufferPointer) throws(ArchiveFault) {
            guard bytes.starts(with: "PK".utf8) else {
                // A pickle begins with its version, the oldest files are tapes.
                let isOlder =
                    bytes.first == 0x80
                    || (bytes.count > 262 && bytes[257..<262].elementsEqual("ustar".utf8))
                throw isOlder ? .olderFormat : .noArchive
            }
            let zip = try StoredZip(bytes)
            guard let folder = zip.names.first?.split(separator: "/").first.map({ $0 + "/" }) else {
                throw .missingEntry("data.pkl")
            }
            var table: StoredZip.Entry?
            for name in zip.names {
                guard let entry = zip.entries[name], name.hasPrefix(folder) else {
                    throw .unexpectedEntry(name)
                }
                let local = name.dropFirst(folder.count)
                switch local {
                case "data.pkl":
                    guard entry.range.count <= PickledWeightsFile.tableByteLimit else {
                        throw .entryTooLarge(name)
                    }
                    try StoredZip.requireWhole(entry, named: name, in: bytes)
                    table = entry
                case "byteorder":
                    guard try Self.note(entry, name, bytes) == "little" else {
                        throw .otherByteOrder
                    }
                case "version":
                    guard Int(try Self.note(entry, name, bytes)) != nil else {
                        throw .unexpectedEntry(name)
                    }
                // What torch notes for itself.
                case _ where local.hasPrefix("."): continue
                default:
                    let parts = local.split(separator: "/", omittingEmptySubsequences: false)
                    guard parts.count == 2, parts[0] == "data", !parts[1].isEmpty,
                        parts[1].utf8.allSatisfy({
                            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                        })
                    else { throw .unexpectedEntry(name) }
                    numbers[String(parts[1])] = (name, entry)
                }
            }
            guard let table else { throw .missingEntry(folder + "data.pkl") }
            self.table = table.range
        }

        private static func note(
            _ entry: StoredZip.Entry, _ name: String, _ bytes: UnsafeRawBufferPointer
        ) throws(ArchiveFault) -> String {
            guard entry.range.count <= PickledWeightsFile.noteByteLimit else {
                throw .entryTooLarge(name)
            }
            try StoredZip.requireWhole(entry, named: name, in: bytes)
            let text = String(decoding: bytes[entry.range], as: UTF8.self)
            return text.last == "\n" ? String(text.dropLast()) : text
        }
    }

    // MARK: Places

    /// Checks that each tensor lies within its storage, and finds its bytes.
    private static func placed(
        _ tensors: [String: PickledTensor], in archive: Archive
    ) throws(PickleFault) -> [String: StoredTensor] {
        guard tensors.count <= SafetensorsFile.tensorLimit else {
            throw .tooManyValues(limit: SafetensorsFile.tensorLimit)
        }
        var placed: [String: StoredTensor] = [:]
        placed.reserveCapacity(tensors.count)
        for (name, tensor) in tensors {
            let storage = tensor.storage
            guard let entry = archive.numbers[storage.key]?.entry else {
                throw .missingStorage(tensor: name, key: storage.key)
            }
            let width = storage.type.byteCount
            let (size, overflows) = storage.count.multipliedReportingOverflow(by: width)
            guard !overflows, size == entry.range.count else {
                throw .storageSize(
                    tensor: name, expected: overflows ? .max : size, found: entry.range.count)
            }
            let layout = try Layout(tensor, name: name)
            guard layout.extent.upperBound <= storage.count else {
                throw .outsideStorage(
                    tensor: name, needed: layout.extent.upperBound, found: storage.count)
            }
            let start = entry.range.lowerBound
            placed[name] = StoredTensor(
                type: storage.type, shape: tensor.shape,
                range: start + layout.extent.lowerBound * width..<start + layout.extent.upperBound
                    * width,
                strides: layout.isContiguous ? nil : tensor.strides)
        }
        return placed
    }

    /// How a tensor lies in its storage, in elements.
    private struct Layout {
        /// From its first element to behind its last.
        var extent: Range<Int>
        var isContiguous: Bool

        init(_ tensor: PickledTensor, name: String) throws(PickleFault) {
            guard !tensor.shape.contains(0) else {
                extent = 0..<0
                isContiguous = true
                return
            }
            // A side of one has no next index, whatever its stride.
            let sides = zip(tensor.shape, tensor.strides).filter { $0.0 > 1 }
            var isContiguous = true
            var following = 1
            for (side, stride) in sides.reversed() {
                isContiguous = isContiguous && stride == following
                let (product, overflows) = following.multipliedReportingOverflow(by: side)
                guard !overflows else { throw .sizeOverflow(tensor: name) }
                following = product
            }
            // Each element has a place of its own: no more of them than the storage has.
            var reach = 0
            for (side, stride) in sides.sorted(by: { $0.1 < $1.1 }) {
                guard stride > reach else { throw .overlappingElements(tensor: name) }
                let (length, overflows) = (side - 1).multipliedReportingOverflow(by: stride)
                let (sum, sumOverflows) = reach.addingReportingOverflow(length)
                guard !overflows, !sumOverflows else { throw .sizeOverflow(tensor: name) }
                reach = sum
            }
            let (last, overflows) = tensor.offset.addingReportingOverflow(reach)
            guard !overflows, last < .max else { throw .sizeOverflow(tensor: name) }
            extent = tensor.offset..<last + 1
            self.isContiguous = isContiguous
        }
    }
}
