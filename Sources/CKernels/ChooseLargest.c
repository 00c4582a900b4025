// The largest of a row of scores.
#include "ListScan.h"
#include "DotProduct.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2,fma,f16c,popcnt")))
#define VBMI2                                                                                  \
    __attribute__((target(                                                                     \
        "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,avx2,fma,f16c,popcnt,bmi,bmi2")))
#define VBMI2_INLINE                                                                           \
    __attribute__((                                                                            \
        target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,avx2,fma,f16c,popcnt,bmi,"      \
               "bmi2"),                                                                        \
        always_inline)) static inline
#endif

#define INLINE __attribute__((always_inline)) static inline

INLINE size_t count_keys_plain(const int32_t *keys, size_t count, int32_t limit) {
    int32_t found = 0;
    for (size_t i = 0; i < count; i++) found += keys[i] >= limit;
    return (size_t)found;
}

// The numbers of the keys above `limit`, and of so many that equal it.
INLINE size_t name_keys_plain(
    const int32_t *keys, size_t count, int32_t limit, size_t equal, uint32_t *chosen
) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        size_t isEqual = keys[i] == limit && equal > 0;
        equal -= isEqual;
        if ((keys[i] > limit) | isEqual) chosen[kept++] = (uint32_t)i;
    }
    return kept;
}

// Numbers become whole ones of the same order; what is none, the smallest. The threshold is found
// by halving.
typedef size_t count_keys_function(const int32_t *keys, size_t count, int32_t limit);
typedef size_t name_keys_function(
    const int32_t *keys, size_t count, int32_t limit, size_t equal, uint32_t *chosen);
INLINE size_t choose_largest(
    const float *scores, size_t count, size_t wanted, int32_t *keys, uint32_t *chosen,
    count_keys_function *count_keys, name_keys_function *name_keys
) {
    int32_t smallest = INT32_MAX, largest = INT32_MIN;
    int32_t real = 0;
    for (size_t i = 0; i < count; i++) {
        float score = scores[i] + 0.0f;  // −0 is 0
        int32_t bits;
        memcpy(&bits, &score, sizeof bits);
        int32_t key = bits ^ ((bits >> 31) & INT32_MAX);
        int isNumber = score == score;
        keys[i] = isNumber ? key : INT32_MIN;
        smallest = isNumber && key < smallest ? key : smallest;
        largest = isNumber && key > largest ? key : largest;
        real += isNumber;
    }
    if (wanted > (size_t)real) wanted = (size_t)real;
    if (wanted == 0) return 0;
    // Of `low` and above there are as many as wanted or more, of `high` and above fewer.
    int64_t low = smallest, high = (int64_t)largest + 1;
    size_t above = 0;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        size_t found = count_keys(keys, count, (int32_t)middle);
        if (found >= wanted) low = middle;
        else high = middle, above = found;
        if (found == wanted) break;
    }
    size_t equal = high - low == 1 ? wanted - above : wanted;
    return name_keys(keys, count, (int32_t)low, equal, chosen);
}

size_t reel_choose_largest_scalar(
    const float *scores, size_t count, size_t wanted, int32_t *keys, uint32_t *chosen
) {
    return choose_largest(scores, count, wanted, keys, chosen, count_keys_plain, name_keys_plain);
}

#if defined(__x86_64__)
AVX2 static size_t choose_largest_avx2(
    const float *scores, size_t count, size_t wanted, int32_t *keys, uint32_t *chosen
) {
    return choose_largest(scores, count, wanted, keys, chosen, count_keys_plain, name_keys_plain);
}

VBMI2_INLINE size_t count_keys_vbmi2(const int32_t *keys, size_t count, int32_t limit) {
    const __m512i limits = _mm512_set1_epi32(limit);
    size_t found = 0, i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t bits = 0;
        for (size_t n = 0; n < 4; n++) {
            __m512i key = _mm512_loadu_si512(keys + i + 16 * n);
            bits |= (uint64_t)_mm512_cmpge_epi32_mask(key, limits) << (16 * n);
        }
        found += (size_t)__builtin_popcountll(bits);
    }
    for (; i < count; i += 16) {
        __mmask16 real = count - i >= 16 ? 0xffff : (__mmask16)((1u << (count - i)) - 1);
        __m512i key = _mm512_maskz_loadu_epi32(real, keys + i);
        found += (size_t)__builtin_popcount(_mm512_mask_cmpge_epi32_mask(real, key, limits));
    }
    return found;
}

VBMI2_INLINE size_t name_keys_vbmi2(
    const int32_t *keys, size_t count, int32_t limit, size_t equal, uint32_t *chosen
) {
    const __m512i limits = _mm512_set1_epi32(limit);
    const __m512i numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t kept = 0;
    for (size_t i = 0; i < count; i += 16) {
        __m512i number = _mm512_add_epi32(numbers, _mm512_set1_epi32((int)i));
        __mmask16 real = count - i >= 16 ? 0xffff : (__mmask16)((1u << (count - i)) - 1);
        __m512i key = _mm512_maskz_loadu_epi32(real, keys + i);
        unsigned above = _mm512_mask_cmpgt_epi32_mask(real, key, limits);
        unsigned same = _mm512_mask_cmpeq_epi32_mask(real, key, limits);
        if ((above | same) == 0) continue;
        unsigned sameCount = (unsigned)__builtin_popcount(same);
        if (sameCount > equal) {
            same = _pdep_u32((1u << equal) - 1, same);
            sameCount = (unsigned)equal;
        }
        equal -= sameCount;
        unsigned found = above | same, foundCount = (unsigned)__builtin_popcount(found);
        _mm512_mask_storeu_epi32(
            chosen + kept, (__mmask16)((1u << foundCount) - 1),
            _mm512_maskz_compress_epi32((__mmask16)found, number));
        kept += foundCount;
    }
    return kept;
}

VBMI2 static size_t choose_largest_avx512(
    const float *scores, size_t count, size_t wanted, int32_t *keys, uint32_t *chosen
) {
    return choose_largest(scores, count, wanted, keys, chosen, count_keys_vbmi2, name_keys_vbmi2);
}
#else
#define choose_largest_avx2 reel_choose_largest_scalar
#define choose_largest_avx512 reel_choose_largest_scalar
#endif

size_t reel_choose_largest(
    const float *scores, size_t count, size_t wanted, int32_t *keys, uint32_t *chosen
) {
    if (reel_has_vbmi2()) return choose_largest_avx512(scores, count, wanted, keys, chosen);
    if (reel_dot_has_avx2()) return choose_largest_avx2(scores, count, wanted, keys, chosen);
    return choose_largest(scores, count, wanted, keys, chosen, count_keys_plain, name_keys_plain);
}
