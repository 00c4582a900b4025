internal import CLinear
internal import Dispatch
internal import Glibc

/// Facts as LIBLINEAR wants them, in memory of their own, trained one class against the rest.
///
/// LIBLINEAR draws from the C library's random numbers, one sequence for the whole process: it is
/// begun anew before every training, and trainings go one after another, so that the same cases
/// give the same classifier.
final class LinearProblem {
    /// Terms.
    let width: Int
    private var blocks: [UnsafeMutablePointer<feature_node>] = []
    private var rows: [UnsafeMutablePointer<feature_node>?] = []
    /// Of the constant term that each fact has besides its own.
    private static let bias = 1.0

    struct Settings: Sendable, Equatable {
        enum Loss: Sendable { case squaredHinge, logistic }

        var loss = Loss.squaredHinge
        /// Of an error, against the size of the weights.
        var cost = 1.0
        /// Of an error in a case of the class, against one in another case.
        var positiveWeight = 1.0
    }

    init(width: Int) {
        self.width = width
        set_print_string_function { _ in }
    }

    deinit { for block in blocks { block.deallocate() } }

    var count: Int { rows.count }

    func append(_ vectors: [FactVector]) {
        let total = vectors.reduce(0) { $0 + $1.numbers.count + 2 }
        let block = UnsafeMutablePointer<feature_node>.allocate(capacity: max(1, total))
        blocks.append(block)
        var place = block
        for vector in vectors {
            rows.append(place)
            for (number, value) in zip(vector.numbers, vector.values) {
                place.initialize(to: feature_node(index: Int32(number) + 1, value: Double(value)))
                place += 1
            }
            // The constant, and the mark of the end.
            place.initialize(to: feature_node(index: Int32(width) + 1, value: Self.bias))
            (place + 1).initialize(to: feature_node(index: -1, value: 0))
            place += 2
        }
    }

    /// Weights of the terms, and last the constant: positive for the class.
    /// - Parameters:
    ///   - members: rows to learn from.
    ///   - isPositive: for every row of the problem, whether it is of the class.
    func weights(
        of members: [Int], isPositive: [Bool], _ settings: Settings
    ) throws -> [Float] {
        let positives = members.reduce(0) { $0 + (isPositive[$1] ? 1 : 0) }
        precondition(
            positives > 0 && positives < members.count, "Two sides are told apart, not one.")
        var sides = members.map { isPositive[$0] ? 1.0 : -1.0 }
        var pointers = members.map { rows[$0] }
        var labels: [Int32] = [1, -1]
        var weights = [settings.positiveWeight, 1.0]
        return try sides.withUnsafeMutableBufferPointer { sides in
            try pointers.withUnsafeMutableBufferPointer { pointers in
                try labels.withUnsafeMutableBufferPointer { labels in
                    try weights.withUnsafeMutableBufferPointer { weights in
                        var input = problem()
                        input.l = Int32(pointers.count)
                        input.n = Int32(width + 1)
                        input.y = sides.baseAddress
                        input.x = pointers.baseAddress
                        input.bias = Self.bias
                        var choices = parameter()
                        choices.solver_type = Int32(
                            settings.loss == .logistic
                                ? L2R_LR : L2R_L2LOSS_SVC_DUAL)
                        choices.eps = settings.loss == .logistic ? 0.01 : 0.1
                        choices.C = settings.cost
                        choices.nr_weight = 2
                        choices.weight_label = labels.baseAddress
                        choices.weight = weights.baseAddress
                        choices.p = 0.1
                        return try trained(&input, &choices)
                    }
                }
            }
        }
    }

    /// One training at a time, in the whole process: two would take each other's random numbers.
    private static let turn = DispatchSemaphore(value: 1)

    private func trained(_ input: inout problem, _ choices: inout parameter) throws -> [Float] {
        if let complaint = check_parameter(&input, &choices) {
            throw LegalCaseError.trainingFailed(String(cString: complaint))
        }
        Self.turn.wait()
        defer { Self.turn.signal() }
        srand(1)
        guard var trained: UnsafeMutablePointer<model> = train(&input, &choices) else {
            throw LegalCaseError.trainingFailed("LIBLINEAR returned nothing")
        }
        defer { destroy(&trained) }
        // The weights are those of the side that LIBLINEAR met first.
        let sign: Double = trained.pointee.label[0] == 1 ? 1 : -1
        guard let learned = trained.pointee.w else {
            throw LegalCaseError.trainingFailed("LIBLINEAR returned no weights")
        }
        return (0...width).map { Float(learned[$0] * sign) }
    }

    private func destroy(_ trained: inout UnsafeMutablePointer<model>) {
        var optional: UnsafeMutablePointer<model>? = trained
        free_and_destroy_model(&optional)
    }

    /// Weights · row, with the constant.
    func margin(_ row: Int, _ weights: UnsafeBufferPointer<Float>) -> Float {
        guard var node = rows[row] else { return 0 }
        var sum: Float = 0
        while node.pointee.index >= 0 {
            sum += weights[Int(node.pointee.index) - 1] * Float(node.pointee.value)
            node += 1
        }
        return sum
    }
}
