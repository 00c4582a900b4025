// SQLite 3.40 with FTS5, and the macros and variadic functions Swift cannot import.
#ifndef REEL_CSQLITE_SHIM_H
#define REEL_CSQLITE_SHIM_H
#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast of -1 to a function pointer, which Swift cannot import.
static inline int reel_sqlite_bind_text(
    sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 length) {
    return sqlite3_bind_text64(statement, index, text, length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int reel_sqlite_bind_blob(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 length) {
    return sqlite3_bind_blob64(statement, index, bytes, length, SQLITE_TRANSIENT);
}

// sqlite3_db_config is variadic. Every switch we set takes (int on, int *result).
static inline int reel_sqlite_switch(sqlite3 *database, int option, int on) {
    return sqlite3_db_config(database, option, on, (int *)0);
}

// sqlite3_bind_pointer keeps the address of the type's name: it must be a static C string.
static inline int reel_sqlite_bind_fts5_api(sqlite3_stmt *statement, int index, fts5_api **api) {
    return sqlite3_bind_pointer(statement, index, (void *)api, "fts5_api_ptr", (void (*)(void *))0);
}
// What glibc's module leaves out for Swift.
#include <sys/vfs.h>
int syncfs(int descriptor);

static inline unsigned reel_file_system_kind(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (unsigned)status.f_type : 0;
}
static inline int reel_flush_file_system(int descriptor) { return syncfs(descriptor); }

#endif
