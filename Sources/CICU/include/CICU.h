// ICU behind opaque types: its headers clash with Foundation's own copy of ICU, and its symbols
// end in the version's number. Nothing here shows an ICU type.
#ifndef REEL_CICU_H
#define REEL_CICU_H
#include <stdint.h>

// "72.1" and the like; a static string.
const char *reel_icu_version(void);
// "15.0" and the like; a static string.
const char *reel_icu_unicode_version(void);
// "U_MISSING_RESOURCE_ERROR" and the like; a static string.
const char *reel_icu_error_name(int32_t status);

// ---- Words ---------------------------------------------------------------------------------

typedef struct reel_word_breaker reel_word_breaker;

enum {
    REEL_WORD_NUMBER = 1,
    REEL_WORD_LETTERS = 2,
    REEL_WORD_IDEOGRAPHS = 3,  // and kana
    REEL_WORD_EMOJI = 4,
};

typedef struct {
    int32_t start;  // bytes from the beginning of the text
    int32_t end;
    int32_t kind;
} reel_word;

// Null, with the status set, when ICU's data cannot be read.
reel_word_breaker *reel_word_breaker_open(int32_t *status);
void reel_word_breaker_close(reel_word_breaker *breaker);

// The bytes must stay where they are until the next call of this function, or the close; they
// need not be UTF-8. Returns 0 on failure, with the status set.
int reel_word_breaker_set_text(
    reel_word_breaker *breaker, const uint8_t *text, int32_t length, int32_t *status);

// Fills in up to `capacity` further words; white space and punctuation are passed over.
// Returns how many; fewer than `capacity` at the end of the text.
int32_t reel_word_breaker_next(reel_word_breaker *breaker, reel_word *words, int32_t capacity);

// ---- Sentences -----------------------------------------------------------------------------

// Writes where each sentence ends, in bytes, up to `capacity` of them, and returns how many. White
// space belongs to the sentence before it. Returns -1 on failure, with the status set.
int32_t reel_sentence_ends(
    const uint8_t *text, int32_t length, int32_t *ends, int32_t capacity, int32_t *status);

// ---- Forms ---------------------------------------------------------------------------------

enum {
    REEL_FORM_NFC = 0,
    REEL_FORM_NFD = 1,
    REEL_FORM_NFKC = 2,
    REEL_FORM_NFKD = 3,
    REEL_FORM_NFKC_CASEFOLD = 4,
    REEL_FORM_SEARCH = 5,  // what TextFolding describes
};

// Writes the form of `text` to `result` and returns its length in bytes. When that is more than
// `capacity` what is in `result` means nothing: call again with room. Bytes that are not UTF-8 become U+FFFD. Returns -1 on failure,
// with the status set.
int32_t reel_text_form(
    int32_t form, const uint8_t *text, int32_t length, uint8_t *result, int32_t capacity,
    int32_t *status);

// ---- Languages -----------------------------------------------------------------------------

// The three-letter terminological code (ISO 639-2/T, 639-3) of a language named by a code of two
// or three letters, with or without a region (`en`, `eng`, `en-GB`). Empty when there is none.
// The text lives as long as the program.
const char *reel_language_code(const char *name);
#endif
