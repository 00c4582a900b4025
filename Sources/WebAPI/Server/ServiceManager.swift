internal import Glibc

/// Tells systemd how the service is: one datagram a message, to the socket it names.
/// https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
struct ServiceManager: Sendable {
    enum Message: String, Sendable {
        case ready = "READY=1"
        /// Settings are being read again; `ready` follows.
        case reloading = "RELOADING=1"
        case stopping = "STOPPING=1"
        /// Within the watchdog's time, or systemd starts the service anew.
        case alive = "WATCHDOG=1"
    }

    /// A path, or `@` and a name outside the file system.
    private let socketName: String

    /// - Parameter socketName: of $NOTIFY_SOCKET; nil where nobody listens.
    init?(socketName: String?) {
        guard let socketName, socketName.hasPrefix("/") || socketName.hasPrefix("@") else {
            return nil
        }
        self.socketName = socketName
    }

    private static func text(of message: Message) -> String {
        guard message == .reloading else { return message.rawValue }
        // So that the manager can tell this READY=1 from an earlier one.
        return message.rawValue + "\nMONOTONIC_USEC=\(Int(monotonicSeconds() * 1e6))"
    }

    /// A manager that is not there any more is no reason to stop serving.
    func tell(_ message: Message) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socketName.utf8)
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + name.count } ?? 0
        let text = Array(Self.text(of: message).utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(
                    descriptor, text, text.count, Int32(MSG_NOSIGNAL), $0, socklen_t(length))
            }
        }
    }
}
