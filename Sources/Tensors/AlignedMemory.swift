import Glibc
internal import Synchronization

/// Memory that starts where a cache line does, for numbers that live as long as a model.
///
/// `@unchecked Sendable` because it holds a pointer: its one owner writes it before anybody else
/// sees it, and nobody afterwards.
final class AlignedMemory<Element: BitwiseCopyable>: @unchecked Sendable {
    let start: UnsafeMutablePointer<Element>
    let count: Int
    private let chunk: MemoryChunk

    init(count: Int) {
        precondition(count >= 0, "No memory is smaller than none.")
        let (bytes, isTooLarge) = max(count, 1).multipliedReportingOverflow(
            by: MemoryLayout<Element>.stride)
        precondition(!isTooLarge, "No memory for \(count) numbers.")
        let block = MemoryChunk.block(bytes: bytes)
        chunk = block.chunk
        start = (chunk.start + block.offset).bindMemory(to: Element.self, capacity: max(count, 1))
        self.count = count
    }
}

/// Some megabytes in large pages, out of which blocks are cut one after the other, and which are
/// freed with the last of them. In pages of the usual size, a query would wait for the processor to
/// look up each page of a model's weights, and for the prefetcher to begin anew.
///
/// `@unchecked Sendable` because it holds a pointer, which never changes; `used` is read and written
/// only while `current` is locked.
private final class MemoryChunk: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    private let size: Int
    private var used = 0

    private static let pageSize = 2 << 20
    private static let alignment = 64
    /// The chunk that still has room.
    private static let current = Mutex<MemoryChunk?>(nil)

    private init(size: Int) {
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, Self.pageSize, size) == 0, let memory else {
            preconditionFailure("No memory for \(size) bytes.")
        }
        // A wish: without large pages all works the same.
        madvise(memory, size, MADV_HUGEPAGE)
        start = memory
        self.size = size
    }

    deinit { free(start) }

    static func block(bytes: Int) -> (chunk: MemoryChunk, offset: Int) {
        current.withLock { current in
            let needed = (bytes + alignment - 1) / alignment * alignment
            if let chunk = current, chunk.size - chunk.used >= needed {
                chunk.used += needed
                return (chunk, chunk.used - needed)
            }
            let whole = (needed + pageSize - 1) / pageSize * pageSize
            let chunk = MemoryChunk(size: max(whole, 4 * pageSize))
            chunk.used = needed
            // What is left of a chunk of its own is worth as much as what the other has.
            if chunk.size - chunk.used >= (current.map { $0.size - $0.used } ?? 0) {
                current = chunk
            }
            return (chunk, 0)
        }
    }
}
