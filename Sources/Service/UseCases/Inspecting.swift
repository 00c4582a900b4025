internal import Checkpoints
package import Corpus
internal import Embedders
internal import Foundation
internal import MediaDecoding
internal import Tensors
internal import Tokenizers
internal import VectorSearch

/// Each stage of the pipeline alone: what the plumbing commands show.
extension Application {
    /// Calls `body` for each key frame of a video with its picture as a JPEG.
    package func keyFrames(
        ofFileAt path: String, method: KeyFrameMethod = .fast,
        _ body: (_ keyFrame: KeyFrame, _ jpeg: () throws -> [UInt8]) throws -> Void
    ) throws -> KeyFrameReport {
        try Failure.translating {
            let file = try MediaFile.open(path: path)
            guard file.kind == .video else {
                throw Failure(.badData, "\(path) is not a video but \(file.kind.withArticle).")
            }
            var settings = KeyFrameSettings()
            settings.method = method
            let summary = try KeyFrameFinder(threads: configuration.workers).keyFrames(
                in: file, settings: settings
            ) { keyFrame, picture in
                try body(keyFrame) {
                    try JPEGEncoder().encode(picture, maximumLongSide: settings.pictureLongSide)
                }
            }
            return KeyFrameReport(summary)
        }
    }

    /// The cues of the subtitle files beside a medium, or else of the streams inside it.
    package func subtitles(ofFileAt path: String) throws -> Listening {
        try Failure.translating {
            let suffix = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
            guard !SidecarSubtitles.suffixes.contains(suffix) else {
                return Listening(passages: try SubtitleFile.passages(atPath: path))
            }
            let found = try MediaSubtitles.read(
                from: try MediaFile.open(path: path), atPath: path,
                languages: configuration.languages)
            return Listening(passages: found.passages, notes: found.notes)
        }
    }

    /// One vector a text, of unit length.
    /// - Parameters:
    ///   - prompt: name of the model's prompt to put before each text; nil for its default.
    ///   - precision: nil for what the settings say, or else single precision.
    package func embed(
        texts: [String], model name: String, prompt: String? = nil,
        precision: PrecisionChoice? = nil
    ) throws -> Embeddings {
        try Failure.translating {
            let model = try TextModel(
                model: try requireModel(name), precision: resolved(precision))
            return Embeddings(
                try model.embed(texts, as: prompt.map { .named($0) } ?? .standard))
        }
    }

    private func resolved(_ precision: PrecisionChoice?) -> Precision {
        (precision ?? configuration.precision ?? .fp32).resolved
    }

    /// One vector a picture, of unit length.
    /// - Parameter precision: nil for what the settings say, or else single precision.
    package func embed(
        images paths: [String], model name: String, precision: PrecisionChoice? = nil
    ) throws -> Embeddings {
        try Failure.translating {
            let embedder = try ImageEmbedder(
                model: try requireModel(name), precision: resolved(precision))
            return Embeddings(
                try embedder.embed(count: paths.count) { index in
                    let path = paths[index]
                    let file = try MediaFile.open(path: path)
                    guard file.kind == .image else {
                        throw Failure(
                            .badData, "\(path) is not a picture but \(file.kind.withArticle).")
                    }
                    return try PictureReader().picture(of: file)
                })
        }
    }

    /// Writes vectors as .npy (float32), .fvecs, or a flat FAISS index, by the name's extension.
    package func write(_ embeddings: Embeddings, to path: String) throws {
        try Failure.translating {
            try VectorFileWriter.write(
                VectorArray(values: embeddings.values, dimension: embeddings.dimension), to: path)
        }
    }

    package func tokenize(_ text: String, model name: String) throws -> TokenizedText {
        try Failure.translating {
            let tokenizer = try TokenizerDirectory.open(try requireModel(name).path)
            let tokens = try tokenizer.tokens(of: text)
            return TokenizedText(ids: tokens.map(\.id), tokens: tokens.map(\.text))
        }
    }
}

/// Vectors of one model, row after row.
package struct Embeddings: Sendable {
    package let count: Int
    package let dimension: Int
    /// count × dimension, row-major.
    package let values: [Float]

    init(_ matrix: Matrix) {
        count = matrix.rows
        dimension = matrix.columns
        values = matrix.elements
    }

    package func vector(_ index: Int) -> [Float] {
        Array(values[index * dimension..<(index + 1) * dimension])
    }
}

/// A text as a model sees it, special tokens included.
package struct TokenizedText: Encodable, Sendable {
    package var ids: [Int]
    package var tokens: [String]
}

extension AssetKind {
    var withArticle: String {
        switch self {
        case .video: "a video"
        case .audio: "a sound file"
        case .image: "a picture"
        case .text: "a text"
        }
    }
}
