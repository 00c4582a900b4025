import CKernels

/// Makes the tables in which the codes of rows are looked up, query after query; one a thread.
final class QueryTables {
    private let quantizer: IVFQuantizer
    /// Parts × centres: what each code adds to a row's score.
    private(set) var values: [Float]
    private var paddedQuery: [Float]
    private var rest: [Float]

    /// The value of a row in the first list whose codes add nothing; lists farther off than this
    /// many steps count as equally far.
    private static let anchor: Float = 4096

    init(_ quantizer: IVFQuantizer) {
        self.quantizer = quantizer
        values = [Float](
            repeating: 0, count: quantizer.parts.partCount * quantizer.parts.centreCount)
        paddedQuery = [Float](repeating: 0, count: quantizer.parts.paddedDimension)
        rest = paddedQuery
    }

    /// What all values of a query have in common; the first list whose tables are made decides.
    struct Scale {
        /// The score that is worth `anchor`.
        fileprivate var anchored: Float = 0
        fileprivate var rounded = reel_byte_tables()
        fileprivate var isSet = false
    }

    /// Whether each list has tables of its own: of distances, which are not the query's alone.
    var differByList: Bool { quantizer.metric == .euclidean }

    /// Makes `values` those of a list.
    func set(for query: UnsafePointer<Float>, list: Int) {
        if differByList {
            let dimension = quantizer.dimension
            quantizer.centres.values.withUnsafeBufferPointer { centres in
                guard let centre = centres.baseAddress.map({ $0 + list * dimension }) else {
                    return
                }
                _ = reel_rest(query, centre, dimension, &rest)
            }
            quantizer.parts.withCodebook { reel_pq_distance_tables($0, rest, &values) }
        } else {
            paddedQuery.withUnsafeMutableBufferPointer { padded in
                padded.baseAddress?.update(from: query, count: quantizer.dimension)
            }
            quantizer.parts.withCodebook { reel_pq_tables($0, paddedQuery, &values) }
        }
    }

    /// Makes `entries` those of a list, in bytes; where lists do not differ, those of a query's
    /// first list are those of all.
    /// - Parameters:
    ///   - score: of the list's centre (`CentreTable`).
    ///   - entries: room for a block of codes.
    /// - Returns: the value of a row there whose codes add nothing.
    func setEntries(
        _ entries: UnsafeMutablePointer<UInt8>, for query: UnsafePointer<Float>, list: Int,
        score: Float, _ scale: inout Scale
    ) -> UInt32 {
        if differByList || !scale.isSet {
            set(for: query, list: list)
            scale.rounded = reel_byte_tables_set(
                values, quantizer.partCount, scale.isSet ? scale.rounded.step : 0, entries)
        }
        if !scale.isSet {
            scale.isSet = true
            scale.anchored = score + scale.rounded.lowest
        }
        return base(ofScore: score, scale)
    }

    /// The value of a row in a list with this score whose codes add nothing.
    func base(ofScore score: Float, _ scale: Scale) -> UInt32 {
        let steps = (score + scale.rounded.lowest - scale.anchored) / scale.rounded.step
        let base = min(max(Self.anchor + steps, 0), 2 * Self.anchor)
        // No number is less than 0 and more than nothing.
        return base >= 0 ? UInt32(base + 0.5) : 0
    }
}
