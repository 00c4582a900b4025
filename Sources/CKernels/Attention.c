#include "Attention.h"
#include "Exponential.h"
#include "SingleTile.h"
#include <math.h>

#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))

enum {
    /// Keys whose scores are made at once: a tile's rows of them fit the first cache, their keys and
    /// values the second.
    keys_at_once = 512,
    lanes = 16,
    most_rows = 12,
};

static const float log2_e = 1.44269504f;

INLINE size_t whole_panels(size_t count) { return (count + lanes - 1) / lanes; }
INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// Scratch memory, in this order.
typedef struct {
    float *scores;   // most_rows × padded keys
    float *keys;     // panels of 16 keys × width × 16
    float *values;   // panels of 16 columns × padded keys × 16
    float *largest;  // of each token's exponents of two so far
    float *sums;     // of each token's weights so far
} scratch;

INLINE size_t padded_keys(size_t tokens) {
    return whole_panels(smaller(tokens, keys_at_once)) * lanes;
}

INLINE scratch scratch_in(float *room, size_t tokens, size_t width) {
    size_t keys = padded_keys(tokens);
    scratch s;
    s.scores = room;
    s.keys = s.scores + most_rows * keys;
    s.values = s.keys + keys * width;
    s.largest = s.values + keys * whole_panels(width) * lanes;
    s.sums = s.largest + tokens;
    return s;
}

size_t reel_attention_room(size_t tokens, size_t width) {
    size_t keys = padded_keys(tokens);
    return keys * (most_rows + width + whole_panels(width) * lanes) + 2 * tokens;
}

/// Values of some tokens into panels of sixteen columns; what the last lacks is zero, and so are
/// tokens up to `padded`.
INLINE void pack_values(
    const float *values, size_t stride, size_t count, size_t padded, size_t width, float *panels
) {
    for (size_t column = 0; column < width; column += lanes, panels += padded * lanes) {
        size_t some = smaller(width - column, lanes);
        for (size_t token = 0; token < count; token++) {
            const float *from = values + token * stride + column;
            float *to = panels + token * lanes;
            if (some == lanes) {
                store_sixteen(load_sixteen(from), to);
                continue;
            }
            for (size_t i = 0; i < lanes; i++) to[i] = i < some ? from[i] : 0.0f;
        }
        for (size_t i = count * lanes; i < padded * lanes; i++) panels[i] = 0.0f;
    }
}

/// Makes the scores of one query ready to become exponents of two: with a bias they are scaled and
/// it is added, without they are yet to be scaled.
/// - Parameters:
///   - seen: scores that count; those up to `padded` become −∞.
///   - scale: to exponents of two.
///   - largest: exponent so far.
/// - Returns: the largest exponent, these included.
INLINE float prepare_scores(
    float *scores, size_t seen, size_t padded, float scale, const float *bias, float largest
) {
    if (bias) {
        for (size_t i = 0; i < seen; i++) scores[i] = scores[i] * scale + bias[i] * log2_e;
        scale = 1.0f;
    }
    for (size_t i = seen; i < padded; i++) scores[i] = -INFINITY;
    reel_sixteen tops = load_sixteen(scores);
    for (size_t i = lanes; i < padded; i += lanes)
        tops = larger_of_each(tops, load_sixteen(scores + i));
    float top = largest_of_sixteen(tops) * scale;
    return top > largest ? top : largest;
}

/// Scores of one query to weights 2^(scaled − largest), zero behind those that are seen.
/// - Returns: the weights' sum.
INLINE float weigh(float *scores, size_t seen, size_t padded, float scale, float largest) {
    reel_sixteen sums = {0};
    for (size_t i = 0; i < padded; i += lanes) {
        reel_sixteen weights = powers_of_two(load_sixteen(scores + i) * scale - largest);
        sums += weights;
        store_sixteen(weights, scores + i);
    }
    // What is not seen counts as 2^-126, which no sum notices.
    for (size_t i = seen; i < padded; i++) scores[i] = 0.0f;
    return sum_of_sixteen(sums);
}

/// Some neighbouring queries and a block of keys.
typedef struct {
    size_t first;      // query
    size_t first_key;
    size_t keys;       // that the last of the queries sees
    size_t padded;     // keys of the block, in whole panels
    int is_first;      // of the blocks these queries see
    int is_last;
} block;

