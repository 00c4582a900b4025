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

    /// A possible join of a symbol with its next, best rank first, then leftmost.
    private struct Candidate: Comparable {
        var rank: Int32
        var place: Int
        var id: Int32

        static func < (one: Candidate, other: Candidate) -> Bool {
            (one.rank, one.place) < (other.rank, other.place)
        }
    }

    private mutating func mergeLong(_ table: MergeTable) {
        var links = ids.indices.map { Link(previous: $0 - 1, next: $0 + 1) }
        links[links.count - 1].next = -1
        var heap = MinimumHeap<Candidate>()
        func consider(_ place: Int) {
            guard place >= 0, links[place].next >= 0,
                let merge = table.merge(ids[place], ids[links[place].next])
            else { return }
            heap.push(Candidate(rank: merge.rank, place: place, id: merge.id))
        }
        for place in ids.indices { consider(place) }
        while let best = heap.pop() {
            let left = best.place
            // Outdated when the symbol is gone, or its pair no longer makes the same token.
            guard ids[left] >= 0, links[left].next >= 0 else { continue }
            let right = links[left].next
            guard let merge = table.merge(ids[left], ids[right]), merge.id == best.id else {
                continue
            }
            ids[left] = best.id
            ids[right] = -1
            links[left].next = links[right].next
            if links[left].next >= 0 { links[links[left].next].previous = left }
            consider(links[left].previous)
            consider(left)
        }
        ids.removeAll { $0 < 0 }
    }
}

/// A binary heap with its smallest element on top.
struct MinimumHeap<Element: Comparable> {
    private var elements: [Element] = []

    mutating func push(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0, elements[child] < elements[(child - 1) / 2] {
            elements.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> Element? {
        guard let top = elements.first, let last = elements.popLast() else { return nil }
        if elements.isEmpty { return top }
        elements[0] = last
        var parent = 0
        while true {
            var smallest = parent
            for child in [parent * 2 + 1, parent * 2 + 2]
            where child < elements.count && elements[child] < elements[smallest] {
                smallest = child
            }
            if smallest == parent { return top }
            elements.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
