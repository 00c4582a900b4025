// Stands between a program and its disk (LD_PRELOAD), and makes one call below a folder fail.
//
// Counted are calls that change files below REEL_FAULT_ROOT: creating, writing, cutting, flushing,
// renaming, removing. What happens at the FAULT_AT-th, from 1, is FAULT_KIND:
//   kill     the process ends (exit code 99) before the call
//   tear     half of a write is done, then the process ends
//   power    the process ends, and what was never flushed is undone, all or some (FAULT_SEED)
//   short    half of a write is done, which its caller must notice
//   enospc   no space is left, from then on
//   edquot   the quota is used up, from then on
//   eio      the disk fails, this once
//   fsync    flushing fails, this once; only flushes are counted
//   none     nothing; the calls are counted
// FAULT_COUNT names a file that receives the number of calls. FAULT_FREE is the free space that
// the disk claims, FAULT_FILE_SYSTEM the number of its kind, FAULT_READ_ONLY forbids changes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FDS = 65536 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static size_t root_length;
static long fault_at, calls;
static char kind[16];
static int is_full, read_only;
static unsigned long seed;
static unsigned char tracked[FDS];

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void set_up(void) {
    const char *folder = getenv("REEL_FAULT_ROOT");
    if (!folder || strlen(folder) >= sizeof root) return;
    strcpy(root, folder);
    root_length = strlen(root);
    fault_at = atol(getenv("FAULT_AT") ?: "0");
    snprintf(kind, sizeof kind, "%s", getenv("FAULT_KIND") ?: "none");
    read_only = getenv("FAULT_READ_ONLY") != NULL;
    seed = strtoul(getenv("FAULT_SEED") ?: "0", NULL, 10);
}

static void write_count(void) {
    const char *path = getenv("FAULT_COUNT");
    if (!root_length || !path) return;
    int fd = REAL(open)(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    char text[32];
    int length = snprintf(text, sizeof text, "%ld", calls);
    if (fd >= 0 && REAL(write)(fd, text, (size_t)length) < 0) {}
    if (fd >= 0) REAL(close)(fd);
}

__attribute__((destructor)) static void tear_down(void) {
    if (calls > 0) write_count();
}

/// The program ends so, and no destructor runs then.
void _exit(int code) {
    tear_down();
    syscall(SYS_exit_group, code);
    __builtin_unreachable();
}

static int is_below(const char *path) {
    return root_length && path && strncmp(path, root, root_length) == 0
        && (path[root_length] == '/' || path[root_length] == 0);
}

static int is_tracked(int fd) { return fd >= 0 && fd < FDS && tracked[fd]; }

// ---- What a power cut undoes, newest last ----

struct change {
    enum { WRITE, CUT, CREATE, RENAME, REMOVE, MAKE_FOLDER } what;
    int is_gone;               // flushed
    int fd;                    // a descriptor of our own, for WRITE and CUT
    dev_t device;
    ino_t inode;
    off_t offset, old_size;
    size_t count;
    char *old_bytes;
    char *path, *new_path;     // for what changes folders
    char *saved;               // a link to the file that was replaced or removed
    struct change *before;
};

static struct change *newest;
static long saved_count;

static struct change *add_change(int what) {
    struct change *change = calloc(1, sizeof *change);
    change->what = what;
    change->fd = -1;
    change->before = newest;
    newest = change;
    return change;
}

static int records_changes(void) { return strcmp(kind, "power") == 0; }

static void record_write(int fd, off_t offset, size_t count) {
    if (!records_changes()) return;
    struct stat status;
    if (fstat(fd, &status) != 0) return;
    struct change *change = add_change(WRITE);
    change->device = status.st_dev;
    change->inode = status.st_ino;
    change->fd = fcntl(fd, F_DUPFD_CLOEXEC, 1000);
    change->offset = offset;
    change->old_size = status.st_size;
    change->count = count;
    change->old_bytes = calloc(1, count ?: 1);
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int reader = REAL(open)(link, O_RDONLY | O_CLOEXEC);
    if (reader >= 0 && pread(reader, change->old_bytes, count, offset) < 0) {}
    // Closing a descriptor of a locked file would give up SQLite's locks: `reader` stays open.
}

static void record_cut(int fd, off_t size) {
    if (!records_changes()) return;
    struct stat status;
    if (fstat(fd, &status) != 0 || size >= status.st_size) return;
    record_write(fd, size, (size_t)(status.st_size - size));
    newest->what = CUT;
}

static char *save(const char *path) {
    char target[PATH_MAX + 64];
    // Beside the folder, on the same disk.
    snprintf(target, sizeof target, "%s.saved-%d-%ld", root, getpid(), ++saved_count);
    return link(path, target) == 0 ? strdup(target) : NULL;
}

static void record_name(int what, const char *path, const char *new_path) {
    if (!records_changes()) return;
    struct change *change = add_change(what);
    change->path = strdup(path);
    if (new_path) change->new_path = strdup(new_path);
    if (what == RENAME) change->saved = save(new_path);
    if (what == REMOVE) change->saved = save(path);
}

static int is_name(const struct change *change) { return change->what >= CREATE; }

static int lies_in(const char *path, const char *folder) {
    size_t length = strlen(folder);
    return path && strncmp(path, folder, length) == 0 && path[length] == '/'
        && !strchr(path + length + 1, '/');
}

static void record_flush(int fd) {
    if (!records_changes()) return;
    struct stat status;
    char link[64], folder[PATH_MAX] = "";
    if (fstat(fd, &status) != 0) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, folder, sizeof folder - 1) < 0) return;
    for (struct change *change = newest; change; change = change->before) {
        if (is_name(change)) {
            if (lies_in(change->path, folder)) change->is_gone = 1;
        } else if (change->device == status.st_dev && change->inode == status.st_ino) {
            change->is_gone = 1;
        }
    }
}

