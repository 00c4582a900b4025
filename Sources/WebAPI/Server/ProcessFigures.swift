internal import Foundation

/// What the kernel says of this process.
struct ProcessFigures {
    var residentBytes = 0
    var descriptors = 0
    /// In user and kernel mode.
    var processorSeconds = 0.0

    init() {
        // `size resident shared …` in pages: proc(5).
        if let pages = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) {
            let fields = pages.split(separator: " ")
            residentBytes = (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(getpagesize())
        }
        descriptors =
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        processorSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
