internal import Glibc

/// Decodes files in a process of its own, one after another: a crash, a hang or a greedy file costs
/// that file alone.
///
/// The process is this program again. It is started when the first file comes, and replaced after
/// anything irregular, or when it has served its time. One thread uses a worker; several workers may
/// run at the same time.
package final class DecodingWorker: MediaDecoder {
    /// The command that makes the program a decoding process.
    package static let commandName = "decode-worker"

    private let executable: String
    private let limits: WorkerLimits
    private var coding = RequestCoding()
    private var child: ChildProcess?
    private var fileCount = 0
    /// What holds the process in; nil before it has said so.
    private var confinement: Confinement?

    /// - Parameter executable: this program, unless a test has another.
    package init(
        executable: String = "/proc/self/exe", limits: WorkerLimits = WorkerLimits()
    ) {
        self.executable = executable
        self.limits = limits
    }

    /// The process's number while there is one, for diagnostics.
    package var processIdentifier: Int32? { child?.identifier }

    package func read(
        _ request: DecodingRequest, _ receive: (DecodingEvent) throws -> Void
    ) throws {
        let encoded = try coding.body(of: request)
        // A process that turns out to have died after the last file is no fault of this one.
        guard try !isRead(request, encoded, mayHaveDied: fileCount > 0, receive) else { return }
        _ = try isRead(request, encoded, mayHaveDied: false, receive)
    }

    /// False when the process died before this file brought anything, and that is allowed for.
    private func isRead(
        _ request: DecodingRequest, _ encoded: [UInt8], mayHaveDied: Bool,
        _ receive: (DecodingEvent) throws -> Void
    ) throws -> Bool {
        let child = try ready(for: encoded)
        fileCount += 1
        var reader = EventReader(source: child.source, request: request, limits: limits)
        var receiverFailed = false
        let report: FailureReport?
        do {
            report = try reader.readFile { event in
                do {
                    try receive(event)
                } catch {
                    receiverFailed = true
                    throw error
                }
            }
        } catch  where receiverFailed {
            // The process is in the middle of something nobody wants any more.
            stop()
            throw error
        } catch MessageSource.Failure.ended where mayHaveDied && !reader.hasBegun {
            stop()
            return false
        } catch {
            let problem = self.error(error, of: child, request, reader)
            stop()
            throw problem
        }
        if fileCount >= limits.filesPerProcess || child.source.byteCount >= limits.bytesPerProcess {
            stop()
        }
        if let report { throw error(report, request) }
        return true
    }

    /// Starts the process without waiting for it, so that it is ready when the first file comes.
    package func prepare() throws {
        if child == nil { child = try start() }
    }

    /// Starts the process and finds out what holds it in.
    package func probe() throws -> Confinement {
        try prepare()
        if let confinement { return confinement }
        guard let child else { throw IsolatedDecodingError.cannotStart(detail: "it is gone") }
        return try greeting(of: child)
    }

    /// Ends the process, at once. The next file starts another.
    package func stop() {
        child?.end()
        child = nil
        confinement = nil
        fileCount = 0
    }

    /// A process that has taken the request.
    private func ready(for request: [UInt8]) throws -> ChildProcess {
        for _ in 0..<2 {
            try prepare()
            guard let child else { break }
            child.limitProcessorTime(seconds: limits.processorSeconds)
            if child.send(request) {
                if confinement == nil { _ = try greeting(of: child) }
                return child
            }
            stop()
        }
        throw IsolatedDecodingError.cannotStart(detail: "it ends as soon as it is started")
    }

    private func start() throws -> ChildProcess {
        try ChildProcess(
            executable: executable, arguments: [Self.commandName, String(limits.memoryBytes)])
    }

    /// Takes a new process's first message.
    private func greeting(of child: ChildProcess) throws -> Confinement {
        let deadline = monotonicSeconds() + limits.startSeconds
        do {
            let header = try Message.Header(
                child.source.bytes(Message.headerBytes, deadline: deadline))
            guard header.kind == .hello, header.bulkBytes == 0 else {
                throw WireError(detail: "a \(header.kind) first")
            }
            let found = try Confinement(child.source.bytes(header.bodyBytes, deadline: deadline))
            confinement = found
            return found
        } catch {
            let detail: String
            switch error {
            case MessageSource.Failure.overdue:
                detail = "it said nothing for \(Int(limits.startSeconds.rounded(.up))) s"
            case MessageSource.Failure.ended:
                let complaint = child.complaintsText().split(separator: "\n").first.map(String.init)
                detail = complaint ?? "\(child.waitForEnd())"
            default:
                detail = (error as? WireError)?.detail ?? "\(error)"
            }
            stop()
            throw IsolatedDecodingError.cannotStart(detail: detail)
        }
    }

    // MARK: Errors

    private var megabytes: Int { limits.memoryBytes >> 20 }

    private func error(_ report: FailureReport, _ request: DecodingRequest) -> IsolatedDecodingError
    {
        switch report.kind {
        case .outOfMemory: .tooMuchMemory(file: request.name, megabytes: megabytes)
        case .badData: .refused(.badData, message: report.message)
        case .unreadable: .refused(.unreadable, message: report.message)
        case .defect: .refused(.defect, message: report.message)
        case .missingLibrary: .missingLibrary(report.message)
        }
    }

    private func error(
        _ error: any Error, of child: ChildProcess, _ request: DecodingRequest,
        _ reader: EventReader
    ) -> IsolatedDecodingError {
        switch error {
        case let error as WireError:
            return .nonsense(file: request.name, detail: error.detail)
        case MessageSource.Failure.overdue where reader.isAtFileLimit:
            return .tooSlow(file: request.name, seconds: limits.fileSeconds)
        case MessageSource.Failure.overdue:
            return .silent(file: request.name, seconds: limits.silentSeconds)
        default:
            return ended(child, request)
        }
    }

    private func ended(_ child: ChildProcess, _ request: DecodingRequest) -> IsolatedDecodingError {
        let end = child.waitForEnd()
        // The words of C++'s, Swift's and glibc's runtimes.
        let complaints = child.complaintsText().lowercased()
        if ["bad_alloc", "allocat", "out of memory"].contains(where: complaints.contains) {
            return .tooMuchMemory(file: request.name, megabytes: megabytes)
        }
        switch end {
        case .signalled(SIGXCPU):
            return .tooMuchProcessorTime(file: request.name, seconds: limits.processorSeconds)
        case .signalled(SIGSYS):
            return .forbidden(file: request.name)
        case .signalled(let signal):
            return .crashed(file: request.name, signal: signal)
        case .exited(let code):
            return .ended(file: request.name, code: code)
        }
    }
}
