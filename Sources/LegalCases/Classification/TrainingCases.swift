internal import Tensors

/// Cases to learn from, with charges as numbers.
struct TrainingCases: Sendable {
    /// Most common first; equally common ones by name.
    let charges: [String]
    let facts: [String]
    /// Of each case, its charges' numbers, the first one first.
    let labels: [[Int]]

    init(_ cases: [(fact: String, charges: [String])]) {
        var counts: [String: Int] = [:]
        for item in cases { for charge in item.charges { counts[charge, default: 0] += 1 } }
        charges = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        let numbers = Dictionary(
            uniqueKeysWithValues: charges.enumerated().map { ($1, $0) })
        facts = cases.map(\.fact)
        labels = cases.map { $0.charges.compactMap { numbers[$0] } }
    }

    var count: Int { facts.count }

    /// Whether each case has the charge.
    func isPositive(_ charge: Int) -> [Bool] { labels.map { $0.contains(charge) } }

    func counts() -> [Int] {
        var counts = [Int](repeating: 0, count: charges.count)
        for label in labels { for charge in label { counts[charge] += 1 } }
        return counts
    }

    /// At most `limit` cases, ascending: of rare charges all, of the others the same share, spread
    /// evenly over the library.
    func sample(_ limit: Int, rare: Int = 20) -> [Int] {
        guard count > limit else { return Array(0..<count) }
        var byCharge = [[Int]](repeating: [], count: charges.count)
        for (index, label) in labels.enumerated() { byCharge[label[0]].append(index) }
        let kept = byCharge.reduce(0) { $0 + min($1.count, rare) }
        let share = Double(max(0, limit - kept)) / Double(max(1, count - kept))
        return byCharge.flatMap { members -> [Int] in
            let wanted = min(
                members.count,
                min(members.count, rare)
                    + Int(Double(max(0, members.count - rare)) * share))
            return (0..<wanted).map { members[$0 * members.count / max(1, wanted)] }
        }.sorted()
    }

    /// The fold of each member, 0..<count, with each charge's cases dealt out in turn.
    func folds(of members: [Int], count: Int) -> [Int] {
        var next = [Int](repeating: 0, count: charges.count)
        return members.map { member in
            let charge = labels[member][0]
            defer { next[charge] += 1 }
            return (next[charge] + charge) % count
        }
    }

    // MARK: Vectors

    /// Facts a worker takes at a time.
    private static let chunk = 1000

    /// The terms' case frequencies over the members.
    func frequencies(of members: [Int], _ settings: TermSettings) throws -> CountTable {
        var table = CountTable(capacity: 1 << 16)
        try forEachChunk(members) { chunk in
            let terms = try FactTerms(settings)
            return try chunk.map { try terms.counts(of: facts[$0]).map(\.key) }
        } body: { keys in
            for fact in keys { for key in fact { table.add(key) } }
        }
        return table
    }

    /// The members as rows of TF-IDF.
    func rows(
        of members: [Int], _ vocabulary: TermVocabulary, _ settings: TermSettings
    ) throws -> SparseRows {
        var rows = SparseRows(width: vocabulary.count)
        try forEachChunk(members) { chunk in
            let terms = try FactTerms(settings)
            return try chunk.map {
                vocabulary.vector(
                    of: try terms.counts(of: facts[$0]), isSublinear: settings.isSublinear)
            }
        } body: {
            rows.append($0)
        }
        return rows
    }

    /// Works on as many chunks at once as there are workers, and hands them on in order.
    private func forEachChunk<Value: Sendable>(
        _ members: [Int], _ work: @Sendable (ArraySlice<Int>) throws -> [Value],
        body: ([Value]) -> Void
    ) throws {
        let step = Self.chunk * Parallelism.workers
        for start in stride(from: 0, to: members.count, by: step) {
            let group = members[start..<min(start + step, members.count)]
            let chunks = (group.count + Self.chunk - 1) / Self.chunk
            let values = try Parallelism.map(chunks) { chunk in
                let first = group.startIndex + chunk * Self.chunk
                return try work(group[first..<min(first + Self.chunk, group.endIndex)])
            }
            for value in values { body(value) }
        }
    }
}
