internal import CSandbox
internal import Foundation

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
    private let encoder = JSONEncoder()
    private var child: ChildProcess?
    private var fileCount = 0
    /// What holds the process in; nil before the first file.
    package private(set) var confinement: Confinement?

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
        let child = try ready(for: encoder.encode(request))
        fileCount += 1
        var reader = EventReader(source: child.source, request: request, limits: limits)
        var receiverFailed = false
        do {
            let failure = try reader.readFile { event in
                do {
                    try receive(event)
                } catch {
                    receiverFailed = true
                    throw error
                }
            }
            confinement = reader.confinement ?? confinement
            if fileCount >= limits.filesPerProcess
                || child.source.byteCount >= limits.bytesPerProcess
            {
                stop()
            }
            if let failure { throw error(failure, request) }
        } catch let error as IsolatedDecodingError where !receiverFailed {
            throw error
        } catch {
            // Whatever happened, the process is in the middle of something.
            let problem = receiverFailed ? error : self.error(error, of: child, request)
            stop()
            throw problem
        }
    }

    /// Ends the process, at once. The next file starts another.
    package func stop() {
        child?.end()
        child = nil
    }

    /// A process that has taken the request.
    private func ready(for request: Data) throws -> ChildProcess {
        // One that died between two files is no fault of this one.
        for _ in 0..<2 {
            let child = try self.child ?? start()
            child.limitProcessorTime(seconds: limits.processorSeconds)
            if child.send(Array(request)) { return child }
            stop()
        }
        throw IsolatedDecodingError.cannotStart(detail: "it ends as soon as it is started")
    }

    private func start() throws -> ChildProcess {
        let started = try ChildProcess(
            executable: executable,
            arguments: [Self.commandName, String(limits.memoryBytes)])
        child = started
        fileCount = 0
        return started
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
        }
    }

    private func error(
        _ error: any Error, of child: ChildProcess, _ request: DecodingRequest
    ) -> IsolatedDecodingError {
        switch error {
        case let error as WireError:
            return .nonsense(file: request.name, detail: error.detail)
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
            guard confinement != nil else {
                return .cannotStart(detail: "it ended at once with code \(code)")
            }
            return .ended(file: request.name, code: code)
        }
    }
}
