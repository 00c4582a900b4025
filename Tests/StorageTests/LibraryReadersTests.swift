import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Storage

/// Readers of one commit, lent to several threads.
@Suite struct LibraryReadersTests {
    private let folder: TemporaryFolder
    private var root: String { folder.path("library") }

    init() throws { folder = try TemporaryFolder() }

    private func commit(_ content: String) throws {
        let writer = try LibraryWriter(root: root)
        try writer.use(frameSpace)
        let record = record(content)
        try writer.commit(record, from: file(record))
        try writer.finish()
    }

    /// More readers than one of a commit that is gone cannot be had. Their permits are given up, and
    /// the program goes on when the readers are let go of with fewer than there were.
    @Test func ofACommitThatIsGoneOneReaderServesAll() throws {
        try commit("harbour")
        let root = root
        var readers: LibraryReaders? = try LibraryReaders(limit: 4) {
            try LibraryReader(root: root)
        }
        try commit("mountain")
        let counts = Mutex<[Int]>([])
        let generation = try #require(readers?.generation)
        DispatchQueue.concurrentPerform(iterations: 8) { [readers] _ in
            for _ in 0..<20 {
                let count = try? readers?.with { reader in
                    #expect(reader.generation == generation)
                    usleep(100)
                    return try reader.assets().count
                }
                counts.withLock { $0.append(count ?? -1) }
            }
        }
        #expect(counts.withLock { $0 } == [Int](repeating: 1, count: 160))
        weak let gone = readers
        readers = nil
        #expect(gone == nil)
    }
}
