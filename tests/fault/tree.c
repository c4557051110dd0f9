#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"

static void tree_fail(const char *path)
{
    fprintf(stderr, "tree: %s: %s\n", path, strerror(errno));
    exit(99);
}

void file_copy(const char *from, const char *to)
{
    struct stat st;
    ssize_t n = 1;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0 || fstat(in, &st) != 0) {
        tree_fail(from);
    }
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 07777);
    while (out >= 0 && n > 0) {
        n = sendfile(out, in, NULL, 64u << 20);
    }
    if (out < 0 || n < 0) {
        tree_fail(to);
    }
    close(in);
    close(out);
}

typedef void (*entry_fn)(void *user, const char *folder, const char *name);

static void entries_visit(const char *folder, entry_fn visit, void *user)
{
    DIR *dir = opendir(folder);
    const struct dirent *e;
    if (!dir) {
        tree_fail(folder);
    }
    while ((e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            visit(user, folder, e->d_name);
        }
    }
    closedir(dir);
}

static void path_join(const char *folder, const char *name, char path[PATH_MAX])
{
    if (store_path(folder, name, path) != ERR_OK) {
        tree_fail(folder);
    }
}

static void entry_copy(void *user, const char *folder, const char *name)
{
    char from[PATH_MAX];
    char to[PATH_MAX];
    path_join(folder, name, from);
    path_join(user, name, to);
    tree_copy(from, to);
}

void tree_copy(const char *from, const char *to)
{
    struct stat st;
    if (lstat(from, &st) != 0) {
        tree_fail(from);
    }
    if (S_ISREG(st.st_mode)) {
        file_copy(from, to);
    } else if (S_ISDIR(st.st_mode)) {
        if (mkdir(to, st.st_mode & 07777) != 0) {
            tree_fail(to);
        }
        char folder[PATH_MAX];
        (void)snprintf(folder, sizeof folder, "%s", to);
        entries_visit(from, entry_copy, folder);
    }
}

/* --- hashing: one multiplication for eight bytes, as in the murmur family --- */

static uint64_t mix(uint64_t h, uint64_t word)
{
    h = (h ^ word) * 0x9E3779B97F4A7C15ull;
    return h ^ (h >> 29);
}

static uint64_t bytes_hash(uint64_t h, const char *p, size_t n)
{
    h = mix(h, n);
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        h = mix(h, word);
    }
    uint64_t last = 0;
    memcpy(&last, p, n);
    return mix(mix(h, last), 0x5bd1e995);
}

/* Written anew at every start, or read by nobody here. */
static bool is_of_its_run(const char *name)
{
    static const char *const names[] = {"status.json", "status.json.minisig", "metrics.prom",
                                        "terminal.key", "terminal.pub"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* In place: the digits from the end of `key` to the next character of `ends` become zeros. */
static void digits_blank(char *p, size_t n, const char *key, const char *ends)
{
    const size_t key_n = strlen(key);
    for (size_t i = 0; i + key_n <= n; i++) {
        if (memcmp(p + i, key, key_n) != 0) {
            continue;
        }
        for (i += key_n; i < n && !strchr(ends, p[i]); i++) {
            p[i] = is_digit(p[i]) ? '0' : p[i];
        }
    }
}

/* A receipt is named after its package, and that goes by its inode. */
static void run_blank(char *p, size_t n)
{
    digits_blank(p, n, "\"time\":\"", "\"");
    digits_blank(p, n, "\"inode\":", ",");
    digits_blank(p, n, ".gkp.", ".");
}

static uint64_t content_hash(uint64_t h, const char *path, size_t n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *p = MAP_FAILED;
    if (fd >= 0) {
        p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    }
    if (p == MAP_FAILED) {
        tree_fail(path);
    }
    if (n < 65536) {
        run_blank(p, n);
    }
    h = bytes_hash(h, p, n);
    munmap(p, n);
    close(fd);
    return h;
}

static void entry_hash(void *user, const char *folder, const char *name)
{
    uint64_t *sum = user;
    struct stat st;
    char path[PATH_MAX];
    path_join(folder, name, path);
    if (lstat(path, &st) != 0) {
        tree_fail(path);
    }
    char shown[NAME_MAX + 1];
    (void)snprintf(shown, sizeof shown, "%s", name);
    run_blank(shown, strlen(shown));
    uint64_t h = bytes_hash(S_ISDIR(st.st_mode) ? 1 : 2, shown, strlen(shown));
    if (S_ISDIR(st.st_mode)) {
        h = mix(h, tree_hash(path));
    } else if (!S_ISREG(st.st_mode)) {
        return;
    } else if (st.st_size > 0 && !is_of_its_run(name)) {
        h = content_hash(h, path, (size_t)st.st_size);
    }
    *sum += h; /* in whatever order the folder is read */
}

uint64_t tree_hash(const char *path)
{
    uint64_t sum = 0;
    entries_visit(path, entry_hash, &sum);
    return mix(sum, 0x9E3779B97F4A7C15ull);
}
