import Corpus
import Foundation
import Storage
import TestSupport
import Testing

/// Rows S17 and S18: clocks that jump, few descriptors, and folders that hold more than files.
@Suite(.serialized) struct OddFolderTests {
    @Test(arguments: [-315_360_000.0, 315_360_000])
    func aFileFromAnotherDecadeIsTakenInOnceAndThenKnown(seconds: Double) throws {
        let sample = try SampleLibrary()
        let path = sample.media + "/picture 0.bmp"
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: seconds)], ofItemAtPath: path)
        let first = try sample.index()
        #expect(first.acknowledged.contains { $0.hasSuffix("picture 0.bmp") })
        let second = try sample.index()
        #expect(second.exitCode == 0)
        #expect(second.acknowledged.isEmpty)
    }

    @Test func contentThatChangesUnderAnUnchangedTimeStampIsSeen() throws {
        let sample = try SampleLibrary()
        let path = sample.media + "/picture 0.bmp"
        try sample.index()
        let before = try LibraryContent(root: sample.root).items["picture 0.bmp"]?.asset.id
        let date = try #require(
            try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count - 1] ^= 0xFF
        // In place: same name, size, inode and time.
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.write(contentsOf: bytes)
        try handle.close()
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        try sample.index()
        let after = try LibraryContent(root: sample.root).items["picture 0.bmp"]?.asset.id
        #expect(before != after)
    }

    @Test func sixtyFourDescriptorsAreEnough() throws {
        let sample = try SampleLibrary()
        let picture = try Data(contentsOf: URL(fileURLWithPath: sample.media + "/picture 0.bmp"))
        for number in 0..<24 {
            try sample.write(Array(picture) + [UInt8(number)], to: "more \(number).bmp")
        }
        let run = try sample.index(limits: "-n 64")
        #expect(run.exitCode == 0, "\(run.messages)")
        #expect(try LibraryContent(root: sample.root).items.count == 29)
        let search = try FaultyProgram.run(
            ["search", "lighthouse"], library: sample.root, limits: "-n 64")
        #expect(search.exitCode == 0, "\(search.messages)")
    }

    @Test func whatIsNoFileIsLeftAloneAndOddNamesAreNot() throws {
        let sample = try SampleLibrary()
        let media = sample.media
        let picture = try Data(contentsOf: URL(fileURLWithPath: media + "/picture 0.bmp"))
        mkfifo(media + "/pipe.mp4", 0o644)
        symlink(media, media + "/loop")
        symlink("circle.mp4", media + "/circle.mp4")
        symlink("/dev/zero", media + "/zero.mp4")
        let names = [
            "two\nlines.bmp", String(repeating: "n", count: 251) + ".bmp", "e\u{301}.bmp",
            "100% %s 'quoted\" .bmp", "-x.bmp", "http:x.bmp",
        ]
        for (number, name) in names.enumerated() {
            try sample.write(Array(picture) + [UInt8(number)], to: name)
        }
        let run = try sample.index()
        #expect(run.exitCode == 0, "\(run.messages)")
        let reader = try LibraryReader(root: sample.root)
        let known = Set(try reader.assets().map { PathText($0.asset.path) })
        for name in names { #expect(known.contains(PathText(media + "/" + name)), "\(name)") }
        #expect(try LibraryContent(root: sample.root).items["loop"] == nil)
        let second = try sample.index()
        #expect(second.acknowledged.isEmpty)
        #expect(second.exitCode == 0)
    }
}
