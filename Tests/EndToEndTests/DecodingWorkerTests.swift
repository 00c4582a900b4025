import Corpus
import Foundation
import IsolatedDecoding
import MediaDecoding
import TestSupport
import Testing

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
}
