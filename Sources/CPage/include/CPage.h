// The files of the web page, in the program itself: nothing to install, nothing to lose.
//
// They are put there by the compiler's #embed: as Swift resources or literals the same bytes take
// seconds to compile.
#ifndef REEL_CPAGE_H
#define REEL_CPAGE_H
#include <stddef.h>

struct reel_page_file {
    /// As in the address: /page/NAME.
    const char *name;
    const char *content_type;
    const unsigned char *bytes;
    size_t count;
};

/// All files; index.html is the page itself.
const struct reel_page_file *reel_page_files(size_t *count);

#endif
