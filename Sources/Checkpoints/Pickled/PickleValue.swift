/// What the restricted interpreter puts on its stack. Containers are places in its tables, so that
/// values neither nest nor own anything deep.
enum PickleValue: Equatable {
    case none
    case bool(Bool)
    case integer(Int)
    case number
    case text(String)
    case global(PickleGlobal)
    /// Places in `PickleInterpreter.elements`.
    case tuple(Range<Int>)
    /// Lists and sets may be there, and are never looked into.
    case collection
    /// A place in `PickleInterpreter.tables`.
    case table(Int)
    case storage(PickledStorage)
    /// A place in `PickleInterpreter.tensors`.
    case tensor(Int)

    /// In errors.
    var kind: String {
        switch self {
        case .none: "None"
        case .bool: "a truth value"
        case .integer, .number: "a number"
        case .text: "a text"
        case .global: "a class"
        case .tuple: "a tuple"
        case .collection: "a list"
        case .table: "a table"
        case .storage: "a storage"
        case .tensor: "a tensor"
        }
    }
}

/// The names of Python that a file may refer to. They stand for what is done here in Swift; nothing
/// is looked up and nothing is called.
enum PickleGlobal: Equatable {
    case orderedDictionary
    case rebuildTensor
    case rebuildParameter
    case storage(ElementType)

    private static let known: [String: PickleGlobal] = [
        "collections.OrderedDict": .orderedDictionary,
        "torch._utils._rebuild_tensor_v2": .rebuildTensor,
        "torch._utils._rebuild_parameter": .rebuildParameter,
        "torch.DoubleStorage": .storage(.f64), "torch.FloatStorage": .storage(.f32),
        "torch.HalfStorage": .storage(.f16), "torch.BFloat16Storage": .storage(.bf16),
        "torch.LongStorage": .storage(.i64), "torch.IntStorage": .storage(.i32),
        "torch.ShortStorage": .storage(.i16), "torch.CharStorage": .storage(.i8),
        "torch.ByteStorage": .storage(.u8), "torch.BoolStorage": .storage(.bool),
    ]

    init?(module: String, name: String) {
        guard let global = Self.known[module + "." + name] else { return nil }
        self = global
    }
}

/// Numbers that lie in an entry of their own, and may be seen by several tensors.
struct PickledStorage: Equatable {
    /// The entry's name after `data/`: digits.
    var key: String
    var type: ElementType
    var count: Int
}

/// A view of a storage. Sides, strides and offset are in elements, none below 0.
struct PickledTensor: Equatable {
    var storage: PickledStorage
    var offset: Int
    var shape: [Int]
    var strides: [Int]
}
