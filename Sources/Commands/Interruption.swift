internal import Dispatch
internal import Foundation
internal import Synchronization

/// Ctrl-C, asked politely: the first says that the work will stop at a safe place, the second
/// ends the program at once. What is committed stays committed either way.
final class Interruption: Sendable {
    private let requested = Atomic<Bool>(false)

    var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Watches for as long as the program runs.
    static func watch(console: Console) -> Interruption {
        let interruption = Interruption()
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if interruption.requested.exchange(true, ordering: .relaxed) {
                    ProgramEnd.with(ExitCode.interrupted.rawValue)
                }
                console.complain("\nStopping after this step; press Ctrl-C again to stop at once.")
            }
            source.activate()
            // Kept for the program's life: nothing else holds on to a source.
            _ = Unmanaged.passRetained(source as AnyObject)
        }
        return interruption
    }
}
