// Each function is written once, as a body without branches or calls that the compiler turns into
// vectors, and compiled at three levels. Sums run in sixteen fixed lanes, so every level adds in
// the same order and answers differ only by fused multiply-adds.
#include "Activations.h"
#include "Exponential.h"
#include <math.h>

#define LANES 16

// erf as an odd over an even polynomial, as in Eigen's and XLA's single-precision erf; past ±4
// it is ±1 in single precision.
INLINE float error_function(float x) {
    x = x < -4.0f ? -4.0f : x;
    x = x > 4.0f ? 4.0f : x;
    float square = x * x;
    float p = -2.72614225801306e-10f;
    p = p * square + 2.77068142495902e-08f;
    p = p * square - 2.10102402082508e-06f;
    p = p * square - 5.69250639462346e-05f;
    p = p * square - 7.34990630326855e-04f;
    p = p * square - 2.95459980854025e-03f;
    p = p * square - 1.60960333262415e-02f;
    float q = -1.45660718464996e-05f;
    q = q * square - 2.13374055278905e-04f;
    q = q * square - 1.68282697438203e-03f;
    q = q * square - 7.37332916720468e-03f;
    q = q * square - 1.42647390514189e-02f;
    return x * p / q;
}

// Sixteen floats, which the compiler keeps in one, two or four registers. Read from memory of any
// alignment; a row's last few values come with zeros (or, for the largest, copies) behind them.
typedef float sixteen __attribute__((vector_size(4 * LANES)));

// Always inlined, so no vector crosses a call between code compiled at different levels.
#pragma clang diagnostic ignored "-Wpsabi"
INLINE sixteen load(const float *values) {
    sixteen lanes;
    __builtin_memcpy(&lanes, values, sizeof lanes);
    return lanes;
}

INLINE void store(sixteen lanes, float *values) {
    __builtin_memcpy(values, &lanes, sizeof lanes);
}

INLINE sixteen load_some(const float *values, size_t count, float filler) {
    float padded[LANES];
    for (size_t i = 0; i < LANES; i++) padded[i] = i < count ? values[i] : filler;
    return load(padded);
}

INLINE float sum_of_lanes(sixteen lanes) {
    float halves[LANES / 2];
    for (int i = 0; i < 8; i++) halves[i] = lanes[i] + lanes[i + 8];
    for (int i = 0; i < 4; i++) halves[i] += halves[i + 4];
    return (halves[0] + halves[2]) + (halves[1] + halves[3]);
}

INLINE float sum(const float *values, size_t count) {
    sixteen lanes = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) lanes += load(values + i);
    if (i < count) lanes += load_some(values + i, count - i, 0.0f);
    return sum_of_lanes(lanes);
}

INLINE float sum_of_squares_about(float centre, const float *values, size_t count) {
    sixteen lanes = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        sixteen distance = load(values + i) - centre;
        lanes += distance * distance;
    }
    if (i < count) {
        sixteen distance = load_some(values + i, count - i, centre) - centre;
        lanes += distance * distance;
    }
    return sum_of_lanes(lanes);
}

INLINE float largest(const float *values, size_t count) {
    sixteen lanes = load_some(values, count < LANES ? count : LANES, values[0]);
    size_t i = LANES;
    for (; i + LANES <= count; i += LANES)
        lanes = __builtin_elementwise_max(load(values + i), lanes);
    float best = lanes[0];
    for (int lane = 1; lane < LANES; lane++) best = lanes[lane] > best ? lanes[lane] : best;
    for (; i < count; i++) best = values[i] > best ? values[i] : best;
    return best;
}

INLINE void layer_norm_body(
    const float *input, const float *scale, const float *shift, float epsilon,
    float *output, size_t rows, size_t columns
) {
    for (size_t row = 0; row < rows; row++) {
        const float *x = input + row * columns;
        float *y = output + row * columns;
        float mean = sum(x, columns) / (float)columns;
        float variance = sum_of_squares_about(mean, x, columns) / (float)columns;
        float inverse = 1.0f / __builtin_sqrtf(variance + epsilon);
        // By hand, because x and y may be the same, which the compiler would have to fear.
        size_t i = 0;
        for (; i + LANES <= columns; i += LANES) {
            sixteen normal = (load(x + i) - mean) * inverse;
            store(normal * load(scale + i) + load(shift + i), y + i);
        }
        for (; i < columns; i++) y[i] = (x[i] - mean) * inverse * scale[i] + shift[i];
    }
}

