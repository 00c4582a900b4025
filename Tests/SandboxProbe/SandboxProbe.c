#define _GNU_SOURCE
#include "SandboxProbe.h"

#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void *nothing(void *argument) { return argument; }

static int result_of(long value) { return value < 0 ? errno : 0; }

/// Returns 0 or errno; may not return.
static int attempt_it(enum reel_probe attempt, const char *file, int open_file, int open_socket) {
    char other[4096];
    switch (attempt) {
    case reel_probe_read_file: {
        char byte;
        int descriptor = open(file, O_RDONLY | O_CLOEXEC);
        return descriptor < 0 ? errno : result_of(pread(descriptor, &byte, 1, 0));
    }
    case reel_probe_allocate: {
        char *bytes = malloc(64 << 20);
        if (!bytes) return ENOMEM;
        memset(bytes, 1, 64 << 20);
        free(bytes);
        return 0;
    }
    case reel_probe_start_thread: {
        pthread_t thread;
        int result = pthread_create(&thread, NULL, nothing, NULL);
        return result != 0 ? result : pthread_join(thread, NULL);
    }
    case reel_probe_write_file: return result_of(open(file, O_WRONLY));
    case reel_probe_create_file:
        strcat(strcpy(other, file), ".new");
        return result_of(open(other, O_RDONLY | O_CREAT, 0600));
    case reel_probe_append_to_open_file: return result_of(write(open_file, "x", 1));
    case reel_probe_unlink: return result_of(unlink(file));
    case reel_probe_rename:
        strcat(strcpy(other, file), ".renamed");
        return result_of(rename(file, other));
    case reel_probe_make_folder:
        strcat(strcpy(other, file), ".folder");
        return result_of(mkdir(other, 0700));
    case reel_probe_raise_limits: {
        struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
        return result_of(setrlimit(RLIMIT_CPU, &limit));
    }
    case reel_probe_executable_memory: {
        void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return code == MAP_FAILED ? errno : 0;
    }
    case reel_probe_open_socket: return result_of(socket(AF_INET, SOCK_STREAM, 0));
    case reel_probe_local_socket: return result_of(socket(AF_UNIX, SOCK_STREAM, 0));
    case reel_probe_connect: {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return result_of(connect(open_socket, (struct sockaddr *)&address, sizeof address));
    }
    case reel_probe_fork: {
        pid_t child = fork();
        if (child == 0) _exit(0);
        return result_of(child);
    }
    case reel_probe_execute: {
        char *words[] = {(char *)"true", NULL};
        return result_of(execv("/bin/true", words));
    }
    case reel_probe_kill_parent: return result_of(kill(getppid(), 0));
    case reel_probe_trace_parent: return result_of(ptrace(PTRACE_SEIZE, getppid(), NULL, NULL));
    case reel_probe_allocate_too_much: {
        // Beyond the limit below, and not optimised away.
        void *volatile bytes = malloc((size_t)3 << 40);
        return bytes ? 0 : ENOMEM;
    }
    }
    return EINVAL;
}

// Closes what the tests beside this one have open: it would count against the limit.
static void close_all_but(int one, int other) {
    unsigned low = (unsigned)(one < other ? one : other);
    unsigned high = (unsigned)(one < other ? other : one);
    if (low > 3) close_range(3, low - 1, 0);
    if (high > low + 1) close_range(low + 1, high - 1, 0);
    close_range(high + 1, ~0U, 0);
}

int reel_probe_result(enum reel_probe attempt, const char *file) {
    int open_file = open(file, O_WRONLY | O_APPEND | O_CLOEXEC);
    int open_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pid_t child = fork();
    if (child == 0) {
        close_all_but(open_file, open_socket);
        // A refused write is an error to see here, not a signal.
        signal(SIGXFSZ, SIG_IGN);
        if (reel_sandbox_limit_resources((uint64_t)2 << 40, 64) != 0 ||
            reel_sandbox_no_new_privileges() != 0 || reel_sandbox_filter_system_calls() != 0)
            _exit(255);
        _exit(attempt_it(attempt, file, open_file, open_socket));
    }
    close(open_file);
    close(open_socket);
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child) return -1000;
    if (WIFSIGNALED(status)) return -WTERMSIG(status);
    return WEXITSTATUS(status) == 255 ? -1000 : WEXITSTATUS(status);
}
