package import Corpus

/// The file name of a key frame's picture: its asset and its time, as the catalogue knows them.
package struct ThumbnailName: Sendable, Equatable {
    package let asset: AssetID
    package let milliseconds: Int

    package init(asset: AssetID, milliseconds: Int) {
        self.asset = asset
        self.milliseconds = milliseconds
    }

    var folder: String { String(asset.description.prefix(2)) }

    /// Below the library's `thumbnails/`.
    package var relativePath: String { "\(folder)/\(asset)-\(milliseconds).jpg" }

    /// Reads back what `relativePath` ends with.
    init?(fileName: String) {
        guard fileName.hasSuffix(".jpg") else { return nil }
        let parts = fileName.dropLast(4).split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let asset = AssetID(parts[0]), let milliseconds = Int(parts[1])
        else { return nil }
        self.init(asset: asset, milliseconds: milliseconds)
    }
}
