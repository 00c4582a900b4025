internal import Corpus
internal import MediaDecoding
internal import Storage

/// Reads a file of words: plain text, Markdown, or subtitles that belong to nothing here.
enum TextAsset {
    static func record(
        of file: FolderScan.FoundFile, id: AssetID, digest: [UInt8]
    ) throws -> AssetRecord {
        var asset = Asset(id: id, kind: .text, path: file.path, durationSeconds: 0)
        var passages: [Passage]
        var note: String?
        if file.form == .subtitles {
            passages = PassageChunker().passages(
                from: try SubtitleFile.passages(atPath: file.path))
            asset.durationSeconds = passages.compactMap(\.span?.endSeconds).max() ?? 0
        } else {
            let suffix = MediaName.fileExtension(file.path)
            let chunks = TextChunker().chunks(
                of: try TextFile.text(atPath: file.path), isMarkdown: suffix != "txt")
            asset.title = chunks.title
            passages = chunks.passages
            if chunks.isCutShort { note = "Only the first \(passages.count) passages are kept." }
        }
        var record = AssetRecord(asset: asset, digest: digest)
        record.passages = AssetAssembly.descriptive(path: file.path, title: asset.title) + passages
        record.note = note
        return record
    }
}
