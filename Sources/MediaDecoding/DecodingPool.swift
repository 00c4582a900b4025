import CFFmpeg
import Foundation

/// Something to decode, and what came of it.
///
/// Sendable though it changes: it belongs to who gave it until `DecodingPool.submit`, to one thread
/// of the pool from then on, and to its giver again behind `wait`; the pool's lock lies in between.
class DecodingTask: @unchecked Sendable {
    fileprivate var isDone = false
    /// Packets and frames that turned out to be broken.
    private(set) var damagedCount = 0
    /// Inside libav.
    private(set) var spentSeconds = 0.0

    fileprivate final func run(on decoder: GroupDecoder) {
        let (damaged, spent) = (decoder.damagedCount, decoder.spentSeconds)
        decode(on: decoder)
        damagedCount = decoder.damagedCount - damaged
        spentSeconds = decoder.spentSeconds - spent
    }

    fileprivate func decode(on decoder: GroupDecoder) {}
}

/// A key packet that is decoded by itself.
final class KeyTask: DecodingTask, @unchecked Sendable {
    /// Bytes of the packet.
    let byteCount: Int
    private var packet: UnsafeMutablePointer<AVPacket>?
    /// Nil when the packet did not make exactly one whole picture.
    private(set) var picture: MeasuredFrame?

    /// - Parameter packet: stays the caller's; its bytes are shared.
    init(_ packet: UnsafeMutablePointer<AVPacket>) {
        byteCount = Int(max(0, packet.pointee.size))
        self.packet = av_packet_clone(packet)
    }

    deinit { av_packet_free(&packet) }

    override fileprivate func decode(on decoder: GroupDecoder) {
        picture = packet.flatMap(decoder.keyPicture)
        av_packet_free(&packet)
    }
}

/// A group of pictures that is decoded as far as its plan says.
final class GroupTask: DecodingTask, @unchecked Sendable {
    /// Loses its packets as they are decoded.
    private let group: PacketGroup
    private let plan: GroupPlan
    private(set) var frames: Result<GroupFrames, any Error>?

    init(_ group: PacketGroup, _ plan: GroupPlan) {
        self.group = group
        self.plan = plan
    }

    override fileprivate func decode(on decoder: GroupDecoder) {
        frames = Result { try decoder.decode(group, plan) }
        // It may wait for others now.
        group.dropPackets()
    }
}

/// Threads with a decoder each, that begin tasks in the order in which they are given.
///
/// With one thread it is the caller's, and a task is done when it is given.
final class DecodingPool {
    private let shared: Shared
    private let own: GroupDecoder?

    /// What threads share; all of it is touched under the lock only.
    private final class Shared: @unchecked Sendable {
        let condition = NSCondition()
        var tasks: [DecodingTask] = []
        var isStopped = false
        var running: Int

        init(threads: Int) { running = threads }

        /// Nil when the pool has been stopped.
        func next() -> DecodingTask? {
            condition.withLock {
                while tasks.isEmpty, !isStopped { condition.wait() }
                return isStopped ? nil : tasks.removeFirst()
            }
        }

        func finish(_ task: DecodingTask) {
            condition.withLock {
                task.isDone = true
                condition.broadcast()
            }
        }

        func leave() {
            condition.withLock {
                running -= 1
                condition.broadcast()
            }
        }
    }

    /// A decoder on its way to its thread, which alone uses it from then on.
    private struct Handed: @unchecked Sendable {
        let decoder: GroupDecoder
    }

    /// libav's decoders keep little on the stack; in bytes.
    private static let stackSize = 4 << 20

    /// - Parameter threads: of the pool; with one, `decoderThreads` of libav's own help it.
    init(
        reader: ContainerReader, streamIndex: Int, threads: Int, decoderThreads: Int = 1
    ) throws {
        let decoders = try (0..<max(1, threads)).map { _ in
            try GroupDecoder(
                reader: reader, streamIndex: streamIndex,
                threads: threads > 1 ? 1 : decoderThreads)
        }
        own = decoders.count == 1 ? decoders[0] : nil
        shared = Shared(threads: own == nil ? decoders.count : 0)
        guard own == nil else { return }
        for decoder in decoders {
            let handed = Handed(decoder: decoder)
            let thread = Thread { [shared] in
                while let task = shared.next() {
                    task.run(on: handed.decoder)
                    shared.finish(task)
                }
                shared.leave()
            }
            thread.stackSize = Self.stackSize
            thread.start()
        }
    }

    deinit { stop() }

    func submit(_ task: DecodingTask) {
        if let own {
            task.run(on: own)
            task.isDone = true
            return
        }
        shared.condition.withLock {
            shared.tasks.append(task)
            shared.condition.broadcast()
        }
    }

    func isDone(_ task: DecodingTask) -> Bool { shared.condition.withLock { task.isDone } }

    /// Returns when the task is done; the pool must not have been stopped.
    func wait(for task: DecodingTask) {
        shared.condition.withLock {
            while !task.isDone { shared.condition.wait() }
        }
    }

    /// Gives up the tasks not yet begun, and returns when no thread runs any more.
    func stop() {
        shared.condition.withLock {
            shared.isStopped = true
            shared.condition.broadcast()
            while shared.running > 0 { shared.condition.wait() }
        }
    }
}
