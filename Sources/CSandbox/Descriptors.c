#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/// The first three numbers belong to a program's standard streams: a child's ends, given those
/// places when it starts, must not stand there already.
static int move_up(int ends[2]) {
    for (int index = 0; index < 2; index++) {
        if (ends[index] > 2) continue;
        int moved = fcntl(ends[index], F_DUPFD_CLOEXEC, 3);
        if (moved < 0) return errno;
        close(ends[index]);
        ends[index] = moved;
    }
    return 0;
}

int reel_sandbox_pipe(int ends[2], int bytes) {
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    // Refused beyond the user's allowance; then the pipe stays as it is.
    (void)fcntl(ends[1], F_SETPIPE_SZ, bytes);
    return move_up(ends);
}

int reel_sandbox_socket_pair(int ends[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno;
    return move_up(ends);
}

int reel_sandbox_send(int socket, const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t sent = send(socket, next, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return errno;
        next += sent;
        count -= (size_t)sent;
    }
    return 0;
}
