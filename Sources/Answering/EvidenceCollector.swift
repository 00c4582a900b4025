package import Corpus
internal import LanguageModels
package import Storage
internal import TextSearch
internal import UnicodeText

/// Turns the hits of a search into evidence: whole sentences with their time, each once, from few
/// files, within a budget.
package struct EvidenceCollector {
    private let library: LibraryReader
    private let settings: EvidenceSettings

    package init(library: LibraryReader, settings: EvidenceSettings = EvidenceSettings()) {
        self.library = library
        self.settings = settings
    }

    /// - Parameter hits: best first.
    /// - Returns: best first, with ids from 1. The same hits give the same evidence.
    package func evidence(from hits: [Hit]) throws -> [Evidence] {
        var packing = Packing(settings: settings)
        var assets: [AssetID: AssetPassages] = [:]
        for hit in hits {
            guard (hit.confidence ?? 1) >= settings.minimumConfidence else { continue }
            if assets[hit.asset.id] == nil {
                guard assets.count < settings.assets else { continue }
                assets[hit.asset.id] = AssetPassages(
                    try library.passages(of: hit.asset.id).map(\.passage))
            }
            guard let passages = assets[hit.asset.id] else { continue }
            let pictures = try pictures(of: hit)
            let moments = try passages.moments(in: hit.moment)
            var shown = evidence(hit)
            let isSeen =
                shown.pictureFalseAlarmRate.map { $0 <= settings.pictureFalseAlarmRate } ?? false
            for (place, moment) in moments.enumerated() {
                var item = evidence(hit)
                item.span = moment.span ?? hit.moment
                item.text = moment.text
                item.source = moment.source
                item.pictureFalseAlarmRate = nil
                packing.add(item, pictures: place == 0 && !isSeen ? pictures : [])
            }
            if isSeen || moments.isEmpty {
                shown.tags = passages.tags(in: hit.moment)
                packing.add(shown, pictures: pictures)
            }
        }
        return packing.evidence
    }

    private func evidence(_ hit: Hit) -> Evidence {
        var evidence = Evidence(
            id: 0, asset: hit.asset, span: hit.moment, text: "", source: nil, score: hit.score,
            confidence: hit.confidence,
            pictureFalseAlarmRate: hit.parts.compactMap { $0.channels[.frames]?.falseAlarmRate }
                .min())
        evidence.keyFrame = hit.keyFrame
        evidence.hasCaptions = hit.hasCaptions
        return evidence
    }

    /// The key frame that was found, or the first of the moment.
    private func pictures(of hit: Hit) throws -> [Evidence.Picture] {
        let found = hit.parts.compactMap { part -> Evidence.Picture? in
            guard let frames = part.channels[.frames], let time = frames.timeSeconds,
                let path = frames.thumbnail
            else { return nil }
            return Evidence.Picture(timeSeconds: time, path: path)
        }
        guard found.isEmpty else { return found }
        return try library.keyFrames(of: hit.asset.id).first { $0.span.overlaps(hit.moment) }
            .map {
                [
                    Evidence.Picture(
                        timeSeconds: $0.keyFrame.timeSeconds,
                        path: library.paths.thumbnail($0.thumbnail))
                ]
            } ?? []
    }
}

/// What an asset says, put in order for evidence.
private struct AssetPassages {
    struct Moment {
        var text: String
        var span: TimeSpan?
        var source: PassageSource
    }

    /// Runs of speech and text: passages of one source and language, by start.
    private let windows: [PassageWindow]
    /// About the whole of it.
    private let whole: [Passage]
    private let tags: [Passage]

    init(_ passages: [Passage]) {
        var runs: [[Passage]] = []
        var whole: [Passage] = []
        var tags: [Passage] = []
        for passage in passages {
            switch passage.source {
            case .fileName: continue
            case .tag: tags.append(passage)
            case .title, .description, .text, .chapter, .transcript, .subtitle, .screenText:
                guard passage.span != nil else {
                    whole.append(passage)
                    continue
                }
                let place = runs.firstIndex {
                    $0[0].source == passage.source && $0[0].language == passage.language
                }
                if let place { runs[place].append(passage) } else { runs.append([passage]) }
            }
        }
        windows = runs.map { run in
            PassageWindow(
                run.sorted { ($0.span?.startSeconds ?? 0) < ($1.span?.startSeconds ?? 0) })
        }
        self.whole = whole
        self.tags = tags
    }

    /// What is said and written during a moment, as whole sentences; then what is said of all.
    func moments(in span: TimeSpan) throws -> [Moment] {
        var moments: [Moment] = []
        for window in windows {
            for index in window.passages.indices {
                let passage = window.passages[index]
                guard let place = passage.span, place.shares(timeWith: span) else { continue }
                let (text, widened) = try window.whole(index)
                // The neighbour before may have lent all it says.
                if let last = moments.last, text.hasPrefix(last.text) { moments.removeLast() }
                moments.append(Moment(text: text, span: widened, source: passage.source))
            }
        }
        return moments
            + whole.map { Moment(text: $0.text, span: nil, source: $0.source) }
    }

    func tags(in span: TimeSpan) -> [String] {
        var seen: Set<String> = []
        return tags.filter { $0.span?.shares(timeWith: span) ?? true }
            .flatMap { $0.text.split(separator: ",") }
            .map { $0.drop(while: \.isWhitespace) }
            .map(String.init)
            .filter { seen.insert($0).inserted }
    }
}

extension TimeSpan {
    /// More than the instant where one ends and the other begins.
    fileprivate func shares(timeWith other: TimeSpan) -> Bool {
        guard durationSeconds > 0, other.durationSeconds > 0 else { return overlaps(other) }
        return startSeconds < other.endSeconds && other.startSeconds < endSeconds
    }
}

/// Fills the budget, leaving out what is there already.
private struct Packing {
    let settings: EvidenceSettings
    private(set) var evidence: [Evidence] = []
    private var texts: Set<String> = []
    private var pictures: Set<String> = []
    private var passages = 0
    private var tokens = 0

    init(settings: EvidenceSettings) { self.settings = settings }

    /// - Parameter item: words, or a picture that stands for itself.
    mutating func add(_ item: Evidence, pictures: [Evidence.Picture]) {
        guard !item.text.isEmpty else {
            let isNew = pictures.contains { !self.pictures.contains($0.path) }
            if isNew, self.pictures.count < settings.keyFrames { append(item, pictures) }
            return
        }
        let key = TextFolding.fold(item.text)
        let cost = TokenEstimate.tokens(of: item.text)
        guard passages < settings.passages, tokens + cost <= settings.tokens,
            // A window that was widened may hold another whole.
            !texts.contains(where: { $0.contains(key) })
        else { return }
        texts.insert(key)
        passages += 1
        tokens += cost
        append(item, pictures)
    }

    private mutating func append(_ item: Evidence, _ pictures: [Evidence.Picture]) {
        var item = item
        item.id = evidence.count + 1
        for picture in pictures
        where self.pictures.count < settings.keyFrames && !self.pictures.contains(picture.path) {
            self.pictures.insert(picture.path)
            item.keyFrames.append(picture)
        }
        evidence.append(item)
    }
}
