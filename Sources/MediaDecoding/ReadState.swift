import CFFmpeg
import Glibc

/// What libav's callbacks see of one open reader: the file, the position, and the time allowed.
///
/// Used by one thread at a time: libav calls back only from inside the calls of its owner.
final class ReadState {
    let file: RegularFile
    private let limits: DecodingLimits
    private var position: Int64 = 0
    private var deadline = Double.infinity
    /// Seconds spent in reading, and in decoding, so far.
    private var spentSeconds = 0.0
    private var decodingSeconds = 0.0
    private(set) var timedOut = false
    /// Error number of the last read that the system refused.
    private(set) var readFailure: Int32?

    init(file: RegularFile, limits: DecodingLimits) {
        self.file = file
        self.limits = limits
    }

    var passIsOver: Bool { spentSeconds + decodingSeconds > limits.passSeconds }

    /// Takes down how long decoding has taken so far, all decoders of this file together.
    func note(decodingSeconds seconds: Double) { decodingSeconds = seconds }

    /// Runs one call into libav's demuxer against the clock.
    func timed<Result>(_ work: () throws -> Result) rethrows -> Result {
        let start = monotonicSeconds()
        deadline = start + limits.stallSeconds
        defer {
            spentSeconds += monotonicSeconds() - start
            deadline = .infinity
        }
        return try work()
    }

    /// Called by libav inside long loops; true stops them.
    fileprivate func isOverdue() -> Bool {
        guard monotonicSeconds() > deadline else { return false }
        timedOut = true
        return true
    }

    fileprivate func read(into buffer: UnsafeMutablePointer<UInt8>, count: Int32) -> Int32 {
        guard !isOverdue() else { return reel_error_exit.code }
        let got = file.read(into: buffer, count: Int(count), at: position)
        if got < 0 {
            readFailure = Int32(-got)
            return Int32(got)  // AVERROR(number) is the negative number.
        }
        guard got > 0 else { return reel_error_end_of_file.code }
        position += Int64(got)
        return Int32(got)
    }

    fileprivate func seek(to offset: Int64, from origin: Int32) -> Int64 {
        if origin & AVSEEK_SIZE != 0 { return Int64(file.byteCount) }
        let base: Int64? =
            switch origin & ~AVSEEK_FORCE {
            case SEEK_SET: 0
            case SEEK_CUR: position
            case SEEK_END: Int64(file.byteCount)
            default: nil
            }
        guard let base else { return Int64(reel_error_invalid_argument.code) }
        let (target, overflow) = base.addingReportingOverflow(offset)
        guard !overflow, target >= 0 else { return Int64(reel_error_invalid_argument.code) }
        position = target
        return target
    }
}

extension ReadState {
    /// An input of libav's over this state, which must outlive it.
    func makeInput() -> UnsafeMutablePointer<AVIOContext>? {
        let byteCount = 1 << 16
        guard let buffer = av_malloc(byteCount) else { return nil }
        let input = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), Int32(byteCount), 0, opaque,
            { opaque, buffer, count in
                guard let opaque, let buffer, count > 0 else {
                    return reel_error_invalid_argument.code
                }
                return ReadState.from(opaque).read(into: buffer, count: count)
            },
            nil,
            { opaque, offset, origin in
                guard let opaque else { return Int64(reel_error_invalid_argument.code) }
                return ReadState.from(opaque).seek(to: offset, from: origin)
            })
        if input == nil { av_free(buffer) }
        return input
    }

    func makeInterrupt() -> AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { opaque in
                guard let opaque else { return 0 }
                return ReadState.from(opaque).isOverdue() ? 1 : 0
            },
            opaque: opaque)
    }

    private var opaque: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    private static func from(_ opaque: UnsafeMutableRawPointer) -> ReadState {
        Unmanaged<ReadState>.fromOpaque(opaque).takeUnretainedValue()
    }
}

func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
