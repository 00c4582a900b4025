#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

static int limit_both(__rlimit_resource_t resource, rlim_t value) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return errno;
    if (limit.rlim_max != RLIM_INFINITY && value > limit.rlim_max) value = limit.rlim_max;
    limit.rlim_cur = limit.rlim_max = value;
    return setrlimit(resource, &limit) == 0 ? 0 : errno;
}

int reel_sandbox_limit_resources(uint64_t address_space_bytes, uint64_t open_files) {
    int result = limit_both(RLIMIT_AS, address_space_bytes);
    if (result == 0) result = limit_both(RLIMIT_FSIZE, 0);
    if (result == 0) result = limit_both(RLIMIT_CORE, 0);
    if (result == 0) result = limit_both(RLIMIT_NOFILE, open_files);
    return result;
}

int64_t reel_sandbox_processor_nanoseconds(pid_t child) {
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(child, &clock) != 0 || clock_gettime(clock, &time) != 0) return -1;
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int reel_sandbox_limit_processor_time(pid_t child, uint64_t seconds) {
    // The hard limit stays: a limit once lowered could not be raised again for the next file.
    struct rlimit limit;
    if (prlimit(child, RLIMIT_CPU, NULL, &limit) != 0) return errno;
    limit.rlim_cur = seconds < limit.rlim_max ? seconds : limit.rlim_max;
    return prlimit(child, RLIMIT_CPU, &limit, NULL) == 0 ? 0 : errno;
}
