internal import Glibc

/// Waits until something changes below some folders.
///
/// Through inotify(7) where it works; folders on network mounts, whose changes by others it does
/// not see, and systems out of watches are looked at again at intervals. It only says that there is
/// something to look for: a scan finds out what, so an overflow of events loses nothing.
package final class FolderWatch {
    /// What a wait ended with.
    package enum Wake: Sendable, Equatable {
        case changed
        /// Time to look again at what cannot be watched.
        case intervalOver
        case cancelled
    }

    /// Why some folders are looked at again at intervals; nil when all are watched.
    package private(set) var pollingReason: String?

    /// A burst of changes, as copying makes it, is over after this long without another, in seconds.
    private let settleSeconds: Double
    private let intervalSeconds: Double
    private let roots: [String]
    private let descriptor: Int32
    private var folders: [Int32: String] = [:]

    private static let events =
        UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_MOVED_FROM) | UInt32(IN_DELETE)
        | UInt32(IN_CREATE) | UInt32(IN_DELETE_SELF) | UInt32(IN_ONLYDIR)

    /// - Parameter intervalSeconds: between looks at folders that cannot be watched.
    package init(_ paths: [String], settleSeconds: Double = 2, intervalSeconds: Double = 30) {
        self.settleSeconds = settleSeconds
        self.intervalSeconds = intervalSeconds
        roots = paths.map { path in
            guard let absolute = realpath(path, nil) else { return path }
            defer { free(absolute) }
            return String(cString: absolute)
        }
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        if descriptor < 0 { pollingReason = "inotify is not available here" }
        for path in roots { watch(path, isRoot: true) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Waits for a change and then until it is over.
    /// - Parameter isCancelled: asked about ten times a second.
    package func wait(isCancelled: () -> Bool) -> Wake {
        let start = ContinuousClock.now
        var lastChange: ContinuousClock.Instant?
        while !isCancelled() {
            if descriptor >= 0 {
                var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                if Glibc.poll(&poll, 1, 100) > 0, readEvents() { lastChange = .now }
            } else {
                usleep(100_000)
            }
            if let lastChange, lastChange.duration(to: .now) / .seconds(1) >= settleSeconds {
                return .changed
            }
            let isOver = start.duration(to: .now) / .seconds(1) >= intervalSeconds
            if pollingReason != nil, lastChange == nil, isOver { return .intervalOver }
        }
        return .cancelled
    }

    // MARK: Watches

    private func watch(_ path: String, isRoot: Bool = false) {
        guard descriptor >= 0 else { return }
        if isRoot, MountTable.current.isOnNetwork(path) {
            pollingReason = "\(path) is on a network mount"
            return
        }
        var pending = [path]
        while let folder = pending.popLast() {
            let watch = inotify_add_watch(descriptor, folder, Self.events)
            guard watch >= 0 else {
                if errno == ENOTDIR { watchParent(of: folder) }
                if errno == ENOSPC {
                    pollingReason =
                        "the system has no watches left (raise fs.inotify.max_user_watches)"
                }
                continue
            }
            folders[watch] = folder
            pending += Self.folders(in: folder)
        }
    }

    /// A file named outright is seen through its folder.
    private func watchParent(of file: String) {
        guard let slash = file.lastIndex(of: "/") else { return }
        let folder = slash == file.startIndex ? "/" : String(file[..<slash])
        let watch = inotify_add_watch(descriptor, folder, Self.events)
        if watch >= 0 { folders[watch] = folder }
    }

    private static func folders(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let type = Int32(entry.pointee.d_type)
            guard type == Int32(DT_DIR) || type == Int32(DT_UNKNOWN) else { continue }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { found.append(folder + "/" + name) }
        }
        return found
    }

    /// - Returns: whether any of them may matter.
    private func readEvents() -> Bool {
        var matters = false
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                guard count > 0 else { return }
                var offset = 0
                while offset + MemoryLayout<inotify_event>.size <= count {
                    let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    let start = offset + MemoryLayout<inotify_event>.size
                    let end = min(count, start + Int(event.len))
                    let name = buffer[start..<end].prefix { $0 != 0 }
                    offset = start + Int(event.len)
                    if take(event, name: Array(name)) { matters = true }
                }
            }
        }
        return matters
    }

    private func take(_ event: inotify_event, name: [UInt8]) -> Bool {
        if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
            // Folders may have come unseen: all are asked for again, which costs little.
            for root in roots { watch(root) }
            return true
        }
        if event.mask & UInt32(IN_IGNORED) != 0 {
            folders[event.wd] = nil
            return false
        }
        // A hidden file is nobody's business, but rules and partial downloads that get their name.
        if name.first == UInt8(ascii: "."), !name.elementsEqual(IgnoreRules.fileName.utf8) {
            return false
        }
        let isFolder = event.mask & UInt32(IN_ISDIR) != 0
        let cameIn = event.mask & (UInt32(IN_CREATE) | UInt32(IN_MOVED_TO)) != 0
        if isFolder, cameIn, let parent = folders[event.wd] {
            watch(parent + "/" + String(decoding: name, as: UTF8.self))
        }
        // A file that was only created is still empty; its closing is told too.
        return isFolder || event.mask & UInt32(IN_CREATE) == 0
    }
}
