import Foundation
import Storage
import TestSupport
import Testing

/// Rows S1 and S2: a run that ends anywhere leaves what it said was done, and the same command
/// goes on from there to the same library.
@Suite(.serialized) struct KilledRunTests {
    /// The calls at which runs are cut short: all of them in a thorough run, else a few.
    private func calls(seed: UInt64) throws -> [Int] {
        let count = try SampleLibrary.callCount.get()
        #expect(count > 20)
        guard !FaultyProgram.isThorough else { return Array(1...count) }
        var random = SeededRandom(seed: seed)
        let parts = 5
        return (0..<parts).map { part in
            Int.random(in: count * part / parts + 1...count * (part + 1) / parts, using: &random)
        }
    }

    /// What must hold of a library after a run was cut short, and after the next.
    private func expectToGoOn(
        _ sample: SampleLibrary, after run: FaultyProgram.Run, _ comment: Comment
    ) throws {
        let expected = try SampleLibrary.expected.get()
        let acknowledged = Set(
            run.acknowledged.map { URL(fileURLWithPath: $0).lastPathComponent })
        if FileManager.default.fileExists(atPath: sample.paths.manifest) {
            let left = try LibraryContent(root: sample.root)
            #expect(acknowledged.isSubset(of: left.items.keys), comment)
            for (name, item) in left.items {
                var wanted = expected.items[name]
                // A power cut may take pictures: they are made again below.
                wanted?.pictures = item.pictures
                #expect(item == wanted, comment)
            }
        } else {
            #expect(acknowledged.isEmpty, comment)
        }
        let next = try sample.index()
        #expect(next.exitCode == 0, "\(comment): \(next.messages)")
        #expect(try LibraryContent(root: sample.root) == expected, comment)
        #expect(try LibraryCheck(root: sample.root, deep: true).damage == [], comment)
        #expect(try sample.temporaryFiles() == [], comment)
    }

    @Test(arguments: [FaultyProgram.Fault.Kind.kill, .tear])
    func aRunKilledAtAnyCallIsTakenUpAgain(kind: FaultyProgram.Fault.Kind) throws {
        for call in try calls(seed: kind == .kill ? 1 : 2) {
            let sample = try SampleLibrary()
            let run = try sample.index(.init(kind: kind, call: call))
            // A torn write needs a write: where there is none the run ends before the call.
            #expect(run.exitCode == 99, "call \(call): \(run.messages)")
            try expectToGoOn(sample, after: run, "\(kind) at call \(call)")
        }
    }

    @Test(arguments: [UInt64?.none, 7, 8])
    func aPowerCutAtAnyCallLosesNothingThatWasSaidToBeDone(seed: UInt64?) throws {
        for call in try calls(seed: 3 + (seed ?? 0)) {
            let sample = try SampleLibrary()
            let run = try sample.index(
                .init(kind: .power, call: call, seed: seed.map { $0 &* 1000 &+ UInt64(call) }))
            #expect(run.exitCode == 99, "call \(call): \(run.messages)")
            try expectToGoOn(sample, after: run, "power cut at call \(call)")
        }
    }

    @Test func aRunKilledAtAnyTimeIsTakenUpAgain() throws {
        var random = SeededRandom(seed: 4)
        let count = FaultyProgram.isThorough ? 200 : 6
        // How long a whole run takes here and now.
        let start = ContinuousClock.now
        try SampleLibrary().index()
        let length = start.duration(to: .now) / .microseconds(1)
        var killed = 0
        for number in 0..<count {
            let sample = try SampleLibrary()
            let wait = Int.random(in: 0...Int(length), using: &random)
            let run = try sample.index { process in
                usleep(UInt32(wait))
                kill(process.processIdentifier, SIGKILL)
            }
            if run.exitCode == 128 + SIGKILL { killed += 1 }
            try expectToGoOn(sample, after: run, "run \(number), killed after \(wait) µs")
        }
        #expect(killed > 0)
    }

    @Test func aLaterRunKilledAnywhereKeepsWhatWasThere() throws {
        let sample = try SampleLibrary()
        try sample.index()
        let before = try LibraryContent(root: sample.root)
        let copy = sample.folder.path("copy")
        try FileManager.default.copyItem(atPath: sample.root, toPath: copy)
        try FileManager.default.removeItem(atPath: sample.media + "/picture 1.bmp")
        var call = 1
        while true {
            try FileManager.default.removeItem(atPath: sample.root)
            try FileManager.default.copyItem(atPath: copy, toPath: sample.root)
            let run = try sample.index(.init(kind: .kill, call: call))
            let left = try LibraryContent(root: sample.root)
            for name in before.items.keys where name != "picture 1.bmp" {
                #expect(left.items[name] == before.items[name])
            }
            guard run.exitCode == 99 else {
                #expect(run.exitCode == 0)
                #expect(left.items["picture 1.bmp"] == nil)
                break
            }
            call += FaultyProgram.isThorough ? 1 : 11
        }
        #expect(call > 1)
    }
}