/// Scores of the queries with one or two panels of keys.
INLINE void score(
    int rows, int panels, const reel_attention_head *head, const scratch *s, const block *b,
    size_t key
) {
    reel_sixteen sums[most_rows][2];
    tile_sums(
        rows, panels, head->queries + b->first * head->stride, head->stride,
        s->keys + key * head->width, head->width * lanes, head->width, 0, sums);
    for (int row = 0; row < rows; row++)
        for (int panel = 0; panel < panels; panel++)
            store_sixteen(
                sums[row][panel], s->scores + (size_t)row * b->padded + key + panel * lanes);
}

/// How what a block gives a query is joined to what earlier blocks gave.
typedef struct {
    float kept;    // factor of the latter; 0 in the first block
    float factor;  // of both
} joint;

/// What the queries gather in one or two panels of columns.
INLINE void gather(
    int rows, int panels, const reel_attention_head *head, const scratch *s, const block *b,
    size_t column, size_t used, const joint *joints
) {
    reel_sixteen sums[most_rows][2];
    tile_sums(
        rows, panels, s->scores, b->padded, s->values + column * b->padded, b->padded * lanes,
        used, 0, sums);
    for (int panel = 0; panel < panels; panel++) {
        size_t some = smaller(head->width - column - (size_t)panel * lanes, lanes);
        for (int row = 0; row < rows; row++) {
            float *out = head->context + (b->first + (size_t)row) * head->context_stride + column
                + panel * lanes;
            reel_sixteen sum = sums[row][panel];
            if (some == lanes) {
                if (!b->is_first) sum += load_sixteen(out) * joints[row].kept;
                store_sixteen(sum * joints[row].factor, out);
                continue;
            }
            float last[lanes];
            store_sixteen(sum, last);
            for (size_t i = 0; i < some; i++) {
                float before = b->is_first ? 0.0f : out[i] * joints[row].kept;
                out[i] = (last[i] + before) * joints[row].factor;
            }
        }
    }
}

/// Everything for up to `most_rows` queries and one block. The counts of rows and of panels at once
/// are constants wherever this is inlined.
INLINE void attend(
    int rows, int at_once, const reel_attention_head *head, const scratch *s, const block *b
) {
    size_t used = whole_panels(b->keys) * lanes, key = 0, column = 0;
    if (at_once == 2)
        for (; key + lanes < used; key += 2 * lanes) score(rows, 2, head, s, b, key);
    for (; key < used; key += lanes) score(rows, 1, head, s, b, key);

    // Step by step for all the queries: what each waits for is made while the others are worked on.
    float tops[most_rows];
    size_t seen[most_rows];
    float scale = head->scale * log2_e;
    for (int row = 0; row < rows; row++) {
        size_t query = b->first + (size_t)row;
        seen[row] = b->keys;
        if (head->causal)
            seen[row] = query < b->first_key ? 0 : smaller(query + 1 - b->first_key, b->keys);
        const float *bias = head->bias ? head->bias + b->first_key - query : NULL;
        tops[row] = prepare_scores(
            s->scores + (size_t)row * b->padded, seen[row], used, scale, bias,
            b->is_first ? -INFINITY : s->largest[query]);
    }
    if (head->bias) scale = 1.0f;
    joint joints[most_rows];
    for (int row = 0; row < rows; row++) {
        size_t query = b->first + (size_t)row;
        float sum = weigh(s->scores + (size_t)row * b->padded, seen[row], used, scale, tops[row]);
        float kept = 0.0f;
        if (!b->is_first) {
            kept = exponential((s->largest[query] - tops[row]) / log2_e);
            sum += s->sums[query] * kept;
        }
        s->largest[query] = tops[row];
        s->sums[query] = sum;
        joints[row] = (joint){kept, b->is_last ? 1.0f / sum : 1.0f};
    }
    if (at_once == 2)
        for (; column + lanes < head->width; column += 2 * lanes)
            gather(rows, 2, head, s, b, column, used, joints);
    for (; column < head->width; column += lanes)
        gather(rows, 1, head, s, b, column, used, joints);
}

