/// The formats that weights are read from, the preferred one first.
enum WeightsFormat: CaseIterable {
    case safetensors
    /// Of `torch.save`.
    case pickled

    /// Of weights in one file.
    var fileName: String {
        switch self {
        case .safetensors: "model.safetensors"
        case .pickled: "pytorch_model.bin"
        }
    }

    /// Of the list of shards.
    var indexName: String { fileName + ".index.json" }

    /// Of a low-rank adapter.
    var adapterName: String {
        switch self {
        case .safetensors: "adapter_model.safetensors"
        case .pickled: "adapter_model.bin"
        }
    }

    func open(_ path: String) throws -> any TensorFile {
        switch self {
        case .safetensors: try SafetensorsFile(path: path)
        case .pickled: try PickledWeightsFile(path: path)
        }
    }
}
