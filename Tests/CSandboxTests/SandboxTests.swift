import CSandbox
import Foundation
import SandboxProbe
import TestSupport
import Testing

/// What a process can still do with the sandbox on.
@Suite(.enabled(if: reel_sandbox_kernel_can_filter() == 1)) struct SandboxTests {
    private let folder: TemporaryFolder
    private var file: String { folder.path("file") }

    init() throws {
        folder = try TemporaryFolder()
        try Data("content".utf8).write(to: URL(fileURLWithPath: file))
    }

    @Test(arguments: [reel_probe_read_file, reel_probe_allocate, reel_probe_start_thread])
    func whatDecodingNeedsIsAllowed(attempt: reel_probe) {
        #expect(reel_probe_result(attempt, file) == 0)
    }

    @Test(
        arguments: [
            (reel_probe_write_file, EPERM), (reel_probe_create_file, EPERM),
            (reel_probe_append_to_open_file, EFBIG), (reel_probe_unlink, EPERM),
            (reel_probe_rename, EPERM), (reel_probe_make_folder, EPERM),
            (reel_probe_raise_limits, EPERM), (reel_probe_executable_memory, EPERM),
            (reel_probe_local_socket, EPERM), (reel_probe_allocate_too_much, ENOMEM),
        ] as [(reel_probe, Int32)])
    func whatItDoesNotNeedIsRefused(attempt: reel_probe, number: Int32) throws {
        #expect(reel_probe_result(attempt, file) == number)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["file"])
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "content")
    }

    @Test(arguments: [
        reel_probe_open_socket, reel_probe_connect, reel_probe_fork, reel_probe_execute,
        reel_probe_kill_parent, reel_probe_trace_parent,
    ])
    func theNetworkAndOtherProcessesEndIt(attempt: reel_probe) {
        #expect(reel_probe_result(attempt, file) == -SIGSYS)
    }
}
