internal import Corpus
package import Embedders
package import IsolatedDecoding
package import Speech
internal import Storage

/// What a run works with. A tool that is nil is missing, and its channel or step is left out.
package struct IngestTools: Sendable {
    package var imageEmbedder: LazyImageEmbedder?
    package var textEmbedder: TextEmbedder?
    /// Says in words what pictures show.
    package var tagger: LazyTagger?
    /// Says what videos show; nil: nobody is asked.
    package var describer: (any Describer)?
    /// Finds speech; nil: nobody listens.
    package var voiceModel: VoiceModel?
    /// Turns speech into words.
    package var transcriber: (any Transcriber)?
    /// Makes a decoder for one reader's thread.
    package var makeDecoder: @Sendable () -> any MediaDecoder

    package init(makeDecoder: @escaping @Sendable () -> any MediaDecoder) {
        self.makeDecoder = makeDecoder
    }
}

/// What readers know of the run and of the library as it was at its start.
struct ReadingContext: Sendable {
    let tools: IngestTools
    let settings: IngestSettings
    let wanted: WantedProcessing
    let knownAssets: [AssetID: KnownAsset]
    /// What each path held before.
    let knownFiles: KnownFiles
    let claims = ClaimedContents()

    init(
        tools: IngestTools, settings: IngestSettings, knownAssets: [AssetID: KnownAsset],
        knownFiles: KnownFiles
    ) {
        self.tools = tools
        self.settings = settings
        self.knownAssets = knownAssets
        self.knownFiles = knownFiles
        wanted = WantedProcessing(settings: settings, tools: tools)
    }
}
