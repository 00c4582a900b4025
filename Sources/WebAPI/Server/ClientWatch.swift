internal import CEvent
internal import Glibc

/// Sees that a client hung up while its request is being answered: libevent does not read then.
enum ClientWatch {
    static func isGone(_ descriptor: Int32) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(reel_poll_hangup), revents: 0)
        guard poll(&watched, 1, 0) > 0 else { return false }
        return watched.revents & Int16(POLLERR | POLLHUP | Int32(reel_poll_hangup)) != 0
    }
}
