// One array and one row of the table a file. The compiler's list of dependencies holds the assets,
// so a changed one is embedded again by the next build.
#include "CPage.h"

static const unsigned char index_html[] = {
#embed "assets/index.html"
};

#define REEL_PAGE_FILE(name, type, bytes) {name, type, bytes, sizeof(bytes)}

static const struct reel_page_file files[] = {
    REEL_PAGE_FILE("index.html", "text/html; charset=utf-8", index_html),
};

const struct reel_page_file *reel_page_files(size_t *count) {
    *count = sizeof(files) / sizeof(files[0]);
    return files;
}
