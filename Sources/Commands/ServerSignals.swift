internal import Dispatch
internal import Foundation
internal import Synchronization
internal import WebAPI

/// Signals to a server: the first SIGTERM or Ctrl-C lets requests in flight end, the second ends
/// the program at once. A terminal that goes away is no reason to stop.
enum ServerSignals {
    private static let hasAsked = Atomic<Bool>(false)

    /// Watches for as long as the program runs.
    static func watch(_ server: HTTPServer.Handle, console: Console) {
        signal(SIGHUP, SIG_IGN)
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if hasAsked.exchange(true, ordering: .relaxed) { exit(128 + number) }
                console.note("Stopping once requests in flight are answered.")
                server.drain()
            }
            source.activate()
            // Kept for the program's life: nothing else holds on to a source.
            _ = Unmanaged.passRetained(source as AnyObject)
        }
    }
}
