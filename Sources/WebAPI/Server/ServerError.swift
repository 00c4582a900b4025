/// Why a server cannot start.
package enum ServerError: Error, Equatable, CustomStringConvertible {
    case addressInUse(host: String, port: Int)
    case cannotListen(host: String, port: Int, reason: String)
    case outOfMemory

    package var description: String {
        switch self {
        case .addressInUse(let host, let port):
            "Port \(port) of \(host) is in use, perhaps by another reel serve. "
                + "Take another with --port N; --port 0 finds a free one."
        case .cannotListen(let host, let port, let reason):
            "The server cannot listen on port \(port) of \(host): \(reason)."
        case .outOfMemory: "There is no memory for the server's loop."
        }
    }
}
