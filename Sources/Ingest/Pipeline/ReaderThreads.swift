internal import Corpus
internal import Foundation
internal import Storage
internal import Synchronization

/// The threads that read files: each takes the next file of the list until there is none.
final class ReaderThreads {
    private let running = DispatchGroup()
    private let threads: [Thread]

    /// Recognisers keep large frames on the stack, in bytes.
    private static let stackSize = 8 << 20

    init(
        count: Int, files: [FolderScan.FoundFile], context: ReadingContext,
        queue: BoundedQueue<ReaderMessage>, work: WorkList, watch: ProgressWatch
    ) {
        let stillRunning = StillRunning(count)
        let running = running
        threads = (0..<count).map { _ in
            let thread = Thread {
                defer {
                    // The last one says that nothing more will come.
                    if stillRunning.count.subtract(1, ordering: .acquiringAndReleasing).newValue
                        == 0
                    {
                        queue.close()
                    }
                    running.leave()
                }
                var reader = FileReader(context: context, watch: watch, work: work, queue: queue)
                while let number = work.take() {
                    let reading = reader.read(files[number], number: number)
                    watch.leave(number)
                    let message = ReaderMessage.finished(
                        file: number, reading, secondsByStep: reader.takeSeconds())
                    guard queue.push(message) else { return }
                }
            }
            thread.stackSize = Self.stackSize
            return thread
        }
    }

    func start() {
        for thread in threads {
            running.enter()
            thread.start()
        }
    }

    func join() { running.wait() }
}

/// An atomic number that closures can share.
private final class StillRunning: Sendable {
    let count: Atomic<Int>

    init(_ count: Int) { self.count = Atomic(count) }
}
