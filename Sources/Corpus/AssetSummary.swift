/// An asset with the size of what a library knows about it.
package struct AssetSummary: Sendable, Equatable {
    package var asset: Asset
    /// What was wrong with a file that is kept in part.
    package var note: String?
    package var keyFrameCount: Int
    package var passageCount: Int

    package init(asset: Asset, note: String?, keyFrameCount: Int, passageCount: Int) {
        self.asset = asset
        self.note = note
        self.keyFrameCount = keyFrameCount
        self.passageCount = passageCount
    }
}
