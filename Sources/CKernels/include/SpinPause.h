#ifndef REEL_SPINPAUSE_H
#define REEL_SPINPAUSE_H

/// Tells the processor that a thread waits in a loop: it saves power, and the loop's end is noticed
/// sooner.
static inline void reel_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}
#endif
