// What a process gives up before it touches a stranger's file, and what its parent holds it to:
// system calls that Swift cannot make because they are variadic, macros, or GNU's own.
#ifndef REEL_CSANDBOX_H
#define REEL_CSANDBOX_H

#include <stdint.h>
#include <sys/types.h>

// Functions that return int: 0, or errno.

/// No set-user-id program run from here on gains rights.
int reel_sandbox_no_new_privileges(void);

/// Refuses, in every thread from here on, each system call that decoding does not need: opening
/// for writing, changing the file system, sockets, other programs, other processes. What only a
/// subverted process would try kills it with SIGSYS; the rest fails with EPERM.
/// ENOSYS where the kernel or the processor's architecture is not known.
int reel_sandbox_filter_system_calls(void);

/// Whether the kernel can filter system calls at all.
int reel_sandbox_kernel_can_filter(void);

/// Limits the calling process: bytes of address space, no bytes in files, no core dumps, open files.
int reel_sandbox_limit_resources(uint64_t address_space_bytes, uint64_t open_files);

/// Processor time used by a child that has not been waited for, all threads together, in
/// nanoseconds; negative when it is not known.
int64_t reel_sandbox_processor_nanoseconds(pid_t child);

/// Ends a child (SIGXCPU, a little later SIGKILL) once it has used this many seconds since its start.
int reel_sandbox_limit_processor_time(pid_t child, uint64_t seconds);

/// Both ends close on exec. `bytes`: room asked for, granted as far as the system allows.
int reel_sandbox_pipe(int ends[2], int bytes);

/// Two connected stream sockets that close on exec.
int reel_sandbox_socket_pair(int ends[2]);

/// Sends all, without SIGPIPE.
int reel_sandbox_send(int socket, const void *bytes, size_t count);

#endif
