// Tries, in a forked child with the sandbox on, what the sandbox forbids.
#ifndef REEL_SANDBOX_PROBE_H
#define REEL_SANDBOX_PROBE_H

enum reel_probe {
    /// Things a decoder does: must succeed.
    reel_probe_read_file,
    reel_probe_allocate,
    reel_probe_start_thread,
    /// Things it has no business with.
    reel_probe_write_file,
    reel_probe_create_file,
    reel_probe_append_to_open_file,
    reel_probe_unlink,
    reel_probe_rename,
    reel_probe_make_folder,
    reel_probe_raise_limits,
    reel_probe_executable_memory,
    reel_probe_open_socket,
    reel_probe_local_socket,
    reel_probe_connect,
    reel_probe_fork,
    reel_probe_execute,
    reel_probe_kill_parent,
    reel_probe_trace_parent,
    reel_probe_allocate_too_much,
};

/// What became of an attempt: 0 it succeeded, above 0 errno, below 0 the signal that ended the
/// child, negated; -1000 when the sandbox could not be put on.
/// - file: an existing file; its folder is writable.
int reel_probe_result(enum reel_probe attempt, const char *file);

#endif
