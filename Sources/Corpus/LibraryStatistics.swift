/// How much a library holds.
package struct LibraryCounts: Sendable, Equatable {
    package struct Kind: Sendable, Equatable {
        package var assets = 0
        package var mediaSeconds = 0.0
        /// Bytes of the files, each asset's once.
        package var fileBytes: Int64 = 0

        package init(assets: Int = 0, mediaSeconds: Double = 0, fileBytes: Int64 = 0) {
            self.assets = assets
            self.mediaSeconds = mediaSeconds
            self.fileBytes = fileBytes
        }
    }

    package var kinds: [AssetKind: Kind] = [:]
    package var keyFrames = 0
    package var passages = 0

    package init() {}

    package var assets: Int { kinds.values.reduce(0) { $0 + $1.assets } }
    package var mediaSeconds: Double { kinds.values.reduce(0) { $0 + $1.mediaSeconds } }
}

/// A vector space with the files that hold it.
package struct SpaceStatistics: Sendable, Equatable {
    package struct Segment: Sendable, Equatable {
        package var name: String
        package var rows: Int
        /// Rows that an asset claims.
        package var liveRows: Int
        package var bytes: Int64

        package init(name: String, rows: Int, liveRows: Int, bytes: Int64) {
            self.name = name
            self.rows = rows
            self.liveRows = liveRows
            self.bytes = bytes
        }
    }

    /// The channel: `frames`, `meaning`.
    package var name: String
    /// Folder name of the model.
    package var model: String
    /// Numbers a vector.
    package var dimension: Int
    package var segments: [Segment]

    package init(name: String, model: String, dimension: Int, segments: [Segment]) {
        self.name = name
        self.model = model
        self.dimension = dimension
        self.segments = segments
    }

    package var liveRows: Int { segments.reduce(0) { $0 + $1.liveRows } }
    package var bytes: Int64 { segments.reduce(0) { $0 + $1.bytes } }
}

/// What the parts of a library take on the disk, in bytes.
package struct StoreSizes: Sendable, Equatable {
    package var catalog: Int64
    /// Commits that wait to be written into the catalogue's own file.
    package var writeAheadLog: Int64
    package var vectors: Int64
    package var pictures: Int64

    package init(catalog: Int64, writeAheadLog: Int64, vectors: Int64, pictures: Int64) {
        self.catalog = catalog
        self.writeAheadLog = writeAheadLog
        self.vectors = vectors
        self.pictures = pictures
    }

    package var total: Int64 { catalog + writeAheadLog + vectors + pictures }
}

/// What became of the files that a library has seen.
package struct FileCounts: Sendable, Equatable {
    /// They hold an asset.
    package var used: Int
    package var unusable: Int
    /// Their assets were taken out by the user.
    package var removed: Int

    package init(used: Int, unusable: Int, removed: Int) {
        self.used = used
        self.unusable = unusable
        self.removed = removed
    }
}
