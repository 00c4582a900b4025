internal import Foundation
internal import Service
internal import Synchronization

enum AgentCommand: Command {
    static let name = "mcp"
    static let summary = "Serve agents over standard input and output (Model Context Protocol)"
    static let operands = ""
    static let options: [CommandLineOption] = []
    static let examples: [(line: String, does: String)] = [
        ("reel --index indexes/talks mcp", "What an agent's settings name as its command")
    ]

    /// A longer message is refused.
    private static let longestLine = 4 << 20  // bytes
    /// Requests in flight may end within this when the agent is gone.
    private static let drainSeconds = 5.0

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        try arguments.refuseOperands()
        let console = context.console
        let agent = AgentProtocol(
            tools: AgentTools(library: StandaloneLibrary(application: context.application)))
        let work = AgentWork(agent: agent) {
            console.print($0)
        } onError: {
            console.complain("reel: \($0)")
        }
        var lines = LineReader(longest: longestLine)
        while let line = lines.next() {
            switch line {
            case .bytes(let bytes): work.take(bytes)
            case .tooLong:
                console.complain("reel: a message longer than \(longestLine) bytes was passed over")
            }
        }
        work.finish(within: drainSeconds)
        return .success
    }
}

/// Messages carried out one after the other on a thread of their own, so that a cancellation is
/// heard while a request is at work.
private final class AgentWork: Sendable {
    private struct State {
        var waiting: [AgentValue] = []
        var current: AgentValue?
        var isCurrentCancelled = false
        var isClosed = false
        var isIdle = true
    }

    private let agent: AgentProtocol
    private let print: @Sendable (String) -> Void
    private let onError: @Sendable (any Error) -> Void
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    init(
        agent: AgentProtocol, print: @escaping @Sendable (String) -> Void,
        onError: @escaping @Sendable (any Error) -> Void
    ) {
        self.agent = agent
        self.print = print
        self.onError = onError
        let thread = Thread { [self] in
            while carryOutNext() {}
            done.signal()
        }
        // Networks run here, in frames of the size they have on the main thread.
        thread.stackSize = 8 << 20
        thread.start()
    }

    func take(_ bytes: [UInt8]) {
        let (message, error) = AgentProtocol.message(from: bytes)
        if let error { return answer(error) }
        guard let message else { return }
        if message["method"]?.text == "notifications/cancelled" {
            cancel(message["params"]?["requestId"])
            return
        }
        state.withLock { $0.waiting.append(message) }
        wake.signal()
    }

    private func cancel(_ id: AgentValue?) {
        guard let id else { return }
        state.withLock { state in
            state.waiting.removeAll { $0["id"] == id }
            if state.current?["id"] == id { state.isCurrentCancelled = true }
        }
    }

    /// Lets what is waiting end, then stops it.
    func finish(within seconds: Double) {
        state.withLock { $0.isClosed = true }
        wake.signal()
        guard done.wait(timeout: .now() + seconds) == .timedOut else { return }
        state.withLock { state in
            state.waiting = []
            state.isCurrentCancelled = true
        }
        _ = done.wait(timeout: .now() + 1)
    }

    /// - Returns: false when no more will come.
    private func carryOutNext() -> Bool {
        let next: AgentValue? = state.withLock { state in
            state.current = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            state.isCurrentCancelled = false
            return state.current
        }
        guard let next else {
            guard !state.withLock({ $0.isClosed }) else { return false }
            wake.wait()
            return true
        }
        do {
            let outcome = try agent.handle(next) { [self] in
                state.withLock { $0.isCurrentCancelled }
            }
            let isCancelled = state.withLock { $0.isCurrentCancelled }
            if case .response(let response, _) = outcome, !isCancelled { answer(response) }
        } catch let failure as Failure where failure.cause == .interrupted {
            // Nobody waits for what was cancelled.
            return true
        } catch {
            onError(error)
        }
        return true
    }

    private func answer(_ response: AgentValue) {
        do {
            print(try JSONLine.text(of: response))
        } catch {
            onError(error)
        }
    }
}

/// The lines of standard input.
private struct LineReader {
    enum Line {
        case bytes([UInt8])
        case tooLong
    }

    private let longest: Int
    private var pending: [UInt8] = []
    private var searched = 0
    private var isSkipping = false
    private var isAtEnd = false

    init(longest: Int) { self.longest = longest }

    /// Nil at the end of the input; lines without anything are passed over.
    mutating func next() -> Line? {
        while true {
            if let end = pending[searched...].firstIndex(of: 0x0A) {
                let line = Array(pending[..<end])
                pending.removeSubrange(...end)
                searched = 0
                if isSkipping {
                    isSkipping = false
                    return .tooLong
                }
                if line.contains(where: { $0 > 0x20 }) { return .bytes(line) }
                continue
            }
            searched = pending.count
            if pending.count > longest {
                (pending, searched, isSkipping) = ([], 0, true)
            }
            guard !isAtEnd else { return nil }
            if !fill() {
                isAtEnd = true
                // A last line may lack its end.
                if !pending.isEmpty { pending.append(0x0A) }
            }
        }
    }

    private mutating func fill() -> Bool {
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(STDIN_FILENO, &room, room.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            pending += room[..<count]
            return true
        }
    }
}
