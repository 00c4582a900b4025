internal import Corpus
internal import Storage
internal import TextSearch

/// A moment that `like:ASSET@TIME` names, with its vectors.
struct ReferencedMoment: Sendable {
    /// What not to find again: itself.
    var key: MomentKey
    var vectors: [Channel: [Float]]
}

extension Searcher {
    func resolve(
        _ reference: MomentReference, in library: LibraryReader
    ) throws -> ReferencedMoment {
        let asset = try asset(named: reference.asset, in: library)
        let time = reference.timeSeconds ?? 0
        var moment = ReferencedMoment(key: MomentKey(asset: asset.id), vectors: [:])
        let keyFrames = try library.keyFrames(of: asset.id)
        if let ordinal = keyFrames.lastIndex(where: { $0.span.startSeconds <= time })
            ?? keyFrames.indices.first
        {
            moment.vectors[.frames] = try vectors[.frames]?.vector(of: asset.id, ordinal: ordinal)
            moment.key.span = keyFrames[ordinal].span
        }
        let passages = try library.passages(of: asset.id)
        if let passage = passages.first(where: { passage in
            passage.passage.span.map { $0.startSeconds <= time && time <= $0.endSeconds } ?? false
        }) {
            moment.vectors[.meaning] = try vectors[.meaning]?.vector(
                of: asset.id, ordinal: passage.ordinal)
            moment.key.span = moment.key.span ?? passage.passage.span
        }
        guard !moment.vectors.isEmpty else {
            throw RetrievalError.nothingToCompare(asset: asset.path)
        }
        return moment
    }

    private func asset(
        named name: String, in library: LibraryReader
    ) throws -> Asset {
        if let id = AssetID(name), let found = try library.asset(id) { return found.asset }
        let assets = try library.assets().map(\.asset)
        let named = assets.filter { $0.path == name || $0.path.hasSuffix("/" + name) }
        guard let asset = named.first else { throw RetrievalError.unknownAsset(name) }
        guard named.count == 1 else {
            throw RetrievalError.ambiguousAsset(name, paths: named.map(\.path))
        }
        return asset
    }
}
