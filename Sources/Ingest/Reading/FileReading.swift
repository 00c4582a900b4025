internal import Corpus
internal import Storage

/// What came of one file on a reader's thread; pictures went ahead to be embedded.
enum FileReading: Sendable {
    /// Everything but vectors, and what they decide. The pictures were as many as key frames.
    case read(AssetRecord)
    /// The library holds this content, complete, from this very path.
    case unchanged(AssetID)
    /// The library holds this content, complete, from another path.
    case known(AssetID)
    /// Another file of this run has the same content.
    case copy(of: AssetID)
    case failed(reason: String, content: AssetID?)
    /// It changed while it was read: what was read of it may be of two minds.
    case changed
    /// The run was stopped.
    case abandoned
    /// No file can be read: the run must end.
    case broken(any Error)
}

/// From the readers' threads to the one that embeds and commits. Files by their number in the run.
enum ReaderMessage: Sendable {
    case picture(file: Int, Picture)
    case finished(file: Int, FileReading, secondsByStep: [IngestStep: Double])
}
