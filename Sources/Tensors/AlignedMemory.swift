import Glibc

/// Memory that starts where a vector register or a cache line does, freed with its owner.
///
/// `@unchecked Sendable` because it holds a pointer: its one owner writes it before anybody else
/// sees it, and nobody afterwards.
final class AlignedMemory<Element: BitwiseCopyable>: @unchecked Sendable {
    let start: UnsafeMutablePointer<Element>
    let count: Int

    private static var alignment: Int { 64 }

    init(count: Int) {
        precondition(count >= 0, "No memory is smaller than none.")
        let (bytes, isTooLarge) = max(count, 1).multipliedReportingOverflow(
            by: MemoryLayout<Element>.stride)
        var memory: UnsafeMutableRawPointer?
        guard !isTooLarge, posix_memalign(&memory, Self.alignment, bytes) == 0, let memory else {
            preconditionFailure("No memory for \(count) numbers.")
        }
        start = memory.bindMemory(to: Element.self, capacity: max(count, 1))
        self.count = count
    }

    deinit { free(start) }
}
