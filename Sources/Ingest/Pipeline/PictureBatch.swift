internal import Corpus
internal import Embedders
internal import Tensors

/// Pictures of one or more assets on their way to the encoder, which wants whole matrices.
struct PictureBatch {
    /// Enough for good products, few enough to hold in memory.
    static let size = 16

    private let embedder: LazyImageEmbedder
    private var owners: [Int] = []
    private var pictures: [Picture] = []

    init(embedder: LazyImageEmbedder) { self.embedder = embedder }

    var isFull: Bool { pictures.count >= Self.size }
    var isEmpty: Bool { pictures.isEmpty }

    /// - Parameter owner: number of the file; pictures of one file come in order of time.
    mutating func add(_ picture: Picture, of owner: Int) {
        owners.append(owner)
        pictures.append(picture)
    }

    mutating func drop(_ owner: Int) {
        guard owners.contains(owner) else { return }
        let kept = owners.indices.filter { owners[$0] != owner }
        (owners, pictures) = (kept.map { owners[$0] }, kept.map { pictures[$0] })
    }

    /// Embeds what was added and empties the batch.
    /// - Parameter body: gets each picture's owner and its row, in the order they were added.
    mutating func embed(_ body: (_ owner: Int, _ row: ArraySlice<Float>) -> Void) throws {
        guard !pictures.isEmpty else { return }
        let rows = try embedder.embedder().embed(pictures)
        for (index, owner) in owners.enumerated() {
            let start = index * rows.columns
            body(owner, rows.elements[start..<start + rows.columns])
        }
        owners.removeAll(keepingCapacity: true)
        pictures.removeAll(keepingCapacity: true)
    }
}
