package import Corpus
internal import Foundation
internal import Storage
internal import TextSearch

/// A file of the user's, open for reading. Whoever gets it closes it.
package struct OpenedMedia: Sendable {
    package var descriptor: Int32
    package var size: Int
    /// Since 1970.
    package var modifiedNanoseconds: Int64
    package var inode: UInt64
    /// The last part of its path.
    package var name: String

    package init(
        descriptor: Int32, size: Int, modifiedNanoseconds: Int64, inode: UInt64, name: String
    ) {
        self.descriptor = descriptor
        self.size = size
        self.modifiedNanoseconds = modifiedNanoseconds
        self.inode = inode
        self.name = name
    }
}

extension LiveLibrary {
    /// Opens the file of an asset: one that still is as it was indexed where there is one, or else
    /// one that has changed, since most changes (a copy, a new tag) leave the pictures as they were.
    ///
    /// The path comes from the catalogue alone, and no link on the way is followed.
    package func openMedia(_ id: AssetID) throws -> OpenedMedia {
        try Failure.translating {
            let files = try readingLatest { try $0.files(of: id) }
            guard !files.isEmpty else { throw StorageError.noSuchAsset(id.description) }
            var changed: OpenedMedia?
            for file in files {
                guard let opened = LinklessFile.open(PathText(file.path)) else { continue }
                let isAsIndexed =
                    Int64(opened.size) == file.signature.size
                    && opened.modifiedNanoseconds == file.signature.modifiedNanoseconds
                guard !isAsIndexed else {
                    if let changed { close(changed.descriptor) }
                    return opened
                }
                if changed == nil { changed = opened } else { close(opened.descriptor) }
            }
            guard let changed else {
                throw Failure(
                    .noInput,
                    "\(files[0].path) cannot be read any more: it was moved or deleted, or stands "
                        + "behind a link now. Bring the library up to date: reel index FOLDER")
            }
            return changed
        }
    }

    /// The picture of a key frame, a JPEG.
    package func thumbnail(_ id: AssetID, frame ordinal: Int) throws -> [UInt8] {
        try Failure.translating {
            let path = try readingLatest { library in
                guard let frame = try library.keyFrame(of: id, ordinal: ordinal) else {
                    throw Failure(.noInput, "Asset \(id) has no key frame \(ordinal).")
                }
                return library.paths.thumbnail(frame.thumbnail)
            }
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw Failure(
                    .noInput,
                    "The picture of key frame \(ordinal) of asset \(id) is missing. "
                        + "Mend the library: reel doctor --repair")
            }
            return Array(bytes)
        }
    }

    /// What is said in an asset, as WebVTT; empty of cues where nothing is.
    /// - Parameter language: an ISO 639 code as the library has it; nil for the best there is.
    package func captions(_ id: AssetID, language: String?) throws -> String {
        try Failure.translating {
            let passages = try readingLatest { library in
                guard try library.plainAsset(id) != nil else {
                    throw StorageError.noSuchAsset(id.description)
                }
                return try library.passages(of: id).map(\.passage)
            }
            let chosen = CaptionChoice(
                of: passages, language: language, preferred: application.configuration.languages)
            return SubtitleWriter.webVTT(chosen.passages)
        }
    }
}
