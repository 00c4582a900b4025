internal import CLinear

/// Logistic regression on dense rows, one class against the rest, by LIBLINEAR's trust-region
/// Newton method.
///
/// `@unchecked Sendable`: the nodes are written in `init` and only read from then on. That method of
/// LIBLINEAR draws no random numbers and keeps nothing between calls, so threads may learn at the
/// same time.
final class LogisticRegression: @unchecked Sendable {
    let dimension: Int
    private let nodes: UnsafeMutablePointer<feature_node>
    private let rows: [UnsafeMutablePointer<feature_node>?]
    /// Of an error, against the size of the weights: rows have unit length.
    private static let cost = 10.0
    private static let tolerance = 0.01

    /// - Parameter vectors: at least one, all of one length.
    init(_ vectors: [[Float]]) {
        set_print_string_function { _ in }
        dimension = vectors[0].count
        // A row, the constant, and the mark of the end.
        let stride = dimension + 2
        nodes = .allocate(capacity: vectors.count * stride)
        for (row, vector) in vectors.enumerated() {
            let start = nodes + row * stride
            for (place, value) in vector.enumerated() {
                (start + place).initialize(
                    to: feature_node(index: Int32(place) + 1, value: Double(value)))
            }
            (start + dimension).initialize(
                to: feature_node(index: Int32(dimension) + 1, value: 1))
            (start + dimension + 1).initialize(to: feature_node(index: -1, value: 0))
        }
        rows = vectors.indices.map { [nodes] in nodes + $0 * stride }
    }

    deinit { nodes.deallocate() }

    var count: Int { rows.count }

    /// Weights, and last the constant: positive for the class.
    /// - Parameters:
    ///   - members: rows to learn from; of each side one at least.
    ///   - isPositive: for every row, whether it is of the class.
    func weights(of members: [Int], isPositive: [Bool]) throws -> [Float] {
        var sides = members.map { isPositive[$0] ? 1.0 : -1.0 }
        var pointers = members.map { rows[$0] }
        return try sides.withUnsafeMutableBufferPointer { sides in
            try pointers.withUnsafeMutableBufferPointer { pointers in
                var input = problem()
                input.l = Int32(pointers.count)
                input.n = Int32(dimension + 1)
                input.y = sides.baseAddress
                input.x = pointers.baseAddress
                input.bias = 1
                var choices = parameter()
                choices.solver_type = Int32(L2R_LR)
                choices.eps = Self.tolerance
                choices.C = Self.cost
                choices.p = 0.1
                return try trained(&input, &choices)
            }
        }
    }

    private func trained(_ input: inout problem, _ choices: inout parameter) throws -> [Float] {
        if let complaint = check_parameter(&input, &choices) {
            throw LegalCaseError.trainingFailed(String(cString: complaint))
        }
        guard let trained = train(&input, &choices) else {
            throw LegalCaseError.trainingFailed("LIBLINEAR returned nothing")
        }
        defer {
            var model: UnsafeMutablePointer<model>? = trained
            free_and_destroy_model(&model)
        }
        // The weights are those of the side that LIBLINEAR met first.
        let sign: Double = trained.pointee.label[0] == 1 ? 1 : -1
        guard let learned = trained.pointee.w else {
            throw LegalCaseError.trainingFailed("LIBLINEAR returned no weights")
        }
        return (0...dimension).map { Float(learned[$0] * sign) }
    }

    func margin(_ row: Int, _ weights: [Float]) -> Float {
        guard let node = rows[row] else { return 0 }
        var sum: Float = 0
        for place in 0...dimension { sum += weights[place] * Float(node[place].value) }
        return sum
    }
}
