import Foundation
import TestSupport
import Testing

@testable import Service

@Suite struct MediaRootsTests {
    private let folder: TemporaryFolder
    /// Without links, as the system has it.
    private let root: String
    private let roots: MediaRoots

    init() throws {
        folder = try TemporaryFolder()
        let made = folder.url.resolvingSymlinksInPath().path
        let files = FileManager.default
        for name in ["media/talks", "media-private", "other"] {
            try files.createDirectory(
                atPath: made + "/" + name, withIntermediateDirectories: true)
        }
        for name in ["media/talks/a.mp4", "media-private/b.mp4", "other/c.mp4"] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: made + "/" + name))
        }
        try files.createSymbolicLink(
            atPath: made + "/media/out", withDestinationPath: made + "/other")
        try files.createSymbolicLink(
            atPath: made + "/media/in", withDestinationPath: made + "/media/talks")
        try files.createSymbolicLink(
            atPath: made + "/media/environ", withDestinationPath: "/proc/self/environ")
        try files.createSymbolicLink(
            atPath: made + "/linked", withDestinationPath: made + "/media")
        root = made
        roots = try MediaRoots([made + "/linked"])
    }

    @Test func whatLiesBelowARootIsTakenByItsRealPath() throws {
        #expect(roots.paths == [root + "/media"])
        for path in ["media", "media/talks", "media/in", "linked/talks"] {
            let expected = path == "media" ? "/media" : "/media/talks"
            #expect(try roots.resolve(root + "/" + path) == root + expected)
        }
        #expect(try roots.resolve(root + "/media/in/a.mp4") == root + "/media/talks/a.mp4")
    }

    private static let escapes: [(path: String, cause: Failure.Cause)] = [
        ("/media/out", .noPermission), ("/media/out/c.mp4", .noPermission),
        ("/media/environ", .noPermission), ("/media-private", .noPermission),
        ("/media-private/b.mp4", .noPermission), ("/other", .noPermission),
        ("/nosuch", .noPermission), ("", .noPermission),
        ("/media/talks/../../other", .badRequest), ("/media/./talks", .badRequest),
        ("/media/nosuch.mp4", .noInput), ("/media/talks/\0/a.mp4", .badRequest),
    ]

    @Test(arguments: escapes)
    func whatLeadsOutOfTheRootsIsRefused(path: String, cause: Failure.Cause) throws {
        let failure = #expect(throws: Failure.self) { try roots.resolve(root + path) }
        #expect(failure?.cause == cause)
    }

    @Test(arguments: ["/proc/self/environ", "/sys", "/dev/zero", "/etc/passwd"])
    func theSystemsFilesAreRefused(path: String) {
        #expect(throws: Failure.self) { try roots.resolve(path) }
    }

    @Test func evenTheRootOfAllLeavesTheKernelsFoldersOut() throws {
        let all = try MediaRoots(["/"])
        #expect(try all.resolve(root + "/other") == root + "/other")
        for path in ["/proc/self/environ", "/sys/kernel", "/dev/zero"] {
            #expect(throws: Failure.self) { try all.resolve(path) }
        }
    }

    @Test func relativePathsAreRefused() {
        for path in ["media", "./media", "", "~"] {
            let failure = #expect(throws: Failure.self) { try roots.resolve(path) }
            #expect(failure?.cause == .badRequest)
        }
    }

    @Test func withoutARootItIsSaidHowToAllowOne() throws {
        let none = try MediaRoots([])
        let failure = #expect(throws: Failure.self) { try none.resolve(root) }
        #expect(failure?.cause == .noPermission)
        #expect(failure?.description.contains("--media-root") == true)
        #expect(failure?.description.contains("media_roots") == true)
    }

    @Test(arguments: ["nosuch", "other/c.mp4"])
    func aRootThatIsNoFolderIsAMistakeOfTheSettings(name: String) {
        let failure = #expect(throws: Failure.self) { try MediaRoots([root + "/" + name]) }
        #expect(failure?.cause == .badConfiguration)
    }
}
