internal import Tensors

/// Gathers cases and writes them as a segment.
///
/// Memory: five bytes for each term of each case, twice while writing.
struct TextSegmentBuilder {
    private var ids: [Int64] = []
    private var lengths: [TextSegment.Field: [UInt32]] = [.pairs: [], .words: []]
    /// Numbers of terms in the order of coming.
    private var numbers: [UInt64: UInt32] = [:]
    private var frequencies: [UInt32] = []
    /// One a term of a case, case after case.
    private var terms: [UInt32] = []
    private var counts: [UInt8] = []
    /// Where each case's terms end.
    private var ends: [Int] = []

    /// Facts a worker cuts at a time.
    private static let chunk = 500

    mutating func add(_ facts: [(id: Int64, fact: String)]) throws {
        let chunks = (facts.count + Self.chunk - 1) / Self.chunk
        let cut = try Parallelism.map(chunks) { index in
            let terms = try FactTerms(TextSegment.terms)
            let members = facts[index * Self.chunk..<min((index + 1) * Self.chunk, facts.count)]
            return try members.map { try terms.counts(of: $0.fact) }
        }
        for (fact, entries) in zip(facts, cut.joined()) { add(fact.id, entries) }
    }

    private mutating func add(_ id: Int64, _ entries: [(key: UInt64, count: UInt32)]) {
        ids.append(id)
        var sums: [UInt32] = [0, 0]
        for (key, count) in entries {
            sums[TextSegment.field(of: key).rawValue] += count
            let number: UInt32
            if let known = numbers[key] {
                number = known
            } else {
                number = UInt32(numbers.count)
                numbers[key] = number
                frequencies.append(0)
            }
            frequencies[Int(number)] += 1
            terms.append(number)
            counts.append(UInt8(min(count, 255)))
        }
        ends.append(terms.count)
        for field in TextSegment.Field.allCases {
            lengths[field, default: []].append(sums[field.rawValue])
        }
    }

    var count: Int { ids.count }

    /// The file is whole or absent.
    func write(to path: String) throws {
        let sorted = numbers.sorted { $0.key < $1.key }
        var next = [Int](repeating: 0, count: sorted.count)
        var starts: [UInt64] = [0]
        starts.reserveCapacity(sorted.count + 1)
        var total = 0
        for (_, number) in sorted {
            next[Int(number)] = total
            total += Int(frequencies[Int(number)])
            starts.append(UInt64(total))
        }
        var places = [UInt32](repeating: 0, count: total)
        var ordered = [UInt8](repeating: 0, count: total)
        var start = 0
        for (place, end) in ends.enumerated() {
            for index in start..<end {
                let number = Int(terms[index])
                places[next[number]] = UInt32(place)
                ordered[next[number]] = counts[index]
                next[number] += 1
            }
            start = end
        }
        try CheckedFile.write(
            TextSegment.kind,
            [
                .init("ids", numbers: ids),
                .init("pairs", numbers: lengths[.pairs] ?? []),
                .init("words", numbers: lengths[.words] ?? []),
                .init("keys", numbers: sorted.map(\.key)), .init("starts", numbers: starts),
                .init("places", numbers: places), .init("counts", numbers: ordered),
            ], to: path)
    }
}
