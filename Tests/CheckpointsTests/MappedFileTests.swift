import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct MappedFileTests {
    private let folder: TemporaryFolder
    private let path: String
    /// 4 MiB and a little, no two pages alike.
    private let contents: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("weights")
        contents = (0..<(4 << 20) + 123).map {
            UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 12)
        }
        try Data(contents).write(to: URL(filePath: path))
    }

    @Test func pagesThatAreLetGoLeaveMemoryAndComeBack() throws {
        let file = try MappedFile(path: path)
        let isSame = { file.withBytes { $0.elementsEqual(contents) } }
        #expect(isSame())
        let before = try residentKilobytes()
        // Neither end is on a page's border.
        file.letGo(UnsafeRawBufferPointer(rebasing: file.bytes[1_000_001..<3_000_003]))
        let after = try residentKilobytes()
        // Where the kernel keeps large pages, a part of one takes the whole with it.
        #expect(before - after >= 1_900)
        #expect(isSame())
        file.letGo(UnsafeRawBufferPointer(rebasing: file.bytes[5..<50]))
        #expect(try residentKilobytes() == before)
    }

    /// Of the file's mapping, as the kernel counts it.
    private func residentKilobytes() throws -> Int {
        // A file of the kernel has no size to read up to.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
        let maps = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        let lines = maps.split(separator: "\n")
        let folder = URL(filePath: path).deletingLastPathComponent().lastPathComponent
        let start = try #require(lines.firstIndex { $0.hasSuffix("\(folder)/weights") })
        let line = try #require(lines[start...].first { $0.hasPrefix("Rss:") })
        return try #require(line.split(separator: " ").compactMap { Int($0) }.first)
    }
}
