import CKernels

/// Numbers of a model that stay where they are: in a mapped file, or in memory of their own when
/// the file holds another element type. A loaded model is a value made of these.
///
/// `@unchecked Sendable` because it holds a pointer: the memory is written only before `init`
/// returns, is never written again (a mapping is read-only), and lives until `deinit`, since the
/// storage owns it or keeps its owner.
package final class WeightStorage: @unchecked Sendable {
    fileprivate let start: UnsafePointer<Float>
    package let count: Int
    private let owner: AnyObject?

    /// Points into memory that `owner` keeps alive and nobody writes. `start` is aligned for Float.
    package init(start: UnsafePointer<Float>, count: Int, keptBy owner: any AnyObject & Sendable) {
        self.start = start
        self.count = count
        self.owner = owner
    }

    /// Its own memory: `fill` must write every element.
    package init(count: Int, filledBy fill: (UnsafeMutableBufferPointer<Float>) throws -> Void)
        rethrows
    {
        let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
        do {
            try fill(memory)
        } catch {
            memory.deallocate()
            throw error
        }
        guard let base = memory.baseAddress else { preconditionFailure("No memory was allocated.") }
        self.start = UnsafePointer(base)
        self.count = count
        self.owner = nil
    }

    deinit {
        if owner == nil { start.deallocate() }
    }

    /// Some of the numbers, where they are.
    fileprivate func part(_ range: Range<Int>) -> WeightStorage {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "No such numbers.")
        return WeightStorage(start: start + range.lowerBound, count: range.count, keptBy: self)
    }

    /// Gives memory back where the owner has a copy elsewhere; numbers that are asked for again
    /// come from there.
    fileprivate func letGo() {
        (owner as? any RecoverableMemory)?.letGo(
            UnsafeRawBufferPointer(UnsafeBufferPointer(start: start, count: count)))
    }
}

/// Memory whose contents can be dropped at any time, because reading it brings them back: a mapped
/// file.
package protocol RecoverableMemory: AnyObject, Sendable {
    /// - Parameter bytes: a part of the memory.
    func letGo(_ bytes: UnsafeRawBufferPointer)
}

/// A weight of two dimensions, rows × columns; for a linear layer, outputs × inputs.
package struct WeightMatrix: Sendable {
    package let rows: Int
    package let columns: Int
    private let storage: WeightStorage

    package init(rows: Int, columns: Int, storage: WeightStorage) {
        precondition(storage.count == rows * columns, "Weights must fill the matrix exactly.")
        self.rows = rows
        self.columns = columns
        self.storage = storage
    }

    package init(_ matrix: Matrix) {
        self.init(
            rows: matrix.rows, columns: matrix.columns,
            storage: WeightStorage(count: matrix.elements.count) { memory in
                _ = memory.initialize(from: matrix.elements)
            })
    }

    package func withUnsafeElements<Result>(
        _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try withExtendedLifetime(storage) {
            try body(UnsafeBufferPointer(start: storage.start, count: storage.count))
        }
    }

    /// Some neighbouring rows, without a copy.
    package func rows(_ range: Range<Int>) -> WeightMatrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "No such rows.")
        return WeightMatrix(
            rows: range.count, columns: columns,
            storage: storage.part(range.lowerBound * columns..<range.upperBound * columns))
    }

    /// For weights that have been copied into another layout and are hardly needed again.
    func letGo() { storage.letGo() }
}

/// A weight of one dimension: a bias, or a scale or shift of a layer normalisation.
package struct WeightVector: Sendable {
    package var count: Int { storage.count }
    private let storage: WeightStorage

    package init(storage: WeightStorage) {
        self.storage = storage
    }

    /// Some neighbouring numbers, without a copy.
    package func elements(_ range: Range<Int>) -> WeightVector {
        WeightVector(storage: storage.part(range))
    }

    package init(_ elements: [Float]) {
        self.init(
            storage: WeightStorage(count: elements.count) { _ = $0.initialize(from: elements) })
    }

    package func withUnsafeElements<Result>(
        _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try withExtendedLifetime(storage) {
            try body(UnsafeBufferPointer(start: storage.start, count: storage.count))
        }
    }
}

/// Bytes of a checkpoint turned into single precision.
package enum HalfPrecision {
    /// IEEE 754 binary16, little-endian, any alignment; two bytes for each float.
    package static func widen(
        halves: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(halves.count == floats.count * 2, "Two bytes a number.")
        reel_half_to_float(halves.baseAddress, floats.baseAddress, floats.count)
    }

    /// bfloat16, little-endian, any alignment; two bytes for each float.
    package static func widen(
        brainFloats: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(brainFloats.count == floats.count * 2, "Two bytes a number.")
        reel_bfloat16_to_float(brainFloats.baseAddress, floats.baseAddress, floats.count)
    }
}