static void record_flush_of_all(void) {
    for (struct change *change = newest; change; change = change->before) change->is_gone = 1;
}

static unsigned long next_random(void) {
    seed += 0x9e3779b97f4a7c15u;
    unsigned long word = seed;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
    word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
    return word ^ (word >> 31);
}

static void undo(struct change *change) {
    struct stat status;
    switch (change->what) {
    case WRITE:
    case CUT:
        if (pwrite(change->fd, change->old_bytes, change->count, change->offset) < 0) {}
        if (change->what == WRITE && fstat(change->fd, &status) == 0
            && status.st_size == change->offset + (off_t)change->count
            && change->old_size < status.st_size) {
            if (REAL(ftruncate)(change->fd, change->old_size) != 0) {}
        }
        break;
    case CREATE: REAL(unlink)(change->path); break;
    case MAKE_FOLDER: REAL(rmdir)(change->path); break;
    case RENAME:
        REAL(rename)(change->new_path, change->path);
        if (change->saved) REAL(rename)(change->saved, change->new_path);
        break;
    case REMOVE:
        if (change->saved) REAL(rename)(change->saved, change->path);
        break;
    }
}

// With a seed half of the data is lost, here and there, and the newest names; without one all is.
static void cut_power(void) {
    int keeps_names = 0;
    for (struct change *change = newest; change; change = change->before) {
        if (change->is_gone) continue;
        if (seed && is_name(change)) {
            if (!keeps_names && next_random() % 4 == 0) keeps_names = 1;
            if (keeps_names) continue;
        } else if (seed && next_random() % 2) {
            continue;
        }
        undo(change);
    }
    for (struct change *change = newest; change; change = change->before)
        if (change->saved) REAL(unlink)(change->saved);
}

// ---- The fault ----

enum call { OTHER_CALL, SPACE_CALL, WRITE_CALL, FLUSH_CALL };

// FAULT_TRACE tells on standard error what is flushed, when.
static void trace(const char *name, int fd) {
    if (!getenv("FAULT_TRACE")) return;
    char link[64], path[PATH_MAX] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof path - 1) >= 0)
        dprintf(2, "call %ld: %s %s\n", calls, name, path + root_length);
}

