import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct WriterLockTests {
    private let folder: TemporaryFolder
    private let paths: LibraryPaths

    init() throws {
        folder = try TemporaryFolder()
        paths = LibraryPaths(root: folder.path("library"))
        try FileManager.default.createDirectory(
            atPath: paths.root, withIntermediateDirectories: true)
    }

    @Test func aSecondWriterIsToldWhoHoldsTheLibrary() throws {
        let lock = try WriterLock(paths: paths)
        let error = #expect(throws: StorageError.self) { try WriterLock(paths: paths) }
        #expect(error?.description.contains("process \(getpid())") == true)
        withExtendedLifetime(lock) {}
    }

    /// A child between its fork and its exec shares every open file of its parent.
    @Test func aLockThatIsGivenBackIsFreeThoughAChildStillHasItsFileOpen() throws {
        var lock: WriterLock? = try WriterLock(paths: paths)
        let shared = descriptors(of: paths.lock).map { dup($0) }
        defer { for copy in shared { close(copy) } }
        try #require(shared.count == 1)
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try WriterLock(paths: paths)
    }

    /// This process's descriptors of one file.
    private func descriptors(of path: String) -> [Int32] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return all.compactMap { Int32($0) }.filter { number in
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/\(number)")
            return target == path
        }
    }
}
