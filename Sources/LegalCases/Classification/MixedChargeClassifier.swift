/// The linear classifier and the second head on a text encoder's embedding, their margins mixed.
package struct MixedChargeClassifier: ChargeClassifier {
    private let linear: LinearChargeClassifier
    private let head: ClassifierDescription.Head
    private let encoder: any FactEncoder

    package var charges: [String] { linear.charges }
    package var threshold: Double { head.threshold }

    /// - Returns: nil when the mix did not win in training, or when the head was trained on another
    ///   encoder's embeddings.
    package init?(_ linear: LinearChargeClassifier, encoder: any FactEncoder) throws {
        guard let head = linear.description.head, head.isUsed,
            head.fingerprint == encoder.fingerprint
        else { return nil }
        _ = try linear.headWeights(dimension: encoder.dimension)
        self.linear = linear
        self.head = head
        self.encoder = encoder
    }

    package func judgement(of fact: String) throws -> ChargeJudgement {
        let margins = try linear.knownMargins(of: fact)
        let embedding = try FactEmbedding.embeddings(
            of: [try FactText.checked(fact)], by: encoder)[0].mean
        let own = HeadMargins.margins(
            embedding, try linear.headWeights(dimension: embedding.count), charges: charges.count)
        return ChargeJudgement(
            margins: HeadMargins.mixed(margins, own, .init(share: head.share, scale: head.scale)),
            charges: charges, calibrations: head.calibrations, threshold: head.threshold)
    }
}

/// The arithmetic of the second head: logistic regression on a text encoder's embedding.
enum HeadMargins {
    struct Mix: Sendable, Equatable {
        /// Of the head, 0…1.
        var share: Double
        /// Brings its margins to the size of the linear ones.
        var scale: Double
    }

    /// - Parameter head: (dimension + 1) × charges, the constants last.
    static func margins(
        _ embedding: [Float], _ head: UnsafeBufferPointer<Float>, charges: Int
    ) -> [Float] {
        var margins = Array(head[embedding.count * charges..<(embedding.count + 1) * charges])
        for (place, value) in embedding.enumerated() {
            for charge in 0..<charges {
                margins[charge] += head[place * charges + charge] * value
            }
        }
        return margins
    }

    static func mixed(_ linear: [Float], _ head: [Float], _ mix: Mix) -> [Float] {
        let (own, other) = (Float(1 - mix.share), Float(mix.share * mix.scale))
        return zip(linear, head).map { own * $0 + other * $1 }
    }
}
