#define _GNU_SOURCE
#include "Placement.h"
#include <sched.h>
#include <unistd.h>

int reel_current_processor(void) { return sched_getcpu(); }

int reel_current_thread(void) { return gettid(); }

void reel_keep_off_processor(int thread, int processor) {
    cpu_set_t allowed;
    // The first thread's are those the program was started with, or moved to since.
    if (processor < 0 || processor >= CPU_SETSIZE) return;
    if (sched_getaffinity(getpid(), sizeof allowed, &allowed) != 0) return;
    CPU_CLR(processor, &allowed);
    if (CPU_COUNT(&allowed) > 0) sched_setaffinity(thread, sizeof allowed, &allowed);
}
