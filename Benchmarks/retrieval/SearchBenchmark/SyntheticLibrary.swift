internal import Checkpoints
internal import Corpus
internal import Embedders
internal import Foundation
internal import Retrieval
internal import Storage

/// A library of invented assets: as many frames and passages as asked for, their vectors drawn
/// around a few hundred centres, their words by Zipf's law from a text encoder's vocabulary.
struct SyntheticLibrary {
    let root: String
    let rowCount: Int
    private let rowsPerAsset = 400
    let words: [String]
    private var random: SplitMix64

    init(root: String, rowCount: Int, vocabulary: String, seed: UInt64) throws {
        self.root = root
        self.rowCount = rowCount
        random = SplitMix64(state: seed)
        let text = try String(contentsOfFile: vocabulary, encoding: .utf8)
        let candidates = text.split(separator: "\n").map(String.init).filter { word in
            word.utf8.count > 2 && word.utf8.allSatisfy { (0x61...0x7a).contains($0) }
        }
        // In a fixed order of its own: the vocabulary's is by frequency already.
        words = Array(candidates.prefix(20_000))
        precondition(words.count > 1000, "The vocabulary has too few words.")
    }

    mutating func write(frames: VectorSpace, meaning: VectorSpace) throws {
        let writer = try LibraryWriter(root: root, startingAnew: true)
        try writer.use(frames)
        try writer.use(meaning)
        let centres = [frames, meaning].map { space in
            (0..<256).map { _ in unitVector(space.dimension, around: nil) }
        }
        var batch: [AssetCommit] = []
        for number in 0..<rowCount / rowsPerAsset {
            let path = "/synthetic/\(number).mp4"
            let digest = Corpus.SHA256.digest(of: Array(path.utf8))
            let id = AssetID(digest: digest)
            var record = AssetRecord(
                asset: Asset(
                    id: id, kind: .video, path: path, durationSeconds: Double(rowsPerAsset) * 5),
                digest: digest)
            var vectors: [[Float]] = [[], []]
            for row in 0..<rowsPerAsset {
                let start = Double(row) * 5
                record.keyFrames.append(
                    KeyFrame(timeSeconds: start, frame: row * 125, difference: 20))
                record.thumbnails.append([0xFF, 0xD8])
                record.passages.append(
                    Passage(
                        text: sentence(8 + Int(random.next() % 33)), source: .subtitle,
                        span: TimeSpan(startSeconds: start + 1, endSeconds: start + 4.5),
                        language: "en"))
                for place in vectors.indices {
                    let centre = centres[place][Int(random.next() % 256)]
                    vectors[place] += unitVector(centre.count, around: centre)
                }
            }
            record.vectors = [.frames: vectors[0], .meaning: vectors[1]]
            let signature = FileSignature(
                size: 1, modifiedNanoseconds: 1, inode: Int64(number), companions: "")
            batch.append(
                AssetCommit(
                    record: record,
                    file: FileRecord(path: path, signature: signature, asset: id)))
        }
        // One commit, and one segment a space, as a library is once its segments have been joined.
        try writer.commit(batch)
        try writer.finish()
    }

    /// Words by falling frequency: the word of rank r about 1/r as often as the first.
    mutating func sentence(_ count: Int) -> String {
        (0..<count).map { _ in
            let share = Double(random.next() >> 11) / Double(1 << 53)
            // Inverse of the distribution function of a continuous 1/r law.
            return words[min(words.count - 1, Int(pow(Double(words.count), share)) - 1)]
        }.joined(separator: " ")
    }

    /// Gaussian noise, or a mixture of a centre and noise; of unit length.
    private mutating func unitVector(_ dimension: Int, around centre: [Float]?) -> [Float] {
        var vector = (0..<dimension).map { index -> Float in
            // A sum of four uniform numbers is near enough to a Gaussian here.
            let noise = (0..<4).reduce(Float(0)) { sum, _ in
                sum + Float(random.next() >> 40) / Float(1 << 24) - 0.5
            }
            return noise / Float(dimension).squareRoot() + (centre?[index] ?? 0)
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for index in vector.indices { vector[index] /= length }
        return vector
    }
}
