/// The symbols of a word while they are joined: short words in place, long ones with a heap, so
/// that the time grows as n log n also for words without end.
struct SymbolChain: Sendable {
    private var ids: [Int32] = []

    private static let shortWord = 48  // symbols

    mutating func removeAll() { ids.removeAll(keepingCapacity: true) }

    @inline(__always)
    mutating func append(_ id: Int32) { ids.append(id) }

    func visit(_ body: (Int32) -> Void) {
        for id in ids { body(id) }
    }

    /// Joins pairs by rank, the leftmost first, until none is left to join.
    mutating func merge(by table: MergeTable) {
        if ids.count <= Self.shortWord { mergeShort(table) } else { mergeLong(table) }
    }

    private mutating func mergeShort(_ table: MergeTable) {
        guard ids.count > 1 else { return }
        var count = ids.count
        ids.withUnsafeMutableBufferPointer { ids in
            // The rank of each symbol with its next, or none.
            withUnsafeTemporaryAllocation(of: MergeTable.Merge.self, capacity: count) { found in
                let none = MergeTable.Merge(rank: .max, id: -1)
                func look(_ index: Int) {
                    found[index] =
                        index + 1 < count ? table.merge(ids[index], ids[index + 1]) ?? none : none
                }
                for index in 0..<count { look(index) }
                while true {
                    var best = 0
                    var rank = Int32.max
                    for index in 0..<count where found[index].rank < rank {
                        best = index
                        rank = found[index].rank
                    }
                    guard rank != .max else { return }
                    ids[best] = found[best].id
                    count -= 1
                    for index in best + 1..<max(best + 1, count) {
                        ids[index] = ids[index + 1]
                        found[index] = found[index + 1]
                    }
                    look(best)
                    if best > 0 { look(best - 1) }
                }
            }
        }
        ids.removeSubrange(count...)
    }

    // MARK: Long words

    private struct Link {
        var previous: Int  // -1 at the front
        var next: Int  // -1 at the end
    }

    private mutating func mergeLong(_ table: MergeTable) {
        var links = ids.indices.map { Link(previous: $0 - 1, next: $0 + 1) }
        links[links.count - 1].next = -1
        var heap = MinimumHeap(capacity: ids.count)
        // A possible join of a symbol with its next: best rank first, then leftmost.
        func consider(_ place: Int) {
            guard place >= 0, links[place].next >= 0,
                let merge = table.merge(ids[place], ids[links[place].next])
            else { return }
            heap.push(UInt64(merge.rank) << 32 | UInt64(place))
        }
        for place in ids.indices { consider(place) }
        while let best = heap.pop() {
            let left = Int(best & 0xFFFF_FFFF)
            // Outdated when the symbol is gone, or its pair is another by now.
            guard ids[left] >= 0, links[left].next >= 0 else { continue }
            let right = links[left].next
            guard let merge = table.merge(ids[left], ids[right]),
                UInt64(merge.rank) == best >> 32
            else { continue }
            ids[left] = merge.id
            ids[right] = -1
            links[left].next = links[right].next
            if links[left].next >= 0 { links[links[left].next].previous = left }
            consider(links[left].previous)
            consider(left)
        }
        ids.removeAll { $0 < 0 }
    }
}

/// A binary heap with its smallest number on top.
struct MinimumHeap {
    private var elements: [UInt64] = []

    init(capacity: Int) { elements.reserveCapacity(capacity) }

    mutating func push(_ element: UInt64) {
        elements.append(element)
        elements.withUnsafeMutableBufferPointer { elements in
            var child = elements.count - 1
            while child > 0 {
                let parent = (child - 1) / 2
                guard element < elements[parent] else { break }
                elements[child] = elements[parent]
                child = parent
            }
            elements[child] = element
        }
    }

    mutating func pop() -> UInt64? {
        guard let top = elements.first, let last = elements.popLast() else { return nil }
        guard !elements.isEmpty else { return top }
        elements.withUnsafeMutableBufferPointer { elements in
            var parent = 0
            while true {
                var child = parent * 2 + 1
                guard child < elements.count else { break }
                if child + 1 < elements.count, elements[child + 1] < elements[child] { child += 1 }
                guard elements[child] < last else { break }
                elements[parent] = elements[child]
                parent = child
            }
            elements[parent] = last
        }
        return top
    }
}
