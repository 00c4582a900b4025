extension CheckpointError {
    /// What is wrong with the archive around the tensors of a `.bin` file.
    package enum ArchiveFault: Error, Equatable, Sendable {
        case noArchive
        /// Of PyTorch before 1.6.
        case olderFormat
        case otherByteOrder
        case noDirectory
        case damagedDirectory
        case severalDisks
        case tooManyEntries(limit: Int)
        case repeatedEntry(String)
        case encrypted(entry: String)
        case compressed(entry: String)
        case unknownFeature(entry: String)
        case contradiction(entry: String)
        case outsideFile(entry: String)
        case overlap(entry: String)
        case wrongChecksum(entry: String)
        case missingEntry(String)
        case unexpectedEntry(String)
        case entryTooLarge(String)
    }

    /// What is wrong with the table of tensors of a `.bin` file.
    package enum PickleFault: Error, Equatable, Sendable {
        case otherProtocol
        case unknownInstruction(UInt8, place: Int)
        case unknownName(String)
        case endedEarly
        case invalidText
        case numberTooLarge
        case nothingThere
        case notRemembered(Int)
        case wrongArguments(String)
        case leftOver
        case trailingBytes(Int)
        case tooManyValues(limit: Int)
        case noTable(found: String)
        case badName(found: String)
        case noTensor(name: String, found: String)
        case repeatedName(String)
        case missingStorage(tensor: String, key: String)
        case storageSize(tensor: String, expected: Int, found: Int)
        case outsideStorage(tensor: String, needed: Int, found: Int)
        case overlappingElements(tensor: String)
        case sizeOverflow(tensor: String)
    }
}

extension CheckpointError.ArchiveFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noArchive: "it is no zip archive"
        case .olderFormat: "it has the format of PyTorch before 1.6, which is not read"
        case .otherByteOrder: "its numbers are big-endian"
        case .noDirectory: "it ends before the archive's directory"
        case .damagedDirectory: "the archive's directory is damaged"
        case .severalDisks: "the archive claims to be spread over several disks"
        case .tooManyEntries(let limit): "the archive lists more than \(limit) entries"
        case .repeatedEntry(let name): "the archive lists \(name) twice"
        case .encrypted(let name): "\(name) is encrypted"
        case .compressed(let name): "\(name) is compressed, which torch.save never does"
        case .unknownFeature(let name): "\(name) uses a feature that torch.save does not"
        case .contradiction(let name): "the archive says two different things of \(name)"
        case .outsideFile(let name): "\(name) does not lie within the file"
        case .overlap(let name): "\(name) overlaps another entry"
        case .wrongChecksum(let name): "\(name) does not have its checksum"
        case .missingEntry(let name): "it has no entry \(name)"
        case .unexpectedEntry(let name):
            "it has the entry \(name), which is none of a table of tensors"
        case .entryTooLarge(let name): "\(name) is too large"
        }
    }

    /// Whether another version of the file would do better than the same one once more.
    var asksForConversion: Bool {
        switch self {
        case .olderFormat, .otherByteOrder, .compressed, .unexpectedEntry: true
        default: false
        }
    }
}

extension CheckpointError.PickleFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .otherProtocol: "its table is not written in version 2 of Python's pickle language"
        case .unknownInstruction(let code, let place):
            "its table has the instruction \(code) at byte \(place), which no table of tensors needs"
        case .unknownName(let name):
            "its table refers to \(name.debugDescription), which no table of tensors needs"
        case .endedEarly: "its table ends in the middle"
        case .invalidText: "its table has a text that is not UTF-8"
        case .numberTooLarge: "its table has a number beyond 64 bits"
        case .nothingThere: "its table uses a value that is not there"
        case .notRemembered(let place): "its table recalls value \(place), which it never kept"
        case .wrongArguments(let what): "its table gives \(what) what it does not take"
        case .leftOver: "its table leaves values over"
        case .trailingBytes(let count): "\(count) bytes follow its table"
        case .tooManyValues(let limit): "its table has more than \(limit) values"
        case .noTable(let found): "it holds \(found), not a table of tensors"
        case .badName(let found): "a name in its table is \(found)"
        case .noTensor(let name, let found):
            "\(name.debugDescription) in its table is \(found), not a tensor; of a training's "
                + "checkpoint, save the model's state_dict alone"
        case .repeatedName(let name): "its table has the tensor \(name) twice"
        case .missingStorage(let tensor, let key):
            "the tensor \(tensor) lies in data/\(key), which is not there"
        case .storageSize(let tensor, let expected, let found):
            "the storage of the tensor \(tensor) has \(found) bytes, expected \(expected)"
        case .outsideStorage(let tensor, let needed, let found):
            "the tensor \(tensor) needs \(needed) numbers of its storage, which has \(found)"
        case .overlappingElements(let tensor):
            "numbers of the tensor \(tensor) lie on top of each other"
        case .sizeOverflow(let tensor): "the size of the tensor \(tensor) overflows"
        }
    }
}
