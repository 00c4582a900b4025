import Glibc

/// The program's end of the pipe that messages arrive through, read against a deadline.
final class MessageSource {
    enum Failure: Error {
        /// The other end is closed.
        case ended
        /// The deadline passed.
        case overdue
    }

    private let descriptor: Int32
    /// Bytes read ahead and not yet taken: `buffer[taken..<filled]`.
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var taken = 0
    private var filled = 0
    /// Bytes handed out so far.
    private(set) var byteCount = 0

    /// - Parameter descriptor: stays the caller's to close.
    init(descriptor: Int32) { self.descriptor = descriptor }

    func bytes(_ count: Int, deadline: Double) throws -> [UInt8] {
        var failure: (any Error)?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, filledCount in
            do {
                try fill(UnsafeMutableRawBufferPointer(target), deadline: deadline)
                filledCount = count
            } catch {
                failure = error
                filledCount = 0
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Fills all of the target, or throws.
    func fill(_ target: UnsafeMutableRawBufferPointer, deadline: Double) throws {
        guard let base = target.baseAddress else { return }
        byteCount += target.count
        var done = take(into: target)
        while done < target.count {
            let missing = target.count - done
            if missing < buffer.count {
                filled = try buffer.withUnsafeMutableBytes { try read(into: $0, deadline) }
                taken = 0
                done += take(into: UnsafeMutableRawBufferPointer(rebasing: target[done...]))
            } else {
                // Pixels go straight where they belong.
                let rest = UnsafeMutableRawBufferPointer(start: base + done, count: missing)
                done += try read(into: rest, deadline)
            }
        }
    }

    private func take(into target: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(filled - taken, target.count)
        guard count > 0, let base = target.baseAddress else { return 0 }
        buffer.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress {
                base.copyMemory(from: start + taken, byteCount: count)
            }
        }
        taken += count
        return count
    }

    /// At least one byte.
    private func read(into target: UnsafeMutableRawBufferPointer, _ deadline: Double) throws -> Int
    {
        while true {
            let left = deadline - monotonicSeconds()
            guard left > 0 else { throw Failure.overdue }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, Int32(min(left * 1_000 + 1, 3_600_000)))
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            guard ready > 0 else { throw Failure.ended }
            let got = Glibc.read(descriptor, target.baseAddress, target.count)
            if got > 0 { return got }
            if got < 0, errno == EINTR || errno == EAGAIN { continue }
            throw Failure.ended
        }
    }
}

/// The system's steady clock.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
