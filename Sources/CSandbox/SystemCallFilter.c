#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <sys/prctl.h>

int reel_sandbox_no_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

int reel_sandbox_kernel_can_filter(void) {
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0 ? 1 : 0;
}

int reel_sandbox_filter_system_calls(void) { return ENOSYS; }
