// One array and one row of the table a file. The compiler's list of dependencies holds the assets,
// so a changed one is embedded again by the next build.
#include "CPage.h"

#define REEL_HTML "text/html; charset=utf-8"
#define REEL_STYLE "text/css; charset=utf-8"
#define REEL_SCRIPT "text/javascript; charset=utf-8"
#define REEL_DRAWING "image/svg+xml"
#define REEL_DOCUMENT "application/json"

static const unsigned char address_js[] = {
#embed "assets/address.js"
};
static const unsigned char answer_js[] = {
#embed "assets/answer.js"
};
static const unsigned char api_js[] = {
#embed "assets/api.js"
};
static const unsigned char app_js[] = {
#embed "assets/app.js"
};
static const unsigned char base_css[] = {
#embed "assets/base.css"
};
static const unsigned char beside_js[] = {
#embed "assets/beside.js"
};
static const unsigned char cards_js[] = {
#embed "assets/cards.js"
};
static const unsigned char cases_css[] = {
#embed "assets/cases.css"
};
static const unsigned char cases_js[] = {
#embed "assets/cases.js"
};
static const unsigned char dom_js[] = {
#embed "assets/dom.js"
};
static const unsigned char evidence_js[] = {
#embed "assets/evidence.js"
};
static const unsigned char exports_js[] = {
#embed "assets/exports.js"
};
static const unsigned char filters_js[] = {
#embed "assets/filters.js"
};
static const unsigned char format_js[] = {
#embed "assets/format.js"
};
static const unsigned char index_html[] = {
#embed "assets/index.html"
};
static const unsigned char ingest_js[] = {
#embed "assets/ingest.js"
};
static const unsigned char keyboard_js[] = {
#embed "assets/keyboard.js"
};
static const unsigned char library_css[] = {
#embed "assets/library.css"
};
static const unsigned char library_js[] = {
#embed "assets/library.js"
};
static const unsigned char mark_svg[] = {
#embed "assets/mark.svg"
};
static const unsigned char openapi_json[] = {
#embed "assets/openapi.json"
};
static const unsigned char palette_css[] = {
#embed "assets/palette.css"
};
static const unsigned char pictures_js[] = {
#embed "assets/pictures.js"
};
static const unsigned char player_css[] = {
#embed "assets/player.css"
};
static const unsigned char player_js[] = {
#embed "assets/player.js"
};
static const unsigned char removal_js[] = {
#embed "assets/removal.js"
};
static const unsigned char results_css[] = {
#embed "assets/results.css"
};
static const unsigned char results_js[] = {
#embed "assets/results.js"
};
static const unsigned char screen_js[] = {
#embed "assets/screen.js"
};
static const unsigned char search_css[] = {
#embed "assets/search.css"
};
static const unsigned char search_js[] = {
#embed "assets/search.js"
};
static const unsigned char start_js[] = {
#embed "assets/start.js"
};
static const unsigned char states_js[] = {
#embed "assets/states.js"
};
static const unsigned char theme_js[] = {
#embed "assets/theme.js"
};
static const unsigned char thumbs_js[] = {
#embed "assets/thumbs.js"
};
static const unsigned char track_js[] = {
#embed "assets/track.js"
};

#define REEL_PAGE_FILE(name, type, bytes) {name, type, bytes, sizeof(bytes)}

static const struct reel_page_file files[] = {
    REEL_PAGE_FILE("address.js", REEL_SCRIPT, address_js),
    REEL_PAGE_FILE("answer.js", REEL_SCRIPT, answer_js),
    REEL_PAGE_FILE("api.js", REEL_SCRIPT, api_js),
    REEL_PAGE_FILE("app.js", REEL_SCRIPT, app_js),
    REEL_PAGE_FILE("base.css", REEL_STYLE, base_css),
    REEL_PAGE_FILE("beside.js", REEL_SCRIPT, beside_js),
    REEL_PAGE_FILE("cards.js", REEL_SCRIPT, cards_js),
    REEL_PAGE_FILE("cases.css", REEL_STYLE, cases_css),
    REEL_PAGE_FILE("cases.js", REEL_SCRIPT, cases_js),
    REEL_PAGE_FILE("dom.js", REEL_SCRIPT, dom_js),
    REEL_PAGE_FILE("evidence.js", REEL_SCRIPT, evidence_js),
    REEL_PAGE_FILE("exports.js", REEL_SCRIPT, exports_js),
    REEL_PAGE_FILE("filters.js", REEL_SCRIPT, filters_js),
    REEL_PAGE_FILE("format.js", REEL_SCRIPT, format_js),
    REEL_PAGE_FILE("index.html", REEL_HTML, index_html),
    REEL_PAGE_FILE("ingest.js", REEL_SCRIPT, ingest_js),
    REEL_PAGE_FILE("keyboard.js", REEL_SCRIPT, keyboard_js),
    REEL_PAGE_FILE("library.css", REEL_STYLE, library_css),
    REEL_PAGE_FILE("library.js", REEL_SCRIPT, library_js),
    REEL_PAGE_FILE("mark.svg", REEL_DRAWING, mark_svg),
    REEL_PAGE_FILE("openapi.json", REEL_DOCUMENT, openapi_json),
    REEL_PAGE_FILE("palette.css", REEL_STYLE, palette_css),
    REEL_PAGE_FILE("pictures.js", REEL_SCRIPT, pictures_js),
    REEL_PAGE_FILE("player.css", REEL_STYLE, player_css),
    REEL_PAGE_FILE("player.js", REEL_SCRIPT, player_js),
    REEL_PAGE_FILE("removal.js", REEL_SCRIPT, removal_js),
    REEL_PAGE_FILE("results.css", REEL_STYLE, results_css),
    REEL_PAGE_FILE("results.js", REEL_SCRIPT, results_js),
    REEL_PAGE_FILE("screen.js", REEL_SCRIPT, screen_js),
    REEL_PAGE_FILE("search.css", REEL_STYLE, search_css),
    REEL_PAGE_FILE("search.js", REEL_SCRIPT, search_js),
    REEL_PAGE_FILE("start.js", REEL_SCRIPT, start_js),
    REEL_PAGE_FILE("states.js", REEL_SCRIPT, states_js),
    REEL_PAGE_FILE("theme.js", REEL_SCRIPT, theme_js),
    REEL_PAGE_FILE("thumbs.js", REEL_SCRIPT, thumbs_js),
    REEL_PAGE_FILE("track.js", REEL_SCRIPT, track_js),
};

const struct reel_page_file *reel_page_files(size_t *count) {
    *count = sizeof(files) / sizeof(files[0]);
    return files;
}
