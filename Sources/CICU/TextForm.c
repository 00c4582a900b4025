// Unicode normalisation forms, and the folding that makes search forgive case and accents.
#include "CICU.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uset.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

// UTF-16 that lives on the stack while it is short, as words are.
enum { SHORT = 256 };
typedef struct {
    UChar *units;
    int32_t length, capacity;
    UChar own[SHORT];
} buffer;

static void buffer_open(buffer *b) {
    b->units = b->own;
    b->length = 0;
    b->capacity = SHORT;
}

static void buffer_close(buffer *b) {
    if (b->units != b->own) free(b->units);
}

// Makes room for at least `capacity` units; what was there is lost.
static int buffer_reserve(buffer *b, int32_t capacity, UErrorCode *code) {
    if (capacity <= b->capacity) return 1;
    buffer_close(b);
    b->units = malloc((size_t)capacity * sizeof(UChar));
    if (!b->units) {
        buffer_open(b);
        *code = U_MEMORY_ALLOCATION_ERROR;
        return 0;
    }
    b->capacity = capacity;
    return 1;
}

static void normalize(const UNormalizer2 *to, const buffer *from, buffer *into, UErrorCode *code) {
    if (U_FAILURE(*code)) return;
    into->length =
        unorm2_normalize(to, from->units, from->length, into->units, into->capacity, code);
    if (*code != U_BUFFER_OVERFLOW_ERROR) return;
    *code = U_ZERO_ERROR;
    if (!buffer_reserve(into, into->length, code)) return;
    into->length =
        unorm2_normalize(to, from->units, from->length, into->units, into->capacity, code);
}

// Scripts whose marks readers leave out when they type: accents, tones, vowel points. In the
// others a mark is part of the word (Devanagari vowels, Thai tones, Japanese voicing).
static int marks_are_optional(UScriptCode script) {
    switch (script) {
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
    case USCRIPT_CYRILLIC:
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW:
        return 1;
    default:
        return 0;
    }
}

// Letters with a stroke, or two letters in one, that have no decomposition; and apostrophes.
static UChar32 plain(UChar32 scalar, UChar32 *second) {
    *second = 0;
    switch (scalar) {
    case 0x00f8: return 'o';  // ø
    case 0x0111: return 'd';  // đ
    case 0x0127: return 'h';  // ħ
    case 0x0131: return 'i';  // ı
    case 0x0142: return 'l';  // ł
    case 0x0167: return 't';  // ŧ
    case 0x00e6: *second = 'e'; return 'a';  // æ
    case 0x0153: *second = 'e'; return 'o';  // œ
    case 0x2018:
    case 0x2019:
    case 0x02bc: return '\'';
    default: return scalar;
    }
}

// й and ї are letters that nobody types without their marks; stemming needs them too.
static int is_letter_of_its_own(UChar32 letter, UChar32 mark) {
    return (letter == 0x0438 && mark == 0x0306) || (letter == 0x0456 && mark == 0x0308);
}

// Takes NFD; leaves out optional marks and makes letters plain.
static void strip(const buffer *from, buffer *into, UErrorCode *code) {
    if (U_FAILURE(*code)) return;
    if (from->length > INT32_MAX / 2) {
        *code = U_INDEX_OUTOFBOUNDS_ERROR;
        return;
    }
    if (!buffer_reserve(into, 2 * from->length, code)) return;
    int32_t read = 0, write = 0, optional = 0;
    UChar32 letter = 0;
    while (read < from->length) {
        UChar32 scalar, second;
        U16_NEXT(from->units, read, from->length, scalar);
        if (scalar < 0x80) {
            letter = scalar;
            optional = (scalar | 0x20) >= 'a' && (scalar | 0x20) <= 'z';
        } else if (u_charType(scalar) == U_NON_SPACING_MARK) {
            if (optional && !is_letter_of_its_own(letter, scalar)) continue;
        } else {
            letter = scalar;
            UErrorCode ignored = U_ZERO_ERROR;
            optional = marks_are_optional(uscript_getScript(scalar, &ignored));
        }
        scalar = plain(scalar, &second);
        U16_APPEND_UNSAFE(into->units, write, scalar);
        if (second) U16_APPEND_UNSAFE(into->units, write, second);
    }
    into->length = write;
}

