package import Corpus

/// An asset with all that was made from it, as one commit takes it.
package struct AssetRecord: Sendable {
    package var asset: Asset
    /// SHA-256 of the content, 32 bytes.
    package var digest: [UInt8]
    /// What was wrong with a file that is kept in part.
    package var note: String?
    /// By time.
    package var keyFrames: [KeyFrame] = []
    /// A JPEG a key frame, in the same order.
    package var thumbnails: [[UInt8]] = []
    package var passages: [Passage] = []
    /// Where someone speaks, by start.
    package var speech: [TimeSpan] = []
    /// What was done to make all this, and with which tool (`voice: silero`): a later run with
    /// more tools tells by it what is missing. Names and tools are the pipeline's own.
    package var steps: [String: String] = [:]
    /// Rows in the order of key frames or passages; a space without its model is absent.
    package var vectors: [VectorSpace.Name: [Float]] = [:]

    package init(asset: Asset, digest: [UInt8]) {
        self.asset = asset
        self.digest = digest
    }

    /// The time each key frame stands for: its shot, or else the time up to the next.
    package var keyFrameSpans: [TimeSpan] {
        keyFrames.indices.map { index in
            let frame = keyFrames[index]
            if let shot = frame.shot { return shot }
            let end =
                index + 1 < keyFrames.count
                ? keyFrames[index + 1].timeSeconds : asset.durationSeconds
            return TimeSpan(
                startSeconds: frame.timeSeconds, endSeconds: max(frame.timeSeconds, end))
        }
    }

    func rowCount(of space: VectorSpace.Name) -> Int {
        switch space {
        case .frames: keyFrames.count
        case .meaning: passages.count
        }
    }
}

/// An asset and the file it was read from, for a commit of many at once.
package struct AssetCommit: Sendable {
    package var record: AssetRecord
    package var file: FileRecord

    package init(record: AssetRecord, file: FileRecord) {
        self.record = record
        self.file = file
    }
}

/// A file as a scan of its folder saw it, and what became of it.
package struct FileRecord: Sendable, Equatable {
    /// Absolute; as `PathText` spells names that are not UTF-8.
    package var path: String
    package var signature: FileSignature
    /// Nil when the file could not be used; `problem` then says why.
    package var asset: AssetID?
    package var problem: String?

    package init(
        path: String, signature: FileSignature, asset: AssetID? = nil, problem: String? = nil
    ) {
        self.path = path
        self.signature = signature
        self.asset = asset
        self.problem = problem
    }
}

/// What tells without reading it that a file is still the same one.
package struct FileSignature: Sendable, Equatable {
    package var size: Int64  // bytes
    package var modifiedNanoseconds: Int64  // since 1970
    package var inode: Int64
    /// Names, sizes and times of the subtitle files beside it; empty when there are none.
    package var companions: String

    package init(size: Int64, modifiedNanoseconds: Int64, inode: Int64, companions: String) {
        self.size = size
        self.modifiedNanoseconds = modifiedNanoseconds
        self.inode = inode
        self.companions = companions
    }
}