/// What `rows` queries from `first` on see of the keys from `key` on.
INLINE block block_of(
    const reel_attention_head *head, size_t first, size_t rows, size_t key, size_t count
) {
    size_t end = first + rows;
    block b = {first, key, count, whole_panels(count) * lanes, key == 0, key + count == head->tokens};
    if (head->causal) {
        b.keys = smaller(count, end - key);
        b.is_last = end <= key + count;
    }
    return b;
}

INLINE void pack_block(
    const reel_attention_head *head, const scratch *s, size_t key, size_t count
) {
    pack_panels(
        head->keys + key * head->stride, head->stride, count, head->width, s->keys,
        head->width * lanes);
    pack_values(
        head->values + key * head->stride, head->stride, count, whole_panels(count) * lanes,
        head->width, s->values);
}

#define WHILE_ROWS(rows, at_once)                                                              \
    for (; first + rows <= head->tokens; first += rows) {                                      \
        if (head->causal && first + rows <= key) continue;                                     \
        block b = block_of(head, first, rows, key, count);                                     \
        attend(rows, at_once, head, &s, &b);                                                   \
    }

/// Blocks of keys, and with each the queries that see any of it, always cut in the same places: who
/// is between two cuts meets a last block together.
#define ATTENTION(tall, at_once, tiles)                                                        \
    scratch s = scratch_in(room, head->tokens, head->width);                                   \
    for (size_t key = 0; key < head->tokens; key += keys_at_once) {                            \
        size_t count = smaller(head->tokens - key, keys_at_once);                              \
        pack_block(head, &s, key, count);                                                      \
        size_t whole = head->tokens / tall * tall;                                             \
        size_t first = head->causal ? smaller(key / tall * tall, whole) : 0;                   \
        tiles(at_once)                                                                         \
    }
#define TILES_OF_TWO(at_once) WHILE_ROWS(2, at_once) WHILE_ROWS(1, at_once)
#define TILES_OF_SIX(at_once)                                                                  \
    WHILE_ROWS(6, at_once) WHILE_ROWS(4, at_once) TILES_OF_TWO(at_once)
#define TILES_OF_TWELVE(at_once)                                                               \
    WHILE_ROWS(12, at_once) WHILE_ROWS(8, at_once) WHILE_ROWS(4, at_once) TILES_OF_TWO(at_once)

static void attention_plain(const reel_attention_head *head, float *room) {
    ATTENTION(reel_tile_rows_plain, 1, TILES_OF_TWO)
}
#if defined(__x86_64__)
AVX2 static void attention_avx2(const reel_attention_head *head, float *room) {
    ATTENTION(reel_tile_rows_avx2, 1, TILES_OF_SIX)
}
AVX512 static void attention_avx512(const reel_attention_head *head, float *room) {
    ATTENTION(reel_tile_rows_avx512, 2, TILES_OF_TWELVE)
}
#endif

void reel_attention_at(reel_vector_level level, const reel_attention_head *head, float *room) {
#if defined(__x86_64__)
    if (level == reel_level_avx512) return attention_avx512(head, room);
    if (level == reel_level_avx2) return attention_avx2(head, room);
#endif
    (void)level;
    attention_plain(head, room);
}

void reel_attention(const reel_attention_head *head, float *room) {
    reel_attention_at(reel_best_vector_level(), head, room);
}

void reel_attention_scalar(const reel_attention_head *head, float *room) {
    for (size_t query = 0; query < head->tokens; query++) {
        const float *q = head->queries + query * head->stride;
        float *out = head->context + query * head->context_stride;
        size_t seen = head->causal ? query + 1 : head->tokens;
        double top = -INFINITY, total = 0;
        for (size_t key = 0; key < seen; key++) {
            double score = 0;
            for (size_t i = 0; i < head->width; i++)
                score += (double)q[i] * head->keys[key * head->stride + i];
            score *= head->scale;
            if (head->bias) score += head->bias[(ptrdiff_t)key - (ptrdiff_t)query];
            room[key] = (float)score;
            top = room[key] > top ? room[key] : top;
        }
        for (size_t key = 0; key < seen; key++) total += exp(room[key] - top);
        for (size_t i = 0; i < head->width; i++) {
            double sum = 0;
            for (size_t key = 0; key < seen; key++)
                sum += exp(room[key] - top) * head->values[key * head->stride + i];
            out[i] = (float)(sum / total);
        }
    }
}