INLINE void softmax_body(float *scores, size_t rows, size_t columns, int causal) {
    for (size_t row = 0; row < rows; row++) {
        float *x = scores + row * columns;
        size_t seen = causal && row + 1 < columns ? row + 1 : columns;
        float top = largest(x, seen);
        for (size_t i = 0; i < seen; i++) x[i] = exponential(x[i] - top);
        float inverse = 1.0f / sum(x, seen);
        for (size_t i = 0; i < seen; i++) x[i] *= inverse;
        for (size_t i = seen; i < columns; i++) x[i] = 0.0f;
    }
}

INLINE void gelu_body(float *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float x = values[i];
        values[i] = 0.5f * x * (1.0f + error_function(x * 0.70710678118654752f));
    }
}

INLINE void gelu_tanh_body(float *values, size_t count) {
    // ½(1 + tanh u) = 1 / (1 + e^-2u)
    for (size_t i = 0; i < count; i++) {
        float x = values[i];
        float u = 0.79788456080286536f * (x + 0.044715f * x * x * x);
        values[i] = x / (1.0f + exponential(-2.0f * u));
    }
}

INLINE void quick_gelu_body(float *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = values[i] / (1.0f + exponential(-1.702f * values[i]));
}

INLINE void relu_body(float *values, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] = values[i] < 0.0f ? 0.0f : values[i];
}

INLINE void unit_length_body(float *values, size_t rows, size_t columns, float *lengths) {
    for (size_t row = 0; row < rows; row++) {
        float *x = values + row * columns;
        float length = __builtin_sqrtf(sum_of_squares_about(0.0f, x, columns));
        lengths[row] = length;
        float inverse = length > 0.0f ? 1.0f / length : 0.0f;
        for (size_t i = 0; i < columns; i++) x[i] *= inverse;
    }
}

INLINE void mean_of_rows_body(const float *rows_start, size_t rows, size_t columns, float *mean) {
    for (size_t i = 0; i < columns; i++) mean[i] = 0.0f;
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) mean[i] += rows_start[row * columns + i];
    float inverse = rows > 0 ? 1.0f / (float)rows : 0.0f;
    for (size_t i = 0; i < columns; i++) mean[i] *= inverse;
}

#if defined(__x86_64__)
#define THREE_LEVELS(name, parameters, arguments, ...)                                         \
    static void name##_plain parameters { name##_body arguments; }                             \
    __attribute__((target("avx2,fma"))) static void name##_avx2 parameters {                   \
        name##_body arguments;                                                                 \
    }                                                                                          \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))                     \
    static void name##_avx512 parameters { name##_body arguments; }                            \
    void reel_##name##_at(reel_vector_level level, __VA_ARGS__) {                              \
        if (level == reel_level_avx512) name##_avx512 arguments;                               \
        else if (level == reel_level_avx2) name##_avx2 arguments;                              \
        else name##_plain arguments;                                                           \
    }                                                                                          \
    void reel_##name parameters {                                                              \
        reel_vector_level level = reel_best_vector_level();                                    \
        if (level == reel_level_avx512) name##_avx512 arguments;                               \
        else if (level == reel_level_avx2) name##_avx2 arguments;                              \
        else name##_plain arguments;                                                           \
    }
#else
#define THREE_LEVELS(name, parameters, arguments, ...)                                         \
    void reel_##name##_at(reel_vector_level level, __VA_ARGS__) {                              \
        (void)level;                                                                           \
        name##_body arguments;                                                                 \
    }                                                                                          \
    void reel_##name parameters { name##_body arguments; }
#endif

// The parameter list appears twice: once in brackets, once to stand behind the level.
#define LAYER_NORM_PARAMETERS                                                                  \
    const float *input, const float *scale, const float *shift, float epsilon, float *output,  \
    size_t rows, size_t columns
THREE_LEVELS(
    layer_norm, (LAYER_NORM_PARAMETERS), (input, scale, shift, epsilon, output, rows, columns),
    LAYER_NORM_PARAMETERS)
