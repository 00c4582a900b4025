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

// The same (not REEL_FORM_SEARCH) as Unicode was in an older version, such as 9: scalars that are
// younger are neither taken apart nor joined, and nothing is reordered past them.
int32_t reel_text_form_of_age(
    int32_t form, int32_t age, const uint8_t *text, int32_t length, uint8_t *result,
    int32_t capacity, int32_t *status);

// ---- Scalars -------------------------------------------------------------------------------

enum {
    REEL_SCALAR_WHITE_SPACE = 1,
    REEL_SCALAR_ALPHABETIC = 2,
    // Text of nothing but such scalars is in the form already.
    REEL_SCALAR_NFC_STABLE = 4,
    REEL_SCALAR_NFD_STABLE = 8,
    REEL_SCALAR_NFKC_STABLE = 16,
    REEL_SCALAR_NFKD_STABLE = 32,
    REEL_SCALAR_STANDS_ALONE = 64,  // between two such scalars grapheme clusters always break
};

typedef struct {
    uint32_t lowercase;  // simple mapping
    uint8_t flags;
    uint8_t category;    // UCharCategory: 0 Cn, 1 Lu, 2 Ll, 3 Lt, 4 Lm, 5 Lo, 6 Mn, ...
    uint8_t age;         // major version of Unicode that first had it, rounded up; 0: unassigned
} reel_scalar;

reel_scalar reel_scalar_properties(uint32_t scalar);

// ---- Regular expressions -------------------------------------------------------------------

// Searches one text at a time, on one thread at a time.
typedef struct reel_regex reel_regex;

typedef struct {
    int32_t start, end;  // bytes from the beginning of the text
} reel_match;

// As in Ruby, `^` and `$` match at every line, and only \n ends one. Null, with the status set, when the pattern is malformed.
reel_regex *reel_regex_open(const uint8_t *pattern, int32_t length, int32_t *status);
reel_regex *reel_regex_clone(const reel_regex *regex, int32_t *status);
void reel_regex_close(reel_regex *regex);

// Begins a search that may take so many steps, each a millisecond or less. The text must be UTF-8
// and stay where it is until the next call. Returns 0 on failure, with the status set.
int reel_regex_set_text(
    reel_regex *regex, const uint8_t *text, int32_t length, int32_t steps, int32_t *status);

// The steps that the search took so far.
int32_t reel_regex_steps(const reel_regex *regex);

// Fills in up to `capacity` further matches, left to right, not overlapping, and returns how many;
// fewer than `capacity` at the end of the text. Returns -1 with the status set when the search
// needs more steps than it may take, or more memory than any sensible pattern does.
int32_t reel_regex_next(
    reel_regex *regex, reel_match *matches, int32_t capacity, int32_t *status);

// ---- Languages -----------------------------------------------------------------------------

// The three-letter terminological code (ISO 639-2/T, 639-3) of a language named by a code of two
// or three letters, with or without a region (`en`, `eng`, `en-GB`). Empty when there is none.
// The text lives as long as the program.
const char *reel_language_code(const char *name);
#endif
