import CSandbox
import Glibc

/// A decoding process as its parent sees it: started, given requests, read from, ended, and asked
/// why it ended.
final class ChildProcess {
    let identifier: pid_t
    let source: MessageSource
    private let requests: Int32
    private let events: Int32
    private let complaints: Int32
    private var isReaped = false

    /// - Parameters:
    ///   - executable: a program that answers `arguments` as `DecodingChild` does.
    ///   - arguments: without the program's own name.
    init(executable: String, arguments: [String]) throws {
        let requests = try Self.pair { reel_sandbox_socket_pair($0) }
        var open = [requests.ours, requests.theirs]
        defer { for descriptor in open { close(descriptor) } }
        let events = try Self.pair { reel_sandbox_pipe($0, 1 << 20) }
        open += [events.ours, events.theirs]
        // Small: a library that will not stop complaining finds it full, and goes on unheard.
        let complaints = try Self.pair { reel_sandbox_pipe($0, 1 << 12) }
        open += [complaints.ours, complaints.theirs]
        for descriptor in [complaints.ours, complaints.theirs] {
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        }
        identifier = try Self.spawn(
            executable, arguments: arguments, input: requests.theirs, output: events.theirs,
            errors: complaints.theirs)
        open = [requests.theirs, events.theirs, complaints.theirs]
        self.requests = requests.ours
        self.events = events.ours
        self.complaints = complaints.ours
        source = MessageSource(descriptor: events.ours)
    }

    deinit {
        end()
        close(requests)
        close(events)
        close(complaints)
    }

    /// False when the process is gone.
    func send(_ request: [UInt8]) -> Bool {
        let header = Message.Header(kind: .request, bodyBytes: request.count, bulkBytes: 0)
        return (header.bytes + request).withUnsafeBytes {
            reel_sandbox_send(requests, $0.baseAddress, $0.count) == 0
        }
    }

    /// Allows this much processor time from now on, and no more.
    func limitProcessorTime(seconds: Int) {
        let used = reel_sandbox_processor_nanoseconds(identifier)
        guard used >= 0 else { return }
        let (allowed, overflow) = (Int(used / 1_000_000_000) + 1)
            .addingReportingOverflow(max(1, seconds))
        guard !overflow, allowed >= 0 else { return }
        _ = reel_sandbox_limit_processor_time(identifier, UInt64(allowed))
    }

    /// Ends the process at once, whatever it is doing.
    func end() {
        guard !isReaped else { return }
        kill(identifier, SIGKILL)
        _ = reap()
    }

    enum End: Equatable, CustomStringConvertible {
        case exited(code: Int32)
        case signalled(Int32)

        var description: String {
            switch self {
            case .exited(let code): "it ended at once with code \(code)"
            case .signalled(let signal): "it was ended at once by signal \(signal)"
            }
        }
    }

    /// Waits for the end of a process that has closed its pipe, for a second at most; one that
    /// lives on is ended.
    func waitForEnd() -> End {
        let deadline = monotonicSeconds() + 1
        while true {
            if let end = reap(options: WNOHANG) { return end }
            guard monotonicSeconds() < deadline else { break }
            usleep(1_000)
        }
        kill(identifier, SIGKILL)
        return reap() ?? .signalled(SIGKILL)
    }

    /// Nil while the process runs.
    private func reap(options: Int32 = 0) -> End? {
        guard !isReaped else { return nil }
        var status: Int32 = 0
        var found = waitpid(identifier, &status, options)
        while found < 0, errno == EINTR { found = waitpid(identifier, &status, options) }
        guard found != 0 else { return nil }
        isReaped = true
        guard found == identifier else { return .exited(code: -1) }
        // What WIFSIGNALED and its like do with a status.
        return status & 0x7F == 0
            ? .exited(code: status >> 8 & 0xFF) : .signalled(status & 0x7F)
    }

    /// What the process wrote to its standard error, as far as there was room.
    func complaintsText() -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 12)
        let got = bytes.withUnsafeMutableBytes { read(complaints, $0.baseAddress, $0.count) }
        return String(decoding: bytes.prefix(max(0, got)), as: UTF8.self)
    }

    private static func pair(
        _ make: (UnsafeMutablePointer<Int32>) -> Int32
    ) throws -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        let result = ends.withUnsafeMutableBufferPointer { ends in
            ends.baseAddress.map(make) ?? EINVAL
        }
        guard result == 0 else { throw cannotStart(result) }
        // A pipe is read from its first end.
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ executable: String, arguments: [String], input: Int32, output: Int32, errors: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, place) in [(input, 0), (output, 1), (errors, 2)] {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(place))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: Ctrl-C at the terminal is the parent's matter.
        posix_spawnattr_setpgroup(&attributes, 0)
        var blocked = sigset_t()
        sigemptyset(&blocked)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        var restored = sigset_t()
        sigemptyset(&restored)
        sigaddset(&restored, SIGXCPU)
        posix_spawnattr_setsigdefault(&attributes, &restored)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
        var variables: [UnsafeMutablePointer<CChar>?] = environment().map { strdup($0) }
        words.append(nil)
        variables.append(nil)
        defer { for text in words + variables { free(text) } }
        var identifier: pid_t = 0
        let result = posix_spawn(
            &identifier, executable, &actions, &attributes, &words, &variables)
        guard result == 0 else { throw cannotStart(result) }
        return identifier
    }

    /// Only what finding libraries and data needs, one thread for those who would take all, and no
    /// help of Swift's in a crash: it would start a debugger, which the sandbox forbids.
    private static func environment() -> [String] {
        let kept = ["LD_LIBRARY_PATH", "TESSDATA_PREFIX"].compactMap { (name: String) in
            getenv(name).map { "\(name)=\(String(cString: $0))" }
        }
        return kept + [
            "LC_ALL=C.UTF-8", "OMP_THREAD_LIMIT=1", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1",
            "SWIFT_BACKTRACE=enable=no",
            // Each reserves 64 MB of the address space that is limited.
            "MALLOC_ARENA_MAX=4",
        ]
    }
}

private func cannotStart(_ number: Int32) -> IsolatedDecodingError {
    .cannotStart(detail: String(cString: strerror(number)))
}