// Returns 0 to go on, -1 to fail with errno set, 1 to do half of a write.
static int count_call(enum call call) {
    if (!root_length) return 0;
    if (read_only) { errno = EROFS; return -1; }
    if (strcmp(kind, "fsync") == 0 && call != FLUSH_CALL) return 0;
    calls++;
    if (is_full && (call == SPACE_CALL || call == WRITE_CALL)) {
        errno = strcmp(kind, "edquot") == 0 ? EDQUOT : ENOSPC;
        return -1;
    }
    if (calls != fault_at) return 0;
    if (strcmp(kind, "kill") == 0) { write_count(); _exit(99); }
    if (strcmp(kind, "power") == 0) { write_count(); cut_power(); _exit(99); }
    if (strcmp(kind, "tear") == 0 && call != WRITE_CALL) { write_count(); _exit(99); }
    if (strcmp(kind, "tear") == 0 || strcmp(kind, "short") == 0) return call == WRITE_CALL;
    if (strcmp(kind, "eio") == 0 || strcmp(kind, "fsync") == 0) { errno = EIO; return -1; }
    if (strcmp(kind, "enospc") == 0 || strcmp(kind, "edquot") == 0) {
        is_full = 1;
        if (call == OTHER_CALL || call == FLUSH_CALL) return 0;
        errno = strcmp(kind, "edquot") == 0 ? EDQUOT : ENOSPC;
        return -1;
    }
    return 0;
}

static void end_torn(int half) {
    if (half == 1 && strcmp(kind, "tear") == 0) { write_count(); _exit(99); }
}

// ---- The calls ----

static int open_counted(
    int folder, const char *path, int flags, mode_t mode,
    int (*real)(int, const char *, int, ...)) {
    int below = is_below(path);
    int is_new = 0;
    if (below) {
        pthread_mutex_lock(&lock);
        is_new = (flags & O_CREAT) && access(path, F_OK) != 0;
        int changes = is_new || (flags & O_TRUNC)
            || (read_only && (flags & O_ACCMODE) != O_RDONLY);
        int fault = changes ? count_call(SPACE_CALL) : 0;
        pthread_mutex_unlock(&lock);
        if (fault < 0) return -1;
    }
    // Cut by ourselves, where the old content has been kept.
    int cuts = below && records_changes() && !is_new && (flags & O_TRUNC);
    int fd = real(folder, path, cuts ? flags & ~O_TRUNC : flags, mode);
    if (fd >= 0 && fd < FDS) tracked[fd] = (unsigned char)below;
    if (fd >= 0 && below) {
        pthread_mutex_lock(&lock);
        if (is_new) record_name(CREATE, path, NULL);
        if (cuts) {
            record_cut(fd, 0);
            if (REAL(ftruncate)(fd, 0) != 0) {}
        }
        pthread_mutex_unlock(&lock);
    }
    return fd;
}

static mode_t mode_of(int flags, va_list arguments) {
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name)                                                        \
    int name(const char *path, int flags, ...) {                         \
        va_list arguments;                                               \
        va_start(arguments, flags);                                      \
        mode_t mode = mode_of(flags, arguments);                         \
        va_end(arguments);                                               \
        return open_counted(AT_FDCWD, path, flags, mode, REAL(openat));  \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                     \
    int name(int folder, const char *path, int flags, ...) {             \
        va_list arguments;                                               \
        va_start(arguments, flags);                                      \
        mode_t mode = mode_of(flags, arguments);                         \
        va_end(arguments);                                               \
        return open_counted(folder, path, flags, mode, REAL(openat));    \
    }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
    if (fd >= 0 && fd < FDS) tracked[fd] = 0;
    return REAL(close)(fd);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    if (!is_tracked(fd)) return REAL(write)(fd, bytes, count);
    pthread_mutex_lock(&lock);
    int half = count_call(WRITE_CALL);
    if (half == 1) count = (count + 1) / 2;
    if (half >= 0) record_write(fd, lseek(fd, 0, SEEK_CUR), count);
    ssize_t written = half < 0 ? -1 : REAL(write)(fd, bytes, count);
    end_torn(half);
    pthread_mutex_unlock(&lock);
    return written;
}

#define PWRITE(name)                                                            \
    ssize_t name(int fd, const void *bytes, size_t count, off_t offset) {       \
        if (!is_tracked(fd)) return REAL(pwrite)(fd, bytes, count, offset);     \
        pthread_mutex_lock(&lock);                                              \
        int half = count_call(WRITE_CALL);                                      \
        if (half == 1) count = (count + 1) / 2;                                 \
        if (half >= 0) record_write(fd, offset, count);                         \
        ssize_t written = half < 0 ? -1 : REAL(pwrite)(fd, bytes, count, offset); \
        end_torn(half);                                                         \
        pthread_mutex_unlock(&lock);                                            \
        return written;                                                         \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (!is_tracked(fd)) return REAL(writev)(fd, parts, count);
    return count > 0 ? write(fd, parts[0].iov_base, parts[0].iov_len) : 0;
}

