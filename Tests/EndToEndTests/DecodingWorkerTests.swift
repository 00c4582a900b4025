import CSandbox
import Corpus
import Foundation
import MediaDecoding
import TestSupport
import Testing

@testable import IsolatedDecoding

/// The decoding process of the built program, against the same code in this process.
@Suite struct DecodingWorkerTests {
    private func request(_ path: String) -> DecodingRequest {
        var request = DecodingRequest(path: path)
        request.wantsSound = true
        return request
    }

    private func worker(_ limits: WorkerLimits = WorkerLimits()) -> DecodingWorker {
        DecodingWorker(executable: BuiltProgram.path.path, limits: limits)
    }

    private func failure(
        _ worker: DecodingWorker, _ request: DecodingRequest,
        _ receive: (DecodingEvent) throws -> Void = { _ in }
    ) -> IsolatedDecodingError? {
        do {
            try worker.read(request, receive)
            return nil
        } catch {
            return error as? IsolatedDecodingError
        }
    }

    private func isRunning(_ process: Int32) -> Bool { kill(process, 0) == 0 }

    /// After whatever happened, the next file is read as if nothing had.
    private func expectReady(_ worker: DecodingWorker) throws {
        let request = request(try MediaFolder.film())
        #expect(
            try EventLog(request, with: worker) == EventLog(request, with: InProcessDecoder()))
    }

    // MARK: What comes out

    @Test func eventsAreThoseOfDecodingHere() throws {
        let worker = worker()
        let names = try FileManager.default.contentsOfDirectory(atPath: BuiltProgram.media)
            .filter { [".mp4", ".webm", ".mkv", ".jpg", ".mp3"].contains(where: $0.hasSuffix) }
        #expect(names.count >= 5)
        var processes: Set<Int32> = []
        for name in names.sorted() {
            let request = request(BuiltProgram.media + "/" + name)
            let here = try EventLog(request, with: InProcessDecoder())
            let there = try EventLog(request, with: worker)
            #expect(there == here, "\(name)")
            #expect(there.isFinished && there.opened != nil)
            processes.insert(worker.processIdentifier ?? 0)
        }
        #expect(processes.count == 1, "One process serves them all.")
    }

    @Test func errorsAreThoseOfDecodingHereAndKeepTheProcess() throws {
        let worker = worker()
        try worker.prepare()
        let process = try #require(worker.processIdentifier)
        let text = try MediaFolder.write("letter.mp4", Array("A letter.".utf8))
        #expect(
            failure(worker, request(text))
                == .refused(.badData, message: MediaError.notMedia(file: text).description))
        let missing = MediaFolder.url.path + "/missing.mp4"
        let reason = MediaError.unreadable(file: missing, reason: "No such file or directory")
        #expect(
            failure(worker, request(missing)) == .refused(.unreadable, message: reason.description))
        try expectReady(worker)
        #expect(worker.processIdentifier == process)
    }

    @Test func theProcessIsHeldIn() throws {
        let worker = worker()
        let confinement = try worker.probe()
        #expect(confinement.limitsResources)
        let canFilter = reel_sandbox_kernel_can_filter() == 1
        #expect(confinement.filtersSystemCalls == canFilter)
        let process = try #require(worker.processIdentifier)
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        #expect(!canFilter || status.contains("Seccomp:\t2"))
        #expect(status.contains("NoNewPrivs:\t1"))
        let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
        for name in ["Max file size", "Max core file size"] {
            let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix(name) })
            #expect(line.split(separator: " ").suffix(3).first == "0", "\(line)")
        }
    }

    // MARK: How it ends

    @Test func aCrashCostsOneFile() throws {
        let worker = worker()
        // Its pictures do not fit in the pipe all at once, so it cannot be done already.
        let request = request(BuiltProgram.media + "/travel-diary.mp4")
        var process: Int32 = 0
        let found = failure(worker, request) { event in
            guard case .opened = event, let identifier = worker.processIdentifier else { return }
            process = identifier
            kill(identifier, SIGSEGV)
        }
        #expect(found == .crashed(file: request.name, signal: SIGSEGV))
        #expect(found?.description.contains("the decoder crashed (signal 11)") == true)
        #expect(!isRunning(process))
        try expectReady(worker)
        #expect(worker.processIdentifier != process)
    }

    private func isZombie(_ process: Int32) -> Bool {
        let line = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        return line.contains(") Z ")
    }

    @Test func aProcessThatDiesBetweenTwoFilesCostsNone() throws {
        let worker = worker()
        try expectReady(worker)
        let process = try #require(worker.processIdentifier)
        kill(process, SIGKILL)
        while !isZombie(process) { usleep(1_000) }
        try expectReady(worker)
        #expect(worker.processIdentifier != process)
    }

    @Test func aHangCostsOneFile() throws {
        var limits = WorkerLimits()
        limits.silentSeconds = 2.5
        let worker = worker(limits)
        let request = request(BuiltProgram.media + "/travel-diary.mp4")
        var process: Int32 = 0
        let found = failure(worker, request) { event in
            guard case .opened = event, let identifier = worker.processIdentifier else { return }
            process = identifier
            kill(identifier, SIGSTOP)
        }
        #expect(found == .silent(file: request.name, seconds: 2.5))
        #expect(!isRunning(process))
        #expect(found?.description.contains("no sign of life for 3 s") == true)
        try expectReady(worker)
    }

    @Test func aFileHasALimitOfItsOwn() throws {
        var limits = WorkerLimits()
        limits.fileSeconds = 0
        let request = request(try MediaFolder.film())
        #expect(failure(worker(limits), request) == .tooSlow(file: request.name, seconds: 0))
    }

    @Test func whatTheReceiverThrowsStopsTheProcess() throws {
        let worker = worker()
        var process: Int32 = 0
        #expect(throws: CancellationError.self) {
            try worker.read(request(BuiltProgram.media + "/travel-diary.mp4")) { _ in
                process = worker.processIdentifier ?? 0
                throw CancellationError()
            }
        }
        #expect(process > 0 && !isRunning(process))
        try expectReady(worker)
    }

    @Test func memoryIsLimited() throws {
        let large = try MediaFolder.make(
            "large.png", ["-f", "lavfi", "-i", "color=red:s=4000x4000:d=1", "-frames:v", "1"])
        var limits = WorkerLimits()
        limits.memoryBytes = 24 << 20
        let worker = worker(limits)
        let found = failure(worker, request(large))
        #expect(found == .tooMuchMemory(file: large, megabytes: 24))
        #expect(found?.description.contains("needed more than 24 MB of memory") == true)
        try expectReady(worker)
        #expect(try EventLog(request(large), with: self.worker()).keyFrames.count == 1)
    }

    /// A million frames of one pixel take longer than a second of processor time.
    @Test func processorTimeIsLimitedFileByFile() throws {
        var limits = WorkerLimits()
        limits.processorSeconds = 1
        let worker = worker(limits)
        let path = try MediaFolder.write("million.gif", HostileMedia.gif(frameCount: 1_000_000))
        let found = failure(worker, request(path))
        #expect(found == .tooMuchProcessorTime(file: path, seconds: 1))
        #expect(found?.description.contains("longer than 1 s of processor time") == true)
        for _ in 0..<3 { try expectReady(worker) }
    }

    // MARK: Service

    @Test func aProcessIsReplacedWhenItHasServedItsTime() throws {
        var limits = WorkerLimits()
        limits.filesPerProcess = 2
        let worker = worker(limits)
        let request = request(try MediaFolder.picture())
        var processes: [Int32] = []
        for _ in 0..<5 {
            try worker.read(request) { event in
                if case .opened = event { processes.append(worker.processIdentifier ?? 0) }
            }
        }
        #expect(processes[0] == processes[1] && processes[2] == processes[3])
        #expect(Set(processes).count == 3)
    }

    @Test func stoppingEndsTheProcess() throws {
        let worker = worker()
        try expectReady(worker)
        let process = try #require(worker.processIdentifier)
        worker.stop()
        #expect(!isRunning(process) && worker.processIdentifier == nil)
        try expectReady(worker)
    }

    @Test func aProgramThatIsNoneIsTold() throws {
        let request = request(try MediaFolder.film())
        for program in ["/no/such/program", "/bin/true", "/bin/cat"] {
            let found = failure(DecodingWorker(executable: program), request)
            guard case .cannotStart? = found else {
                Issue.record("\(program): \(String(describing: found))")
                continue
            }
        }
    }

    @Test func theCommandIsNotForPeople() throws {
        let run = try BuiltProgram.run([DecodingWorker.commandName])
        #expect(run.exitCode == 2 && run.messages.contains("run by reel itself"))
        #expect(try !BuiltProgram.run(["--help"]).output.contains(DecodingWorker.commandName))
    }

    /// When the program is gone, so is the process, even in the middle of a file.
    @Test func theProcessDoesNotOutliveItsProgram() throws {
        let process = Process()
        process.executableURL = BuiltProgram.path
        process.arguments = [DecodingWorker.commandName, "2000000000"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // Its greeting: it is ready. From here on it is spoken to by hand.
        #expect(try output.fileHandleForReading.read(upToCount: 18)?.count == 18)
        var request = request(
            try MediaFolder.write("long.gif", HostileMedia.gif(frameCount: 200_000)))
        request.wantsKeyFrames = true
        var coding = RequestCoding()
        let body = Data(try coding.body(of: request))
        var header = Data([1, 0, 0, 0])
        withUnsafeBytes(of: UInt32(body.count).littleEndian) { header.append(contentsOf: $0) }
        try input.fileHandleForWriting.write(contentsOf: header + Data(count: 8) + body)
        // The file is opened, or a sign of life came first: it is in the middle of it.
        let kind = try #require(try output.fileHandleForReading.read(upToCount: 16)?.first)
        #expect([3, 4].contains(kind))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    }
}
