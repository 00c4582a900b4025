package import Tensors

/// Named tensors in a mapped file, in whatever format it lists them. Checked completely when it is
/// opened, so that nothing read later can lie outside of the file; the numbers stay mapped.
package protocol TensorFile: Sendable {
    var path: String { get }
    var tensors: [String: StoredTensor] { get }
    /// The bytes that say what the tensors are: their names, types, shapes and places.
    var tableRange: Range<Int> { get }
    var mapping: MappedFile { get }

    /// Compares all numbers with their checksums, where the format has any.
    func requireWhole() throws(CheckpointError)
}

/// A tensor as it lies in a file.
package struct StoredTensor: Sendable, Equatable {
    package let type: ElementType
    package let shape: [Int]
    /// Where its bytes lie in the file.
    package let range: Range<Int>
    /// Elements from one index to the next, a side each; nil when the rows follow one another
    /// without gaps, as they do nearly always.
    package let strides: [Int]?

    package init(type: ElementType, shape: [Int], range: Range<Int>, strides: [Int]? = nil) {
        self.type = type
        self.shape = shape
        self.range = range
        self.strides = strides
    }

    package var count: Int { shape.contains(0) ? 0 : shape.reduce(1, *) }
}

/// The types of elements, by the names safetensors has for them.
package enum ElementType: String, Sendable {
    case bool = "BOOL"
    case u8 = "U8"
    case i8 = "I8"
    case f8e5m2 = "F8_E5M2"
    case f8e4m3 = "F8_E4M3"
    case i16 = "I16"
    case u16 = "U16"
    case f16 = "F16"
    case bf16 = "BF16"
    case i32 = "I32"
    case u32 = "U32"
    case f32 = "F32"
    case f64 = "F64"
    case i64 = "I64"
    case u64 = "U64"

    package var byteCount: Int {
        switch self {
        case .bool, .u8, .i8, .f8e5m2, .f8e4m3: 1
        case .i16, .u16, .f16, .bf16: 2
        case .i32, .u32, .f32: 4
        case .f64, .i64, .u64: 8
        }
    }
}

extension TensorFile {
    package func withBytes<Result, Fault>(
        _ body: (UnsafeRawBufferPointer) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        try mapping.withBytes(body)
    }

    /// The numbers of a tensor in single precision: F32 in place, F16 and BF16 widened into memory
    /// of their own.
    package func floats(_ name: String) throws(CheckpointError) -> WeightStorage {
        guard let tensor = tensors[name] else {
            throw .missingTensor(name: name, path: path)
        }
        guard [.f32, .f16, .bf16].contains(tensor.type) else {
            throw .unsupportedElementType(name: name, path: path, type: tensor.type.rawValue)
        }
        return mapping.withBytes { bytes in
            let source = UnsafeRawBufferPointer(rebasing: bytes[tensor.range])
            guard let strides = tensor.strides else { return floats(source, of: tensor.type) }
            let gathered = StridedElements(
                width: tensor.type.byteCount, shape: tensor.shape, strides: strides
            ).gathered(from: source)
            return gathered.withUnsafeBytes { WeightStorage(copying: $0, of: tensor.type) }
        }
    }

    private func floats(_ source: UnsafeRawBufferPointer, of type: ElementType) -> WeightStorage {
        // The reference writers align numbers; other writers need not.
        if type == .f32, let start = source.baseAddress, Int(bitPattern: start) % 4 == 0 {
            return WeightStorage(
                start: start.assumingMemoryBound(to: Float.self), count: source.count / 4,
                keptBy: mapping)
        }
        let copy = WeightStorage(copying: source, of: type)
        // Nobody reads the file's own numbers again.
        mapping.letGo(source)
        return copy
    }
}

extension TensorFile {
    /// The name of a tensor with a number that is none, in the order of names.
    package func firstTensorNotFinite(
        isCancelled: () -> Bool
    ) throws -> String? {
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key })
        where [.f32, .f16, .bf16].contains(tensor.type) {
            if isCancelled() { throw CancellationError() }
            let isFinite = WeightVector(storage: try floats(name)).withUnsafeElements { numbers in
                numbers.allSatisfy(\.isFinite)
            }
            if !isFinite { return name }
        }
        return nil
    }
}

extension WeightStorage {
    /// - Parameter type: F32, F16 or BF16.
    fileprivate convenience init(copying source: UnsafeRawBufferPointer, of type: ElementType) {
        self.init(count: source.count / type.byteCount) { memory in
            switch type {
            case .f16: HalfPrecision.widen(halves: source, into: memory)
            case .bf16: HalfPrecision.widen(brainFloats: source, into: memory)
            default: UnsafeMutableRawBufferPointer(memory).copyMemory(from: source)
            }
        }
    }
}

/// The elements of a tensor whose rows do not follow one another, such as a transposed matrix.
private struct StridedElements {
    /// Bytes of an element.
    let width: Int
    let shape: [Int]
    let strides: [Int]

    /// The elements' bytes in the order of their indices, the last the fastest.
    func gathered(from source: UnsafeRawBufferPointer) -> [UInt8] {
        let count = shape.reduce(1, *) * width
        return [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            let target = UnsafeMutableRawBufferPointer(target)
            var written = 0
            copy(side: 0, from: source, at: 0, to: target, &written)
            filled = written
        }
    }

    /// Goes as deep as the tensor has sides.
    private func copy(
        side: Int, from source: UnsafeRawBufferPointer, at place: Int,
        to target: UnsafeMutableRawBufferPointer, _ written: inout Int
    ) {
        guard side < shape.count else {
            target[written..<written + width].copyBytes(from: source[place..<place + width])
            written += width
            return
        }
        for index in 0..<shape[side] {
            copy(
                side: side + 1, from: source, at: place + index * strides[side] * width,
                to: target, &written)
        }
    }
}
