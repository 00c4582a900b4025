// ICU's sentence break iterator (UAX #29), over UTF-8.
#include "CICU.h"

#include <unicode/ubrk.h>
#include <unicode/utext.h>

int32_t reel_sentence_ends(
    const uint8_t *text, int32_t length, int32_t *ends, int32_t capacity, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    int32_t count = 0;
    UText source = UTEXT_INITIALIZER;
    utext_openUTF8(&source, (const char *)text, length, &code);
    // The root locale, as for words.
    UBreakIterator *iterator = ubrk_open(UBRK_SENTENCE, "", NULL, 0, &code);
    ubrk_setUText(iterator, &source, &code);
    if (U_SUCCESS(code)) {
        ubrk_first(iterator);
        int32_t end;
        while (count < capacity && (end = ubrk_next(iterator)) != UBRK_DONE) ends[count++] = end;
    }
    *status = code;
    ubrk_close(iterator);
    utext_close(&source);
    return U_SUCCESS(code) ? count : -1;
}
