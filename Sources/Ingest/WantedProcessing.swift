internal import Corpus
internal import Speech
internal import Storage

/// What is done to an asset beside reading it, each with one of several tools: the library records
/// which, so that a run with better tools does again only what it must.
enum ProcessingStep: String, CaseIterable, Sendable {
    case frames
    case voice
    case transcript
    case screenText = "screen_text"
    case tags
    case description
}

/// What a run wants of every asset.
struct WantedProcessing: Sendable, Equatable {
    /// Nothing is asked for: whatever was done before is good enough.
    static let off = "off"
    /// The tool is missing: as `off`, but recorded, and done once the tool is there.
    static let missing = "none"

    /// Of key frames, from the quickest look to the most thorough.
    private static let frameTools = ["brief", "fast", "thorough"]

    /// Names of tools.
    private let tools: [ProcessingStep: String]
    private let spaces: Set<VectorSpace.Name>

    init(settings: IngestSettings, tools: IngestTools) {
        let listens = settings.listening != .off
        self.tools = [
            .frames: settings.keyFrameMethod.rawValue,
            .voice: listens ? tools.voiceModel?.name ?? Self.missing : Self.off,
            .transcript: listens ? tools.transcriber?.name ?? Self.missing : Self.off,
            .screenText: settings.readsScreenText
                ? settings.screenTextLanguages.joined(separator: "+") : Self.off,
            .tags: tools.tagger?.vocabularyFingerprint ?? Self.missing,
            .description: settings.describes ? tools.describer?.name ?? Self.off : Self.off,
        ]
        spaces = Set(
            (tools.imageEmbedder == nil ? [] : [.frames])
                + (tools.textEmbedder == nil ? [] : [.meaning]))
    }

    /// As a library keeps it.
    var recorded: [String: String] {
        Dictionary(uniqueKeysWithValues: tools.map { ($0.rawValue, $1) })
    }

    /// Whether nothing is left to be done for an asset.
    func isMet(by asset: KnownAsset) -> Bool {
        asset.spaces.isSuperset(of: spaces)
            && tools.allSatisfy { isMet($0, wanted: $1, recorded: asset.steps) }
    }

    private func isMet(
        _ step: ProcessingStep, wanted: String, recorded: [String: String]
    ) -> Bool {
        guard wanted != Self.off, wanted != Self.missing else { return true }
        guard let used = recorded[step.rawValue] else { return false }
        guard step == .frames, let rank = Self.frameTools.firstIndex(of: wanted) else {
            return used == wanted
        }
        return Self.frameTools.firstIndex(of: used).map { $0 >= rank } ?? false
    }
}
