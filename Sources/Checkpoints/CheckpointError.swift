package import JSONText

/// Why a model's directory cannot be used.
package enum CheckpointError: Error, Equatable, CustomStringConvertible {
    case notADirectory(path: String)
    case missingFile(path: String)
    /// A link whose file is gone.
    case danglingLink(path: String)
    case unreadable(path: String, reason: String)
    case gitLFSPointer(path: String)
    case noWeights(directory: String)
    case malformedJSON(path: String, fault: JSONError)
    case malformedHeader(path: String, fault: HeaderFault)
    case malformedArchive(path: String, fault: ArchiveFault)
    case malformedPickle(path: String, fault: PickleFault)
    case repeatedTensor(name: String, path: String)
    case malformedIndex(path: String, reason: String)
    case shardOutsideDirectory(index: String, shard: String)
    case missingTensor(name: String, path: String)
    case wrongShape(name: String, path: String, expected: [Int], found: [Int])
    case notFinite(name: String, path: String)
    case unsupportedElementType(name: String, path: String, type: String)
    case setting(path: String, key: String, expected: String, found: String)
    case unsupportedModel(path: String, found: String, supported: [String])
    case missingHead(path: String, tensor: String)
    case unknownAdapterTensor(name: String, path: String)
    case adapterLacksModule(path: String, module: String, key: String)
    case adapterOfAnotherModel(path: String, module: String)

    /// What is wrong with the header of a safetensors file.
    package enum HeaderFault: Equatable, Sendable {
        case tooShort(bytes: Int)
        case headerTooLong(bytes: UInt64, limit: Int)
        case headerPastEnd(bytes: UInt64, available: Int)
        case tooManyTensors(limit: Int)
        case repeatedName(String)
        case metadataNotText
        case missingField(tensor: String, field: String)
        case unknownElementType(tensor: String, type: String)
        case negativeSize(tensor: String)
        case sizeOverflow(tensor: String)
        case sizeMismatch(tensor: String, expectedBytes: Int, foundBytes: Int)
        case gapOrOverlap(tensor: String, expectedOffset: Int, foundOffset: Int)
        case dataTooShort(expectedBytes: Int, foundBytes: Int)
        case trailingBytes(count: Int)
    }

    package var description: String {
        switch self {
        case .notADirectory(let path):
            "There is no model directory at \(path)."
        case .missingFile(let path):
            "The model file \(path) does not exist. " + Self.fetchAgain(path)
        case .danglingLink(let path):
            "The model file \(path) is a link, and what it leads to is gone. "
                + Self.fetchAgain(path)
        case .unreadable(let path, let reason):
            "The model file \(path) cannot be read: \(reason)."
        case .gitLFSPointer(let path):
            "\(path) is a Git LFS pointer, not the file itself. Fetch it with: git lfs pull"
        case .noWeights(let directory):
            "\(directory) holds no weights: expected model.safetensors or pytorch_model.bin, or the "
                + "index of either's shards (.index.json)."
        case .malformedJSON(let path, let fault):
            "\(path) is not valid JSON: \(fault)."
        case .malformedHeader(let path, let fault):
            "\(path) is not a sound safetensors file: \(fault). " + Self.fetchAgain(path)
        case .malformedArchive(let path, let fault):
            "\(path) is not a sound file of torch.save: \(fault). "
                + (fault.asksForConversion ? Self.conversion : Self.fetchAgain(path))
        case .malformedPickle(let path, let fault):
            "\(path) was not loaded: \(fault). Nothing in it was run. " + Self.conversion
        case .repeatedTensor(let name, let path):
            "\(path) has the tensor \(name), which another shard has too."
        case .malformedIndex(let path, let reason):
            "\(path) does not list shards as expected: \(reason)."
        case .shardOutsideDirectory(let index, let shard):
            "\(index) names the shard \"\(shard)\", which is not a file of the model's own "
                + "directory; it was not opened."
        case .missingTensor(let name, let path):
            "\(path) has no tensor \(name): the weights do not match config.json."
        case .wrongShape(let name, let path, let expected, let found):
            "The tensor \(name) in \(path) has the shape \(found); config.json implies \(expected)."
        case .notFinite(let name, let path):
            "The tensor \(name) in \(path) holds NaN or infinity, so nothing that the model says would "
                + "mean anything. " + Self.fetchAgain(path)
        case .unsupportedElementType(let name, let path, let type):
            "The tensor \(name) in \(path) holds \(type) numbers; F32, F16 and BF16 are read. "
                + "Convert the model to one of them."
        case .setting(let path, let key, let expected, let found):
            "\(path) says \(key) is \(found); expected \(expected)."
        case .unsupportedModel(let path, let found, let supported):
            "\(path) describes a model of type \(found), which is not supported here; expected one of: "
                + supported.joined(separator: ", ") + "."
        case .missingHead(let path, let tensor):
            "\(path) is an encoder without a classification head (it has no tensor \(tensor)), so "
                + "its scores would mean nothing. Use the folder of a cross-encoder, or an adapter "
                + "that was saved with modules_to_save."
        case .unknownAdapterTensor(let name, let path):
            "The adapter \(path) holds \(name), which adapter_config.json does not announce or "
                + "which is not merged here: low-rank updates of linear layers and the modules of "
                + "modules_to_save are."
        case .adapterLacksModule(let path, let module, let key):
            "The adapter's settings list \(module) in \(key), but \(path) does not hold it. Save "
                + "the adapter again, with that module."
        case .adapterOfAnotherModel(let path, let module):
            "The adapter \(path) changes \(module), which its base model does not have: they do "
                + "not belong together."
        }
    }

    private static func fetchAgain(_ path: String) -> String {
        guard let place = SnapshotPlace(path: path) else { return "Download the model again." }
        return "Fetch the model again: reel models pull \(place.name)"
    }

    private static let conversion =
        "If you trust the file, convert it: in Python, "
        + "AutoModel.from_pretrained(directory).save_pretrained(directory) writes "
        + "model.safetensors."
}

extension CheckpointError.HeaderFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooShort(let bytes):
            "it has \(bytes) bytes, fewer than the 8 of the header's length"
        case .headerTooLong(let bytes, let limit):
            "its header claims \(bytes) bytes; at most \(limit) are read"
        case .headerPastEnd(let bytes, let available):
            "its header claims \(bytes) bytes, but only \(available) follow"
        case .tooManyTensors(let limit):
            "it lists more than \(limit) tensors"
        case .repeatedName(let name): "it lists the tensor \(name) twice"
        case .metadataNotText: "its __metadata__ is not a table of strings"
        case .missingField(let tensor, let field): "the tensor \(tensor) has no valid \(field)"
        case .unknownElementType(let tensor, let type):
            "the tensor \(tensor) has the unknown element type \(type)"
        case .negativeSize(let tensor): "the tensor \(tensor) has a negative size or offset"
        case .sizeOverflow(let tensor): "the size of the tensor \(tensor) overflows"
        case .sizeMismatch(let tensor, let expected, let found):
            "the tensor \(tensor) needs \(expected) bytes by its shape but has \(found)"
        case .gapOrOverlap(let tensor, let expected, let found):
            "the tensor \(tensor) begins at byte \(found) of the data, expected \(expected)"
        case .dataTooShort(let expected, let found):
            "its tensors need \(expected) bytes of data, but \(found) are there"
        case .trailingBytes(let count): "\(count) bytes follow the last tensor"
        }
    }
}
