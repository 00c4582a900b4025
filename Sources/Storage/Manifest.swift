internal import Foundation

/// The library's birth certificate: written once, read before anything else is trusted.
///
/// What changes (generation, models, counts) lives in the catalogue, where it changes in the same
/// transaction as the data it describes.
package struct Manifest: Codable, Sendable, Equatable {
    /// Raised when an older program could misread the folder.
    package static let currentFormat = 1

    package var formatVersion = Manifest.currentFormat
    /// Random; the catalogue holds the same, so that files of two libraries are never mixed.
    package var libraryID: String
    /// Version of ICU whose word boundaries the text store was cut by.
    package var icuVersion: String

    enum CodingKeys: String, CodingKey {
        case formatVersion = "format_version"
        case libraryID = "library_id"
        case icuVersion = "icu_version"
    }

    static func read(from paths: LibraryPaths) throws -> Manifest {
        guard let bytes = FileManager.default.contents(atPath: paths.manifest) else {
            throw StorageError.noLibrary(path: paths.root)
        }
        // The version first: another version's manifest may have other fields.
        struct Version: Decodable {
            var formatVersion: Int
            enum CodingKeys: String, CodingKey { case formatVersion = "format_version" }
        }
        guard let version = try? JSONDecoder().decode(Version.self, from: bytes) else {
            throw StorageError.notALibrary(
                path: paths.root, reason: "manifest.json does not name a format version")
        }
        guard version.formatVersion == currentFormat else {
            throw StorageError.unknownFormat(
                path: paths.root, found: version.formatVersion, known: currentFormat)
        }
        guard let manifest = try? JSONDecoder().decode(Manifest.self, from: bytes) else {
            throw StorageError.notALibrary(
                path: paths.root, reason: "manifest.json lacks library_id or icu_version")
        }
        return manifest
    }

    func write(to paths: LibraryPaths) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try DurableFile.write(Array(try encoder.encode(self)) + [0x0A], to: paths.manifest)
    }
}
