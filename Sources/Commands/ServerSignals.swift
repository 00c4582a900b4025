internal import Dispatch
internal import Foundation
internal import Service
internal import Synchronization
internal import WebAPI

/// Signals to a server: the first SIGTERM or Ctrl-C lets requests in flight end, the second ends
/// the program at once. SIGHUP has the settings read again: daemons do, and a terminal that goes
/// away is no reason to stop.
enum ServerSignals {
    private static let hasAsked = Atomic<Bool>(false)

    /// Watches for as long as the program runs.
    /// - Parameter settings: reads them again.
    static func watch(
        _ service: WebService.Handle, console: Console,
        settings: @escaping @Sendable () throws -> Configuration
    ) {
        for number in [SIGINT, SIGTERM] {
            on(number) {
                if hasAsked.exchange(true, ordering: .relaxed) { ProgramEnd.with(128 + number) }
                console.note("Stopping once requests in flight are answered.")
                service.drain()
            }
        }
        on(SIGHUP) {
            do {
                try service.reload(settings)
                console.note("Token, allowed hosts and media roots were read again.")
            } catch {
                console.complain("reel: The settings stay as they were. \(error)")
            }
        }
    }

    private static func on(_ number: Int32, _ body: @escaping @Sendable () -> Void) {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler(handler: body)
        source.activate()
        // Kept for the program's life: nothing else holds on to a source.
        _ = Unmanaged.passRetained(source as AnyObject)
    }
}
