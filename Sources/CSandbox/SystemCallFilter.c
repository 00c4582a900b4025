#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

int reel_sandbox_no_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

int reel_sandbox_kernel_can_filter(void) {
#ifdef ARCHITECTURE
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0 ? 1 : 0;
#else
    return 0;
#endif
}

#ifndef ARCHITECTURE
int reel_sandbox_filter_system_calls(void) { return ENOSYS; }
#else

/// What decoding, reading text in pictures and the runtimes of Swift, C and C++ do, whatever the
/// arguments: reading, memory, threads, clocks, and asking about themselves.
static const uint16_t allowed[] = {
    // reading what is there, writing to what is open
    SYS_read, SYS_readv, SYS_pread64, SYS_preadv, SYS_write, SYS_writev, SYS_close, SYS_lseek,
    SYS_fstat, SYS_newfstatat, SYS_statx, SYS_statfs, SYS_fstatfs, SYS_getdents64, SYS_readlinkat,
    SYS_faccessat, SYS_faccessat2, SYS_getcwd, SYS_fadvise64, SYS_readahead, SYS_dup, SYS_dup3,
    // waiting
    SYS_ppoll, SYS_pselect6, SYS_pipe2, SYS_eventfd2, SYS_epoll_create1, SYS_epoll_ctl,
    SYS_epoll_pwait, SYS_timerfd_create, SYS_timerfd_settime, SYS_nanosleep, SYS_clock_nanosleep,
    SYS_restart_syscall,
    // memory
    SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_mincore,
    // threads
    SYS_futex, SYS_set_robust_list, SYS_get_robust_list, SYS_set_tid_address, SYS_rseq,
    SYS_membarrier, SYS_sched_yield, SYS_sched_getaffinity, SYS_sched_getscheduler,
    SYS_sched_getparam, SYS_getcpu, SYS_exit, SYS_exit_group,
    // own signals
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack,
    // clocks and questions
    SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday, SYS_times, SYS_getrusage, SYS_sysinfo,
    SYS_uname, SYS_getrandom, SYS_getpid, SYS_getppid, SYS_gettid, SYS_getuid, SYS_geteuid,
    SYS_getgid, SYS_getegid,
#ifdef __x86_64__
    // the older names of some of these
    SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_getdents, SYS_dup2, SYS_poll, SYS_select,
    SYS_pipe, SYS_eventfd, SYS_epoll_create, SYS_epoll_wait, SYS_time,
#endif
};

/// What no decoder does by accident: other programs, other processes, the network, the kernel.
static const uint16_t deadly[] = {
    SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kill,
    SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_open, SYS_pidfd_getfd,
    SYS_pidfd_send_signal, SYS_connect, SYS_accept, SYS_accept4, SYS_bind, SYS_listen, SYS_sendto,
    SYS_sendmsg, SYS_sendmmsg, SYS_io_uring_setup, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd,
    SYS_keyctl, SYS_add_key, SYS_request_key, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot,
    SYS_setns, SYS_unshare, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load,
    SYS_open_by_handle_at,
#ifdef __x86_64__
    SYS_fork, SYS_vfork,
#endif
};

/// A program of the kernel's packet filter while it is written; each rule begins with the number
/// of the system call in the accumulator.
struct program {
    struct sock_filter lines[512];
    unsigned count;
};

static void add(struct program *program, uint16_t code, uint32_t value, uint8_t yes, uint8_t no) {
    if (program->count < sizeof program->lines / sizeof program->lines[0])
        program->lines[program->count] = (struct sock_filter){code, yes, no, value};
    program->count++;
}

static const uint32_t refuse = SECCOMP_RET_ERRNO | EPERM;

static void answer(struct program *program, uint32_t action) {
    add(program, BPF_RET | BPF_K, action, 0, 0);
}

/// Loads the lower half (index 0) or the upper half (1) of an argument; both machines are
/// little-endian.
static void load_argument(struct program *program, unsigned argument, unsigned half) {
    add(program, BPF_LD | BPF_W | BPF_ABS,
        offsetof(struct seccomp_data, args) + 8 * argument + 4 * half, 0, 0);
}

