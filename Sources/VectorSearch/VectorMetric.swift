import CKernels

/// How near two vectors are: a score, higher is nearer. The raw value is in files.
package enum VectorMetric: UInt32, Sendable, CaseIterable {
    /// ⟨q, x⟩.
    case innerProduct = 0
    /// ⟨q, x⟩ / (|q| |x|), −1…1; 0 where one of them is zero.
    case cosine = 1
    /// −|q − x|², 0 or less.
    case euclidean = 2

    var kernel: reel_metric { reel_metric(rawValue) }
}

/// Which rows of a segment may be found: a bit a row.
package struct RowBitmap: Sendable, Equatable {
    package let count: Int
    private(set) var words: [UInt64]

    package init(count: Int, allAllowed: Bool = false) {
        self.count = count
        words = [UInt64](repeating: allAllowed ? .max : 0, count: (count + 63) / 64)
        if allAllowed, count % 64 > 0 { words[words.count - 1] = (1 << UInt64(count % 64)) - 1 }
    }

    /// - Parameter words: bit `row % 64` of word `row / 64` belongs to a row.
    init(count: Int, words: [UInt64]) {
        precondition(words.count == (count + 63) / 64, "A bit a row.")
        self.count = count
        self.words = words
    }

    package subscript(row: Int) -> Bool {
        get { words[row / 64] >> UInt64(row % 64) & 1 == 1 }
        set {
            precondition(row < count, "The bitmap has no such row.")
            let bit: UInt64 = 1 << UInt64(row % 64)
            if newValue { words[row / 64] |= bit } else { words[row / 64] &= ~bit }
        }
    }

    /// Rows whose bit is set.
    package var allowedCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    package func intersection(_ other: RowBitmap) -> RowBitmap {
        precondition(count == other.count, "Bitmaps of one segment.")
        return RowBitmap(count: count, words: zip(words, other.words).map { $0 & $1 })
    }
}

extension RowBitmap? {
    /// The words for a kernel; null where every row is allowed.
    func withWords<Result>(
        _ body: (UnsafePointer<UInt64>?) throws -> Result
    ) rethrows -> Result {
        guard let self else { return try body(nil) }
        return try self.words.withUnsafeBufferPointer { try body($0.baseAddress) }
    }
}