#define SOFTMAX_PARAMETERS float *scores, size_t rows, size_t columns, int causal
THREE_LEVELS(softmax, (SOFTMAX_PARAMETERS), (scores, rows, columns, causal), SOFTMAX_PARAMETERS)
#define MAP_PARAMETERS float *values, size_t count
THREE_LEVELS(gelu, (MAP_PARAMETERS), (values, count), MAP_PARAMETERS)
THREE_LEVELS(gelu_tanh, (MAP_PARAMETERS), (values, count), MAP_PARAMETERS)
THREE_LEVELS(quick_gelu, (MAP_PARAMETERS), (values, count), MAP_PARAMETERS)
THREE_LEVELS(relu, (MAP_PARAMETERS), (values, count), MAP_PARAMETERS)
#define UNIT_LENGTH_PARAMETERS float *values, size_t rows, size_t columns, float *lengths
THREE_LEVELS(
    unit_length, (UNIT_LENGTH_PARAMETERS), (values, rows, columns, lengths),
    UNIT_LENGTH_PARAMETERS)
#define MEAN_PARAMETERS const float *rows_start, size_t rows, size_t columns, float *mean
THREE_LEVELS(mean_of_rows, (MEAN_PARAMETERS), (rows_start, rows, columns, mean), MEAN_PARAMETERS)

void reel_layer_norm_scalar(LAYER_NORM_PARAMETERS) {
    for (size_t row = 0; row < rows; row++) {
        const float *x = input + row * columns;
        double mean = 0, variance = 0;
        for (size_t i = 0; i < columns; i++) mean += x[i];
        mean /= (double)columns;
        for (size_t i = 0; i < columns; i++) variance += (x[i] - mean) * (x[i] - mean);
        variance /= (double)columns;
        for (size_t i = 0; i < columns; i++)
            output[row * columns + i] =
                (float)((x[i] - mean) / sqrt(variance + epsilon) * scale[i] + shift[i]);
    }
}

void reel_softmax_scalar(SOFTMAX_PARAMETERS) {
    for (size_t row = 0; row < rows; row++) {
        float *x = scores + row * columns;
        size_t seen = causal && row + 1 < columns ? row + 1 : columns;
        double top = x[0], total = 0;
        for (size_t i = 1; i < seen; i++) top = x[i] > top ? x[i] : top;
        for (size_t i = 0; i < seen; i++) total += exp(x[i] - top);
        for (size_t i = 0; i < seen; i++) x[i] = (float)(exp(x[i] - top) / total);
        for (size_t i = seen; i < columns; i++) x[i] = 0;
    }
}

void reel_gelu_scalar(MAP_PARAMETERS) {
    for (size_t i = 0; i < count; i++) {
        double x = values[i];
        values[i] = (float)(0.5 * x * (1 + erf(x / sqrt(2.0))));
    }
}

void reel_gelu_tanh_scalar(MAP_PARAMETERS) {
    for (size_t i = 0; i < count; i++) {
        double x = values[i];
        values[i] =
            (float)(0.5 * x * (1 + tanh(sqrt(2 / 3.14159265358979323846)
                                        * (x + 0.044715 * x * x * x))));
    }
}

void reel_quick_gelu_scalar(MAP_PARAMETERS) {
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(values[i] / (1 + exp(-1.702 * values[i])));
}

void reel_relu_scalar(MAP_PARAMETERS) {
    for (size_t i = 0; i < count; i++) values[i] = values[i] < 0 ? 0 : values[i];
}

void reel_unit_length_scalar(UNIT_LENGTH_PARAMETERS) {
    for (size_t row = 0; row < rows; row++) {
        double squares = 0;
        for (size_t i = 0; i < columns; i++)
            squares += (double)values[row * columns + i] * values[row * columns + i];
        lengths[row] = (float)sqrt(squares);
        for (size_t i = 0; i < columns && squares > 0; i++)
            values[row * columns + i] = (float)(values[row * columns + i] / sqrt(squares));
    }
}

void reel_mean_of_rows_scalar(MEAN_PARAMETERS) {
    for (size_t i = 0; i < columns; i++) {
        double total = 0;
        for (size_t row = 0; row < rows; row++) total += rows_start[row * columns + i];
        mean[i] = rows > 0 ? (float)(total / (double)rows) : 0;
    }
}