static const UNormalizer2 *normalizer(int32_t form, UErrorCode *code) {
    switch (form) {
    case REEL_FORM_NFC: return unorm2_getNFCInstance(code);
    case REEL_FORM_NFD: return unorm2_getNFDInstance(code);
    case REEL_FORM_NFKC: return unorm2_getNFKCInstance(code);
    case REEL_FORM_NFKD: return unorm2_getNFKDInstance(code);
    default: return unorm2_getNFKCCasefoldInstance(code);
    }
}

// Normalisers restricted to the scalars of older versions of Unicode, made when first asked for.
enum { FORM_COUNT = 4, AGE_COUNT = 32 };
static const UNormalizer2 *filters[FORM_COUNT][AGE_COUNT];

static const UNormalizer2 *filtered(int32_t form, int32_t age, UErrorCode *code) {
    if (form < 0 || form >= FORM_COUNT || age < 1 || age >= AGE_COUNT) {
        *code = U_ILLEGAL_ARGUMENT_ERROR;
        return NULL;
    }
    const UNormalizer2 *before = __atomic_load_n(&filters[form][age], __ATOMIC_ACQUIRE);
    if (before) return before;
    UChar pattern[] = u"[:age=00:]";
    pattern[6] = (UChar)('0' + age / 10);
    pattern[7] = (UChar)('0' + age % 10);
    USet *scalars = uset_openPattern(pattern, -1, code);
    if (U_FAILURE(*code)) return NULL;
    uset_freeze(scalars);
    UNormalizer2 *filter = unorm2_openFiltered(normalizer(form, code), scalars, code);
    if (U_FAILURE(*code)) {
        uset_close(scalars);
        return NULL;
    }
    if (!__atomic_compare_exchange_n(
            &filters[form][age], &before, filter, 0, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE)) {
        unorm2_close(filter);
        uset_close(scalars);
        return before;
    }
    return filter;
}

static int32_t write_form(
    int32_t form, const UNormalizer2 *given, const uint8_t *text, int32_t length, uint8_t *result,
    int32_t capacity, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    buffer first, second;
    buffer_open(&first);
    buffer_open(&second);
    // UTF-16 never has more units than UTF-8 has bytes, U+FFFD for a stray byte included.
    if (buffer_reserve(&first, length, &code)) {
        u_strFromUTF8WithSub(
            first.units, first.capacity, &first.length, (const char *)text, length, 0xfffd, NULL,
            &code);
    }
    // A text that fills its buffer exactly is not an error: lengths travel with it.
    if (code == U_STRING_NOT_TERMINATED_WARNING) code = U_ZERO_ERROR;
    normalize(given ? given : normalizer(form, &code), &first, &second, &code);
    const buffer *last = &second;
    if (form == REEL_FORM_SEARCH) {
        normalize(normalizer(REEL_FORM_NFD, &code), &second, &first, &code);
        strip(&first, &second, &code);
        normalize(normalizer(REEL_FORM_NFC, &code), &second, &first, &code);
        last = &first;
    }
    int32_t needed = -1;
    if (U_SUCCESS(code)) {
        u_strToUTF8WithSub(
            (char *)result, capacity, &needed, last->units, last->length, 0xfffd, NULL, &code);
        if (code == U_BUFFER_OVERFLOW_ERROR) code = U_ZERO_ERROR;
    }
    buffer_close(&first);
    buffer_close(&second);
    *status = code;
    return U_SUCCESS(code) ? needed : -1;
}

int32_t reel_text_form(
    int32_t form, const uint8_t *text, int32_t length, uint8_t *result, int32_t capacity,
    int32_t *status) {
    return write_form(form, NULL, text, length, result, capacity, status);
}

int32_t reel_text_form_of_age(
    int32_t form, int32_t age, const uint8_t *text, int32_t length, uint8_t *result,
    int32_t capacity, int32_t *status) {
    UErrorCode code = U_ZERO_ERROR;
    const UNormalizer2 *filter = filtered(form, age, &code);
    *status = code;
    if (!filter) return -1;
    return write_form(form, filter, text, length, result, capacity, status);
}