static void always(struct program *program, uint32_t number, uint32_t action) {
    add(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
    answer(program, action);
}

/// By whether any of the bits is set in the lower half of an argument.
static void by_bits(struct program *program, uint32_t number, unsigned argument, uint32_t bits,
                    uint32_t if_set, uint32_t if_clear) {
    add(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4);
    load_argument(program, argument, 0);
    add(program, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
    answer(program, if_set);
    answer(program, if_clear);
}

/// By whether the lower half of an argument is one of a few values.
static void by_values(struct program *program, uint32_t number, unsigned argument,
                      const uint32_t *values, unsigned count, uint32_t if_found,
                      uint32_t otherwise) {
    add(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, (uint8_t)(2 + 2 * count));
    load_argument(program, argument, 0);
    for (unsigned index = 0; index < count; index++) always(program, values[index], if_found);
    answer(program, otherwise);
}

static void write_rules(struct program *program) {
    const uint32_t allow = SECCOMP_RET_ALLOW, kill = SECCOMP_RET_KILL_PROCESS;
    const uint32_t writing =
        O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
    for (unsigned index = 0; index < sizeof allowed / sizeof allowed[0]; index++)
        always(program, allowed[index], allow);
    for (unsigned index = 0; index < sizeof deadly / sizeof deadly[0]; index++)
        always(program, deadly[index], kill);

    by_bits(program, SYS_openat, 2, writing, refuse, allow);
#ifdef SYS_open
    by_bits(program, SYS_open, 1, writing, refuse, allow);
#endif
    // Its flags lie in memory, where a filter cannot look. glibc then takes the older call.
    always(program, SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    by_bits(program, SYS_clone, 0, CLONE_THREAD, allow, kill);
    // Code comes from the program and its libraries, all loaded by now.
    by_bits(program, SYS_mmap, 2, PROT_EXEC, refuse, allow);
    by_bits(program, SYS_mprotect, 2, PROT_EXEC, refuse, allow);
    // A signal to oneself is how a program aborts.
    const uint32_t self[] = {(uint32_t)getpid()};
    by_values(program, SYS_tgkill, 0, self, 1, allow, kill);
    const uint32_t local[] = {AF_UNIX};
    by_values(program, SYS_socket, 0, local, 1, refuse, kill);
    by_values(program, SYS_socketpair, 0, local, 1, refuse, kill);
    const uint32_t descriptor_questions[] = {F_GETFD, F_SETFD,          F_GETFL,
                                             F_SETFL, F_DUPFD_CLOEXEC, F_DUPFD};
    by_values(program, SYS_fcntl, 1, descriptor_questions, 6, allow, refuse);
    const uint32_t names[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_GET_SECCOMP};
    by_values(program, SYS_prctl, 0, names, 4, allow, refuse);
    // Limits may be asked for, not changed: the new ones are a null pointer.
    add(program, BPF_JMP | BPF_JEQ | BPF_K, SYS_prlimit64, 0, 6);
    load_argument(program, 2, 0);
    add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3);
    load_argument(program, 2, 1);
    add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
    answer(program, allow);
    answer(program, refuse);
}

int reel_sandbox_filter_system_calls(void) {
    static struct program program;
    program.count = 0;
    add(&program, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    answer(&program, SECCOMP_RET_KILL_PROCESS);
    add(&program, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
#ifdef __x86_64__
    // The numbers of the x32 interface, which nothing here uses.
    add(&program, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
    answer(&program, SECCOMP_RET_KILL_PROCESS);
#endif
    write_rules(&program);
    answer(&program, refuse);
    if (program.count > sizeof program.lines / sizeof program.lines[0]) return E2BIG;

    struct sock_fprog filter = {(unsigned short)program.count, program.lines};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) != 0)
        return errno != 0 ? errno : EBUSY;
    return 0;
}
#endif
