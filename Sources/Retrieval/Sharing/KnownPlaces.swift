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
    fileprivate static let rowLimit = 1 << 22

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

    /// A passage.
    struct Row {
        var asset: AssetID
        /// Position among the asset's passages.
        var ordinal: Int
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

    /// Where passages belong, in their order; nil where there is no such row. What is known is found
    /// under one lock, the rest is read one by one.
    func places(ofPassages rows: [Row], in library: LibraryReader) throws -> [PassagePlace?] {
        guard keepsAssets else {
            return try rows.map { try library.texts.place(of: $0.asset, ordinal: $0.ordinal) }
        }
        var places = [PassagePlace?](repeating: nil, count: rows.count)
        var unknown: [Int] = []
        state.withLock { state in
            for (index, row) in rows.enumerated() {
                if let held = state.passages[row.asset] {
                    places[index] = held.element(row.ordinal)
                } else {
                    unknown.append(index)
                }
            }
        }
        for index in unknown {
            places[index] = try passages(of: rows[index].asset, in: library)
                .element(rows[index].ordinal)
        }
        return places
    }

    /// Where the rows that matches stand for belong, in their order; nil where there is no such row.
    /// - Parameter table: of the matches' space.
    func frames(
        of matches: [AssetVectors.Match], in library: LibraryReader,
        _ table: ClaimedPlaces<TimeSpan>
    ) throws -> [TimeSpan?] {
        guard keepsAssets else {
            return try matches.map {
                try library.keyFrame(of: $0.asset, ordinal: $0.ordinal)?.span
            }
        }
        return try table.places(of: matches) { try keyFrames(of: $0, in: library) }
    }

    /// The same for passages.
    func passages(
        of matches: [AssetVectors.Match], in library: LibraryReader,
        _ table: ClaimedPlaces<PassagePlace>
    ) throws -> [PassagePlace?] {
        guard keepsAssets else {
            return try matches.map {
                try library.texts.place(of: $0.asset, ordinal: $0.ordinal)
            }
        }
        return try table.places(of: matches) { try passages(of: $0, in: library) }
    }
}

/// What `KnownPlaces` has of the assets of one commit's space, by their numbers there: a search looks
/// up some hundred, and each would be a look into a table by the asset's id.
final class ClaimedPlaces<Place: Sendable>: Sendable {
    private struct State {
        /// By the number of the asset's claim; nil while it is not known.
        var known: [[Place?]?]
        var rowCount = 0

        mutating func keep(_ places: [Place?], for claim: Int) {
            if rowCount + places.count > KnownPlaces.rowLimit {
                self = State(known: [[Place?]?](repeating: nil, count: known.count))
            }
            rowCount += places.count - (known[claim]?.count ?? 0)
            known[claim] = places
        }
    }

    private let state: Mutex<State>

    init(of vectors: AssetVectors?) {
        state = Mutex(
            State(known: [[Place?]?](repeating: nil, count: vectors?.claimCount ?? 0)))
    }

    /// - Parameter reading: brings the places of an asset.
    func places(
        of matches: [AssetVectors.Match], reading: (AssetID) throws -> [Place?]
    ) throws -> [Place?] {
        var places = [Place?](repeating: nil, count: matches.count)
        var unknown: [Int] = []
        state.withLock { state in
            for (index, match) in matches.enumerated() {
                if let held = state.known[match.claim] {
                    places[index] = held.element(match.ordinal)
                } else {
                    unknown.append(index)
                }
            }
        }
        for index in unknown {
            let read = try reading(matches[index].asset)
            places[index] = read.element(matches[index].ordinal)
            state.withLock { $0.keep(read, for: matches[index].claim) }
        }
        return places
    }
}

extension Array {
    /// Nil also beyond the ends.
    fileprivate func element<Wrapped>(_ index: Int) -> Wrapped? where Element == Wrapped? {
        indices.contains(index) ? self[index] : nil
    }
}
