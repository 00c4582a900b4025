// ICU's regular expressions over UTF-8: places come and go in bytes.
#include "CICU.h"

#include <stdlib.h>
#include <unicode/uregex.h>
#include <unicode/ustring.h>

struct reel_regex {
    URegularExpression *expression;
    UChar *units;       // the text of the search under way
    int32_t capacity;   // in units
    int32_t length;     // in units
    const uint8_t *text;
    // A place both ways, that only moves on: unit of UTF-16 and byte of UTF-8.
    int32_t unit, byte;
    // Steps that the search under way took, and how many it may take.
    int32_t steps, allowed;
};

// Bytes for places to go back to.
enum { STACK_LIMIT = 8 << 20 };

// ICU calls this every ten thousand times that it notes a place to go back to.
static UBool U_CALLCONV count_step(const void *context, int32_t steps) {
    (void)steps;  // since the last beginning: the text's are counted here
    reel_regex *regex = (reel_regex *)context;
    return ++regex->steps <= regex->allowed;
}

static reel_regex *wrap(URegularExpression *expression, UErrorCode *code) {
    if (U_SUCCESS(*code)) uregex_setStackLimit(expression, STACK_LIMIT, code);
    reel_regex *regex = U_SUCCESS(*code) ? calloc(1, sizeof *regex) : NULL;
    if (!regex) {
        if (U_SUCCESS(*code)) *code = U_MEMORY_ALLOCATION_ERROR;
        if (expression) uregex_close(expression);
        return NULL;
    }
    regex->expression = expression;
    uregex_setMatchCallback(expression, count_step, regex, code);
    if (U_FAILURE(*code)) {
        reel_regex_close(regex);
        return NULL;
    }
    return regex;
}

reel_regex *reel_regex_open(const uint8_t *pattern, int32_t length, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    UChar *units = malloc(((size_t)length + 1) * sizeof(UChar));
    int32_t count = 0;
    URegularExpression *expression = NULL;
    if (!units) {
        code = U_MEMORY_ALLOCATION_ERROR;
    } else {
        u_strFromUTF8(units, length + 1, &count, (const char *)pattern, length, &code);
    }
    if (U_SUCCESS(code)) expression = uregex_open(units, count, UREGEX_MULTILINE | UREGEX_UNIX_LINES, NULL, &code);
    free(units);
    reel_regex *regex = wrap(expression, &code);
    *status = code;
    return regex;
}

reel_regex *reel_regex_clone(const reel_regex *regex, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    reel_regex *clone = wrap(uregex_clone(regex->expression, &code), &code);
    *status = code;
    return clone;
}

void reel_regex_close(reel_regex *regex) {
    uregex_close(regex->expression);
    free(regex->units);
    free(regex);
}

int reel_regex_set_text(
    reel_regex *regex, const uint8_t *text, int32_t length, int32_t steps, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    // UTF-16 never has more units than UTF-8 has bytes.
    if (regex->capacity < length + 1) {
        free(regex->units);
        regex->units = malloc(((size_t)length + 1) * sizeof(UChar));
        regex->capacity = regex->units ? length + 1 : 0;
        if (!regex->units) code = U_MEMORY_ALLOCATION_ERROR;
    }
    if (U_SUCCESS(code)) {
        u_strFromUTF8WithSub(
            regex->units, regex->capacity, &regex->length, (const char *)text, length, 0xfffd,
            NULL, &code);
    }
    if (U_SUCCESS(code)) uregex_setText(regex->expression, regex->units, regex->length, &code);
    regex->text = text;
    regex->unit = regex->byte = 0;
    regex->steps = 0;
    regex->allowed = steps;
    *status = code;
    return U_SUCCESS(code);
}

int32_t reel_regex_steps(const reel_regex *regex) { return regex->steps; }

static int32_t byte_at(reel_regex *regex, int32_t unit) {
    while (regex->unit < unit) {
        uint8_t lead = regex->text[regex->byte];
        int length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        regex->byte += length;
        regex->unit += length == 4 ? 2 : 1;
    }
    return regex->byte;
}

int32_t reel_regex_next(
    reel_regex *regex, reel_match *matches, int32_t capacity, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    int32_t count = 0;
    while (count < capacity && uregex_findNext(regex->expression, &code) && U_SUCCESS(code)) {
        matches[count].start = byte_at(regex, uregex_start(regex->expression, 0, &code));
        matches[count].end = byte_at(regex, uregex_end(regex->expression, 0, &code));
        count++;
    }
    *status = code;
    return U_SUCCESS(code) ? count : -1;
}
