internal import Corpus
internal import Storage
internal import Synchronization
internal import TextSearch

/// Where the rows of assets belong in time. Every search asks for some six hundred; asking the
/// database for each takes longer than everything else it does.
///
/// A program that searches once reads the rows it needs. One that stays keeps whole assets.
final class KnownPlaces: Sendable {
    /// Rows kept at most: some 100 MB.
    private static let rowLimit = 1 << 22

    private struct State {
        var frames: [AssetID: [TimeSpan?]] = [:]
        var passages: [AssetID: [PassagePlace?]] = [:]
        var rowCount = 0

        mutating func makeRoom(for rows: Int) {
            if rowCount + rows > KnownPlaces.rowLimit { self = State() }
            rowCount += rows
        }
    }

    private let keepsAssets: Bool
    private let state: Mutex<State>

    init(keepsAssets: Bool) {
        self.keepsAssets = keepsAssets
        state = Mutex(State())
    }

    /// What is still true after later commits, which brought `changed`.
    init(of earlier: KnownPlaces, without changed: Set<AssetID>) {
        keepsAssets = earlier.keepsAssets
        var kept = earlier.state.withLock { $0 }
        for asset in changed {
            kept.rowCount -=
                (kept.frames.removeValue(forKey: asset)?.count ?? 0)
                + (kept.passages.removeValue(forKey: asset)?.count ?? 0)
        }
        state = Mutex(kept)
    }

    /// A row of a channel.
    struct Row {
        var asset: AssetID
        /// Position among the asset's key frames, or passages.
        var ordinal: Int
    }

    /// What key frames stand for, in their order; nil where there is no such row.
    func spans(ofKeyFrames rows: [Row], in library: LibraryReader) throws -> [TimeSpan?] {
        guard keepsAssets else {
            return try rows.map { try library.keyFrame(of: $0.asset, ordinal: $0.ordinal)?.span }
        }
        return try known(rows, \.frames) { try keyFrames(of: $0, in: library) }
    }

    /// What is known of rows, found under one lock; the rest is read one by one.
    private func known<Place>(
        _ rows: [Row], _ table: KeyPath<State, [AssetID: [Place?]]>,
        reading: (AssetID) throws -> [Place?]
    ) throws -> [Place?] {
        var places = [Place?](repeating: nil, count: rows.count)
        var unknown: [Int] = []
        state.withLock { state in
            for (index, row) in rows.enumerated() {
                if let held = state[keyPath: table][row.asset] {
                    places[index] = held.element(row.ordinal)
                } else {
                    unknown.append(index)
                }
            }
        }
        for index in unknown {
            places[index] = try reading(rows[index].asset).element(rows[index].ordinal)
        }
        return places
    }

    /// The key frame that stands for a time; nil when the asset has none.
    func keyFrame(
        at seconds: Double, of asset: AssetID, in library: LibraryReader
    ) throws -> Int? {
        let spans = try keyFrames(of: asset, in: library)
        return spans.lastIndex { $0.map { $0.startSeconds <= seconds } ?? false }
            ?? spans.firstIndex { $0 != nil }
    }

    /// Whether anything is said or written at some time of the asset.
    func hasTimedPassages(_ asset: AssetID, in library: LibraryReader) throws -> Bool {
        try passages(of: asset, in: library).contains { $0?.span != nil }
    }

    private func keyFrames(
        of asset: AssetID, in library: LibraryReader
    ) throws -> [TimeSpan?] {
        if let known = state.withLock({ $0.frames[asset] }) { return known }
        let spans = try library.keyFrameSpans(of: asset)
        state.withLock { state in
            state.makeRoom(for: spans.count)
            state.frames[asset] = spans
        }
        return spans
    }

    private func passages(
        of asset: AssetID, in library: LibraryReader
    ) throws -> [PassagePlace?] {
        if let known = state.withLock({ $0.passages[asset] }) { return known }
        let places = try library.texts.places(of: asset)
        state.withLock { state in
            state.makeRoom(for: places.count)
            state.passages[asset] = places
        }
        return places
    }

    /// Where passages belong, in their order; nil where there is no such row.
    func places(ofPassages rows: [Row], in library: LibraryReader) throws -> [PassagePlace?] {
        guard keepsAssets else {
            return try rows.map { try library.texts.place(of: $0.asset, ordinal: $0.ordinal) }
        }
        return try known(rows, \.passages) { try passages(of: $0, in: library) }
    }
}

extension Array {
    /// Nil also beyond the ends.
    fileprivate func element<Wrapped>(_ index: Int) -> Wrapped? where Element == Wrapped? {
        indices.contains(index) ? self[index] : nil
    }
}
