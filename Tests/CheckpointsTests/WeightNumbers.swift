import Tensors

/// Looks into weights, whatever their shape.
enum WeightNumbers {
    static func of(_ storage: WeightStorage) -> [Float] {
        WeightVector(storage: storage).withUnsafeElements { Array($0) }
    }

    static func start(_ storage: WeightStorage) -> UnsafeRawPointer? {
        WeightVector(storage: storage).withUnsafeElements { UnsafeRawPointer($0.baseAddress) }
    }
}