#define FLUSH(name)                                       \
    int name(int fd) {                                    \
        if (!is_tracked(fd)) return REAL(name)(fd);       \
        pthread_mutex_lock(&lock);                        \
        int fault = count_call(FLUSH_CALL);               \
        trace(#name, fd);                                 \
        if (fault >= 0) record_flush(fd);                 \
        pthread_mutex_unlock(&lock);                      \
        return fault < 0 ? -1 : 0;                        \
    }
FLUSH(fsync)
FLUSH(fdatasync)

int syncfs(int fd) {
    if (!is_tracked(fd)) return REAL(syncfs)(fd);
    pthread_mutex_lock(&lock);
    int fault = count_call(FLUSH_CALL);
    if (fault >= 0) record_flush_of_all();
    pthread_mutex_unlock(&lock);
    return fault < 0 ? -1 : 0;
}

#define TRUNCATE(name)                                    \
    int name(int fd, off_t size) {                        \
        if (!is_tracked(fd)) return REAL(name)(fd, size); \
        pthread_mutex_lock(&lock);                        \
        int fault = count_call(OTHER_CALL);               \
        if (fault >= 0) record_cut(fd, size);             \
        int result = fault < 0 ? -1 : REAL(name)(fd, size); \
        pthread_mutex_unlock(&lock);                      \
        return result;                                    \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

int rename(const char *path, const char *new_path) {
    if (!is_below(new_path)) return REAL(rename)(path, new_path);
    pthread_mutex_lock(&lock);
    int fault = count_call(OTHER_CALL);
    if (fault >= 0) record_name(RENAME, path, new_path);
    int result = fault < 0 ? -1 : REAL(rename)(path, new_path);
    pthread_mutex_unlock(&lock);
    return result;
}

int unlink(const char *path) {
    if (!is_below(path) || access(path, F_OK) != 0) return REAL(unlink)(path);
    pthread_mutex_lock(&lock);
    int fault = count_call(OTHER_CALL);
    if (fault >= 0) record_name(REMOVE, path, NULL);
    int result = fault < 0 ? -1 : REAL(unlink)(path);
    pthread_mutex_unlock(&lock);
    return result;
}

int rmdir(const char *path) {
    if (!is_below(path)) return REAL(rmdir)(path);
    pthread_mutex_lock(&lock);
    int fault = count_call(OTHER_CALL);
    int result = fault < 0 ? -1 : REAL(rmdir)(path);
    pthread_mutex_unlock(&lock);
    return result;
}

int mkdir(const char *path, mode_t mode) {
    if (!is_below(path) || access(path, F_OK) == 0) return REAL(mkdir)(path, mode);
    pthread_mutex_lock(&lock);
    int fault = count_call(SPACE_CALL);
    int result = fault < 0 ? -1 : REAL(mkdir)(path, mode);
    if (result == 0) record_name(MAKE_FOLDER, path, NULL);
    pthread_mutex_unlock(&lock);
    return result;
}

// ---- What the disk says of itself ----

#define STATVFS(name, type)                                         \
    int name(const char *path, struct type *status) {               \
        int result = REAL(name)(path, status);                      \
        const char *room = getenv("FAULT_FREE");                    \
        if (result == 0 && room) {                                  \
            status->f_frsize = status->f_bsize = 1;                 \
            status->f_bavail = status->f_bfree = strtoul(room, NULL, 10); \
        }                                                           \
        return result;                                              \
    }
STATVFS(statvfs, statvfs)
STATVFS(statvfs64, statvfs64)

#define STATFS(name, type)                                          \
    int name(const char *path, struct type *status) {               \
        int result = REAL(name)(path, status);                      \
        const char *number = getenv("FAULT_FILE_SYSTEM");           \
        if (result == 0 && number) status->f_type = strtol(number, NULL, 0); \
        return result;                                              \
    }
STATFS(statfs, statfs)
STATFS(statfs64, statfs64)
