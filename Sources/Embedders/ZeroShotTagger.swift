package import Checkpoints
package import Corpus
internal import Foundation
package import Tensors
import Transformers

/// Says in a word or two what frames show, by the nearest of a vocabulary's texts: no more than a
/// CLIP is needed.
///
/// A tag is the mean of its phrases in all templates (Radford and others 2021, section 3.1.4). Its
/// score is how much nearer a frame lies to it than to texts that say nothing, as a difference of
/// cosines. With a `TagCalibration` a tag is given from its own threshold on, and only to pictures
/// of the sort that the model knows. Without one, a tag must have more than half of the probability
/// of all tags and background texts together, at the model's own temperature.
package struct ZeroShotTagger: Sendable {
    private let vocabulary: TagVocabulary
    private let calibration: TagCalibration?
    /// Compared with frames in one product: tags, background, axes, and mean; rows × dimension.
    private let references: Matrix
    /// How the model reads cosines.
    private let scale: ImageTextScale
    private let meanSquare: Float
    /// Of the mean along each axis.
    private let meanAlongAxes: [Float]

    private static let mostTagsOfFrame = 5
    /// Without a calibration.
    private static let leastProbability: Float = 0.5

    /// - Parameter vectors: of the vocabulary, by the model's text tower; see
    ///   `TagVocabulary.vectors(by:)`.
    package init(
        model directory: ModelDirectory, vocabulary: TagVocabulary, vectors: Matrix
    ) throws {
        precondition(vectors.rows == vocabulary.vectorCount, "A vector each tag and background.")
        let dimension = vectors.columns
        self.vocabulary = vocabulary
        calibration = try TagCalibration(model: directory, dimension: dimension)
        scale = try ImageTextScale(directory)
        let mean = calibration?.mean ?? []
        references = Matrix(
            stacking: [vectors]
                + (calibration.map { calibration in
                    [
                        calibration.axes,
                        Matrix(rows: 1, columns: dimension, elements: calibration.mean),
                    ]
                } ?? []), columns: dimension)
        meanSquare = mean.reduce(0) { $0 + $1 * $1 }
        meanAlongAxes =
            calibration.map { calibration in
                MatrixProduct.multiply(
                    Matrix(rows: 1, columns: dimension, elements: mean),
                    byTransposed: calibration.axes
                ).elements
            } ?? []
    }

    /// Passages of what successive frames show. A tag that successive frames share is told once for
    /// all their time; tags of the same time are one passage.
    ///
    /// - Parameters:
    ///   - vectors: of the frames, in order of time, frames × dimension, rows of unit length.
    ///   - spans: the time that each frame stands for, as many as there are vectors.
    package func passages(for vectors: Matrix, spans: [TimeSpan]) -> [Passage] {
        precondition(vectors.rows == spans.count, "Each frame stands for a time.")
        var closed: [Run] = []
        var open: [Run] = []
        for (found, span) in zip(tags(for: vectors), spans) {
            var next: [Run] = []
            for tag in found {
                if var run = open.first(where: { $0.name == tag.name }) {
                    run.span = run.span.union(span)
                    run.confidence = max(run.confidence, tag.confidence)
                    next.append(run)
                } else {
                    next.append(Run(name: tag.name, span: span, confidence: tag.confidence))
                }
            }
            closed += open.filter { run in !next.contains { $0.name == run.name } }
            open = next
        }
        closed += open
        return Self.passages(of: closed)
    }

    /// The tags of each frame, the surest first, at most five.
    package func tags(for vectors: Matrix) -> [[Tag]] {
        guard vectors.rows > 0 else { return [] }
        precondition(vectors.columns == references.columns, "Vectors are those of one model.")
        let cosines = MatrixProduct.multiply(vectors, byTransposed: references)
        return (0..<cosines.rows).map { tags(ofCosines: cosines[$0]) }
    }

    package struct Tag: Sendable, Equatable {
        package var name: String
        /// 0…1; from .5 on, that of tags that are just given.
        package var confidence: Double
    }

    private struct Run {
        var name: String
        var span: TimeSpan
        var confidence: Double
    }

    /// - Parameter cosines: with tags, background, axes and mean, in that order.
    private func tags(ofCosines cosines: ArraySlice<Float>) -> [Tag] {
        let tagCosines = cosines.prefix(vocabulary.tags.count)
        let rest = cosines.dropFirst(vocabulary.tags.count)
        let background = rest.prefix(vocabulary.background.count)
        let found: [Tag]
        if let calibration {
            guard isKnown(rest.dropFirst(vocabulary.background.count), calibration) else {
                return []
            }
            let level = background.reduce(0, +) / Float(background.count)
            found = zip(vocabulary.tags, tagCosines).compactMap { tag, cosine in
                guard let threshold = calibration.thresholds[tag.name] else { return nil }
                let excess = cosine - level - threshold
                guard excess > 0 else { return nil }
                return Tag(
                    name: tag.name,
                    confidence: Double(1 / (1 + exp(-scale.scale * excess))))
            }
        } else {
            let probabilities = probabilities(ofCosines: tagCosines, background: background)
            found = zip(vocabulary.tags, probabilities).compactMap { tag, probability in
                probability > Self.leastProbability
                    ? Tag(name: tag.name, confidence: Double(probability)) : nil
            }
        }
        return Array(found.sorted { $0.confidence > $1.confidence }.prefix(Self.mostTagsOfFrame))
    }

    /// Of each tag by itself where the model judges so, else shared among tags and background.
    private func probabilities(
        ofCosines cosines: ArraySlice<Float>, background: ArraySlice<Float>
    ) -> [Float] {
        let own = cosines.compactMap { scale.probability(ofCosine: $0) }
        if own.count == cosines.count { return own }
        let highest = max(cosines.max() ?? 0, background.max() ?? 0)
        let shares = cosines.map { exp(scale.scale * ($0 - highest)) }
        let total =
            background.reduce(0) { $0 + exp(scale.scale * ($1 - highest)) } + shares.reduce(0, +)
        return shares.map { $0 / total }
    }

    /// Whether a frame lies near the plane of the pictures that the model was calibrated on.
    /// - Parameter cosines: with the axes and the mean.
    private func isKnown(_ cosines: ArraySlice<Float>, _ calibration: TagCalibration) -> Bool {
        let alongMean = cosines.last ?? 0
        // |v − m|² less the part along the axes, of a vector v of length 1.
        let along = zip(cosines.dropLast(), meanAlongAxes).reduce(Float(0)) { sum, pair in
            sum + (pair.0 - pair.1) * (pair.0 - pair.1)
        }
        return 1 - 2 * alongMean + meanSquare - along <= calibration.greatestDistance
    }

    private static func passages(of runs: [Run]) -> [Passage] {
        var bySpan: [TimeSpan: [Run]] = [:]
        for run in runs { bySpan[run.span, default: []].append(run) }
        return bySpan.map { span, runs in
            let surest = runs.sorted {
                ($1.confidence, $0.name) < ($0.confidence, $1.name)
            }
            return Passage(
                text: surest.map(\.name).joined(separator: ", "), source: .tag, span: span,
                confidence: surest.map(\.confidence).reduce(0, +) / Double(surest.count))
        }.sorted {
            guard let first = $0.span, let second = $1.span else { return false }
            return (first.startSeconds, first.endSeconds) < (second.startSeconds, second.endSeconds)
        }
    }
}
