// ICU's word break iterator (UAX #29 with dictionaries for Chinese, Japanese, Thai, Lao, Khmer
// and Burmese), walking UTF-8 in place.
#include "CICU.h"

#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

struct reel_word_breaker {
    UBreakIterator *iterator;
    UText text;
    const uint8_t *bytes;
    int32_t length;
    int32_t place;  // where the last word or gap ended
};

const char *reel_icu_version(void) { return U_ICU_VERSION; }

const char *reel_icu_unicode_version(void) { return U_UNICODE_VERSION; }

const char *reel_icu_error_name(int32_t status) { return u_errorName((UErrorCode)status); }

reel_word_breaker *reel_word_breaker_open(int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    reel_word_breaker *breaker = calloc(1, sizeof *breaker);
    if (!breaker) {
        *status = U_MEMORY_ALLOCATION_ERROR;
        return NULL;
    }
    // The root locale: the environment's would make the same text give other words elsewhere.
    breaker->iterator = ubrk_open(UBRK_WORD, "", NULL, 0, &code);
    breaker->text = (UText)UTEXT_INITIALIZER;
    *status = code;
    if (U_FAILURE(code)) {
        free(breaker);
        return NULL;
    }
    return breaker;
}

void reel_word_breaker_close(reel_word_breaker *breaker) {
    if (!breaker) return;
    ubrk_close(breaker->iterator);
    utext_close(&breaker->text);
    free(breaker);
}

int reel_word_breaker_set_text(
    reel_word_breaker *breaker, const uint8_t *text, int32_t length, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    utext_openUTF8(&breaker->text, (const char *)text, length, &code);
    ubrk_setUText(breaker->iterator, &breaker->text, &code);
    *status = code;
    if (U_FAILURE(code)) return 0;
    breaker->bytes = text;
    breaker->length = length;
    breaker->place = ubrk_first(breaker->iterator);
    return 1;
}

// ICU counts an emoji as "no word"; people search for them. A sign that is shown as a picture
// only when asked to (©, ™, ↔) stays punctuation.
static int begins_with_emoji(const uint8_t *text, int32_t place, int32_t end) {
    if (text[place] < 0xe2) return 0;  // below U+2000
    UChar32 scalar;
    U8_NEXT(text, place, end, scalar);
    if (scalar < 0) return 0;
    return u_hasBinaryProperty(scalar, UCHAR_EMOJI_PRESENTATION)
        || (scalar >= 0x2600 && u_hasBinaryProperty(scalar, UCHAR_EXTENDED_PICTOGRAPHIC));
}

static int32_t kind_of_status(int32_t status) {
    // The dictionary of Chinese and Japanese answers IDEO for kana too.
    if (status >= UBRK_WORD_KANA) return REEL_WORD_IDEOGRAPHS;
    if (status >= UBRK_WORD_LETTER) return REEL_WORD_LETTERS;
    return REEL_WORD_NUMBER;
}

int32_t reel_word_breaker_next(reel_word_breaker *breaker, reel_word *words, int32_t capacity) {
    int32_t count = 0;
    while (count < capacity) {
        int32_t start = breaker->place;
        int32_t end = ubrk_next(breaker->iterator);
        if (end == UBRK_DONE || end <= start || end > breaker->length) break;
        breaker->place = end;
        int32_t status = ubrk_getRuleStatus(breaker->iterator);
        if (status >= UBRK_WORD_NONE_LIMIT) {
            words[count++] = (reel_word){start, end, kind_of_status(status)};
        } else if (begins_with_emoji(breaker->bytes, start, end)) {
            words[count++] = (reel_word){start, end, REEL_WORD_EMOJI};
        }
    }
    return count;
}
