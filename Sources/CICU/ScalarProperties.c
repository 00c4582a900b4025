// What the Unicode Character Database says of a scalar, from pages that fill as scalars are met.
#include "CICU.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

enum { PAGE_SIZE = 256, PAGE_COUNT = 0x110000 / PAGE_SIZE };

// A page is published whole by its pointer and never changes; when two threads fill the same one,
// the second throws its own away.
static reel_scalar *pages[PAGE_COUNT];

// Whether a scalar neither changes in a form, nor joins with what stands before it, nor moves.
static int is_stable(UProperty quick_check, UChar32 scalar) {
    return u_getIntPropertyValue(scalar, quick_check) == UNORM_YES
        && u_getCombiningClass(scalar) == 0;
}

static reel_scalar *fill(uint32_t number) {
    reel_scalar *page = calloc(PAGE_SIZE, sizeof *page);
    if (!page) abort();
    for (uint32_t i = 0; i < PAGE_SIZE; i++) {
        UChar32 scalar = (UChar32)(number * PAGE_SIZE + i);
        UVersionInfo age;
        u_charAge(scalar, age);
        page[i].category = (uint8_t)u_charType(scalar);
        page[i].age = age[0] + (age[1] > 0);
        uint8_t flags = 0;
        if (u_hasBinaryProperty(scalar, UCHAR_WHITE_SPACE)) flags |= REEL_SCALAR_WHITE_SPACE;
        if (u_hasBinaryProperty(scalar, UCHAR_ALPHABETIC)) flags |= REEL_SCALAR_ALPHABETIC;
        if (is_stable(UCHAR_NFC_QUICK_CHECK, scalar)) flags |= REEL_SCALAR_NFC_STABLE;
        if (is_stable(UCHAR_NFD_QUICK_CHECK, scalar)) flags |= REEL_SCALAR_NFD_STABLE;
        if (is_stable(UCHAR_NFKC_QUICK_CHECK, scalar)) flags |= REEL_SCALAR_NFKC_STABLE;
        if (is_stable(UCHAR_NFKD_QUICK_CHECK, scalar)) flags |= REEL_SCALAR_NFKD_STABLE;
        switch (u_getIntPropertyValue(scalar, UCHAR_GRAPHEME_CLUSTER_BREAK)) {
        case U_GCB_OTHER:
        case U_GCB_LV:
        case U_GCB_LVT: flags |= REEL_SCALAR_STANDS_ALONE; break;
        default: break;
        }
        page[i].flags = flags;
        page[i].lowercase = (uint32_t)u_tolower(scalar);
    }
    reel_scalar *before = NULL;
    if (!__atomic_compare_exchange_n(
            &pages[number], &before, page, 0, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE)) {
        free(page);
        return before;
    }
    return page;
}

reel_scalar reel_scalar_properties(uint32_t scalar) {
    if (scalar >= 0x110000) scalar = 0xfffd;
    uint32_t number = scalar / PAGE_SIZE;
    reel_scalar *page = __atomic_load_n(&pages[number], __ATOMIC_ACQUIRE);
    if (!page) page = fill(number);
    return page[scalar % PAGE_SIZE];
}
