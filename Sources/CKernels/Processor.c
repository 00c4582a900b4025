#include "Processor.h"
#include <stdatomic.h>

static _Atomic(int) limit = reel_level_avx512;

void reel_limit_vector_level(reel_vector_level level) {
    atomic_store_explicit(&limit, level, memory_order_relaxed);
}

reel_vector_level reel_vector_limit(void) {
    return (reel_vector_level)atomic_load_explicit(&limit, memory_order_relaxed);
}

reel_vector_level reel_best_vector_level(void) {
#if defined(__x86_64__)
    // Asked on every call: the answer is two loads and two tests of the compiler's own cache.
    reel_vector_level allowed = reel_vector_limit();
    if (allowed >= reel_level_avx512 && __builtin_cpu_supports("avx512f")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl"))
        return reel_level_avx512;
    if (allowed >= reel_level_avx2 && __builtin_cpu_supports("avx2")
        && __builtin_cpu_supports("fma"))
        return reel_level_avx2;
#endif
    return reel_level_plain;
}
