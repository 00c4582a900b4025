// What the processor can do, and how much of it is used.
#ifndef REEL_PROCESSOR_H
#define REEL_PROCESSOR_H

/// What the processor and the system allow, lowest first.
typedef enum {
    reel_level_plain = 0,
    reel_level_avx2 = 1,    // with FMA
    reel_level_avx512 = 2,  // F, BW, DQ, VL
} reel_vector_level;
reel_vector_level reel_best_vector_level(void);

/// From now on the processor counts as one that has no more than this: with AVX2 it has no VNNI
/// either. Set before other threads multiply, search or decode: what was laid out for a level stays.
void reel_limit_vector_level(reel_vector_level level);
/// The limit that was set; the highest level where none was.
reel_vector_level reel_vector_limit(void);
#endif
