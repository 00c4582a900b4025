// Bodies that the compiler turns into vectors, compiled at three levels, as in Activations.c. The
// recurrent cell is the one part of the network that cannot be batched over time: its product
// reads the weights row by row, so that sums stay in registers and no lanes are added up.
#include "VoiceNetwork.h"
#include "Exponential.h"
#include <math.h>

enum { WIDTH = REEL_LSTM_WIDTH, GATES = 4 * REEL_LSTM_WIDTH, LANES = 16, TILE = 8 };

// Always inlined, so no vector crosses a call between code compiled at different levels.
#pragma clang diagnostic ignored "-Wpsabi"
typedef float sixteen __attribute__((vector_size(64)));

INLINE float logistic(float x) { return 1.0f / (1.0f + exponential(-x)); }

// tanh x = 1 − 2 / (1 + e^2x); absolute error below 2e-7.
INLINE float hyperbolic_tangent(float x) { return 1.0f - 2.0f / (1.0f + exponential(2.0f * x)); }

INLINE void magnitudes_body(
    const float *spectrum, size_t rows, size_t bins, float *magnitudes, size_t stride
) {
    for (size_t row = 0; row < rows; row++) {
        const float *real = spectrum + row * 2 * bins;
        const float *imaginary = real + bins;
        float *output = magnitudes + row * stride;
        for (size_t i = 0; i < bins; i++)
            output[i] = __builtin_sqrtf(real[i] * real[i] + imaginary[i] * imaginary[i]);
    }
}

INLINE void add_bias_rectify_body(
    float *values, const float *bias, size_t rows, size_t columns
) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) {
            float sum = values[row * columns + i] + bias[i];
            values[row * columns + i] = sum > 0.0f ? sum : 0.0f;
        }
}

INLINE void lstm_body(
    float *inputs, size_t steps, const float *weights, float *hidden, float *cell, float *states
) {
    for (size_t step = 0; step < steps; step++) {
        float *gates = inputs + step * GATES;
        for (size_t first = 0; first < GATES; first += TILE * LANES) {
            sixteen sums[TILE];
            for (int t = 0; t < TILE; t++)
                __builtin_memcpy(&sums[t], gates + first + t * LANES, sizeof sums[t]);
            for (size_t k = 0; k < WIDTH; k++) {
                const float *row = weights + k * GATES + first;
                for (int t = 0; t < TILE; t++) {
                    sixteen w;
                    __builtin_memcpy(&w, row + t * LANES, sizeof w);
                    sums[t] += w * hidden[k];
                }
            }
            for (int t = 0; t < TILE; t++)
                __builtin_memcpy(gates + first + t * LANES, &sums[t], sizeof sums[t]);
        }
        float *state = states + step * WIDTH;
        for (size_t i = 0; i < WIDTH; i++) {
            float kept = logistic(gates[WIDTH + i]) * cell[i];
            float added = logistic(gates[i]) * hyperbolic_tangent(gates[2 * WIDTH + i]);
            float memory = kept + added;
            cell[i] = memory;
            state[i] = logistic(gates[3 * WIDTH + i]) * hyperbolic_tangent(memory);
        }
        __builtin_memcpy(hidden, state, WIDTH * sizeof(float));
    }
}

INLINE void rectified_logistic_body(
    const float *rows_start, size_t rows, size_t columns, const float *weights, float bias,
    float *output
) {
    for (size_t row = 0; row < rows; row++) {
        const float *x = rows_start + row * columns;
        float lanes[LANES] = {0}, total = bias;
        size_t i = 0;
        for (; i + LANES <= columns; i += LANES)
            for (size_t lane = 0; lane < LANES; lane++)
                lanes[lane] += weights[i + lane] * (x[i + lane] > 0.0f ? x[i + lane] : 0.0f);
        for (; i < columns; i++) total += weights[i] * (x[i] > 0.0f ? x[i] : 0.0f);
        for (size_t lane = 0; lane < LANES; lane++) total += lanes[lane];
        output[row] = logistic(total);
    }
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
#define MAGNITUDES_PARAMETERS                                                                  \
    const float *spectrum, size_t rows, size_t bins, float *magnitudes, size_t stride
THREE_LEVELS(
    magnitudes, (MAGNITUDES_PARAMETERS), (spectrum, rows, bins, magnitudes, stride),
    MAGNITUDES_PARAMETERS)
#define BIAS_PARAMETERS float *values, const float *bias, size_t rows, size_t columns
THREE_LEVELS(add_bias_rectify, (BIAS_PARAMETERS), (values, bias, rows, columns), BIAS_PARAMETERS)
#define LSTM_PARAMETERS                                                                        \
    float *inputs, size_t steps, const float *weights, float *hidden, float *cell, float *states
THREE_LEVELS(
    lstm, (LSTM_PARAMETERS), (inputs, steps, weights, hidden, cell, states), LSTM_PARAMETERS)
#define LOGISTIC_PARAMETERS                                                                    \
    const float *rows_start, size_t rows, size_t columns, const float *weights, float bias,    \
    float *output
THREE_LEVELS(
    rectified_logistic, (LOGISTIC_PARAMETERS),
    (rows_start, rows, columns, weights, bias, output), LOGISTIC_PARAMETERS)

void reel_magnitudes_scalar(MAGNITUDES_PARAMETERS) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < bins; i++) {
            double real = spectrum[row * 2 * bins + i];
            double imaginary = spectrum[row * 2 * bins + bins + i];
            magnitudes[row * stride + i] = (float)sqrt(real * real + imaginary * imaginary);
        }
}

void reel_add_bias_rectify_scalar(BIAS_PARAMETERS) {
    for (size_t i = 0; i < rows * columns; i++) {
        double sum = (double)values[i] + bias[i % columns];
        values[i] = sum > 0 ? (float)sum : 0;
    }
}

void reel_lstm_scalar(LSTM_PARAMETERS) {
    for (size_t step = 0; step < steps; step++) {
        float *gates = inputs + step * GATES, *state = states + step * WIDTH;
        for (size_t gate = 0; gate < GATES; gate++) {
            double total = gates[gate];
            for (size_t k = 0; k < WIDTH; k++)
                total += (double)weights[k * GATES + gate] * hidden[k];
            gates[gate] = (float)total;
        }
        for (size_t i = 0; i < WIDTH; i++) {
            double memory = cell[i] / (1 + exp(-gates[WIDTH + i]))
                + tanh(gates[2 * WIDTH + i]) / (1 + exp(-gates[i]));
            cell[i] = (float)memory;
            state[i] = (float)(tanh(memory) / (1 + exp(-gates[3 * WIDTH + i])));
        }
        for (size_t i = 0; i < WIDTH; i++) hidden[i] = state[i];
    }
}

void reel_rectified_logistic_scalar(LOGISTIC_PARAMETERS) {
    for (size_t row = 0; row < rows; row++) {
        double total = bias;
        for (size_t i = 0; i < columns; i++)
            total += rows_start[row * columns + i] > 0
                ? (double)weights[i] * rows_start[row * columns + i] : 0;
        output[row] = (float)(1 / (1 + exp(-total)));
    }
}
