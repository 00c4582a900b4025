import Glibc
internal import Synchronization

/// Memory for what is held only meanwhile, aligned to a cache line. It comes from what others have
/// left, since pages fresh from the system cost more than some steps of a network do.
///
/// `@unchecked Sendable` because it holds a pointer: its one owner writes it before anybody else
/// sees it, or hands out parts that nobody shares.
package final class ScratchMemory<Element: BitwiseCopyable>: @unchecked Sendable {
    /// Holds anything until it is written.
    package let start: UnsafeMutablePointer<Element>
    private let memory: UnsafeMutableRawPointer
    private let size: ScratchPool.Size

    package init(count: Int) {
        precondition(count >= 0, "No memory is smaller than none.")
        let (bytes, isTooLarge) = max(count, 1).multipliedReportingOverflow(
            by: MemoryLayout<Element>.stride)
        precondition(!isTooLarge, "No memory for \(count) numbers.")
        size = ScratchPool.Size(bytes: bytes)
        memory = ScratchPool.take(size)
        start = memory.bindMemory(to: Element.self, capacity: max(count, 1))
    }

    deinit { ScratchPool.giveBack(memory, size) }
}

/// Blocks that nobody uses, by their size.
private enum ScratchPool {
    /// Powers of two, and the halves between them.
    struct Size {
        let place: Int
        let bytes: Int

        init(bytes: Int) {
            let least = max(bytes, 1 << 8)
            let power = Int.bitWidth - (least - 1).leadingZeroBitCount
            let whole = 1 << power
            let isSmaller = least <= whole / 4 * 3
            place = 2 * power - (isSmaller ? 1 : 0)
            self.bytes = isSmaller ? whole / 4 * 3 : whole
        }
    }

    /// Bytes that are kept for later, at most.
    private static let limit = 32 << 20

    private struct Kept {
        /// Addresses, by the place of their size.
        var blocks: [[UInt]] = Array(repeating: [], count: 2 * Int.bitWidth)
        var bytes = 0
    }

    private static let kept = Mutex(Kept())

    static func take(_ size: Size) -> UnsafeMutableRawPointer {
        let address = kept.withLock { kept -> UInt? in
            guard let block = kept.blocks[size.place].popLast() else { return nil }
            kept.bytes -= size.bytes
            return block
        }
        if let address, let block = UnsafeMutableRawPointer(bitPattern: address) { return block }
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, 64, size.bytes) == 0, let memory else {
            preconditionFailure("No memory for \(size.bytes) bytes.")
        }
        return memory
    }

    static func giveBack(_ block: UnsafeMutableRawPointer, _ size: Size) {
        let address = UInt(bitPattern: block)
        let isKept = kept.withLock { kept -> Bool in
            guard kept.bytes + size.bytes <= limit else { return false }
            kept.blocks[size.place].append(address)
            kept.bytes += size.bytes
            return true
        }
        if !isKept { free(block) }
    }
}
