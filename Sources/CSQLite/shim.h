// SQLite 3.40 with FTS5, and the macros and variadic functions Swift cannot import.
#ifndef REEL_CSQLITE_SHIM_H
#define REEL_CSQLITE_SHIM_H
#include <sqlite3.h>
#endif
