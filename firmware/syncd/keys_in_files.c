/* Finding and reading what arrives. Guarantees that only small regular files are read, without
 * following links, and that a folder full of anything costs a bounded amount of time. */
#include "syncd/keys_in_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "package/minisign.h"
#include "package/root.h"

/* --- what is of interest, by name --- */

/* N of "root.N", 0 for any other name. */
static uint64_t root_number(struct slice name)
{
    uint64_t v;
    bool is_root = slice_has_prefix(name, SLICE_LIT("root.")) && name.n > 5 && name.p[5] != '0' &&
                   slice_to_u64(slice_sub(name, 5, name.n), &v);
    return is_root ? v : 0;
}

static void found_add_root(struct files_found *f, uint64_t version)
{
    size_t at = f->root_count;
    while (at > 0 && f->roots[at - 1] > version) {
        at--;
    }
    if (at == FILES_ROOTS_MAX) {
        return;
    }
    size_t moved = (f->root_count < FILES_ROOTS_MAX ? f->root_count : FILES_ROOTS_MAX - 1) - at;
    memmove(&f->roots[at + 1], &f->roots[at], moved * sizeof f->roots[0]);
    f->roots[at] = version;
    f->root_count += f->root_count < FILES_ROOTS_MAX ? 1 : 0;
}

/* Roots from `next` on, and files of settings. fd stays open. */
enum err files_look(int dir_fd, uint64_t next, struct files_found *ret_found)
{
    int copy = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
    ret_found->root_count = ret_found->settings_count = 0;
    if (d == NULL) {
        enum err e = err_of_errno(errno);
        if (copy >= 0) {
            (void)close(copy);
        }
        return e;
    }
    enum err e = ERR_OK;
    const struct dirent *entry;
    for (unsigned i = 0; i < FILES_ENTRIES_MAX && (entry = dir_next(d, &e)) != NULL; i++) {
        struct slice name = slice_of(entry->d_name);
        uint64_t version = root_number(name);
        if (version >= next) {
            found_add_root(ret_found, version);
        } else if (name.n > 4 && name.p[0] != '.' && slice_has_suffix(name, SLICE_LIT(".gks")) &&
                   ret_found->settings_count < FILES_SETTINGS_MAX) {
            memcpy(ret_found->settings[ret_found->settings_count++], entry->d_name, name.n + 1);
        }
    }
    (void)closedir(d);
    return e;
}

/* A small regular file with one name, appended. */
enum err files_read(int dir_fd, const char *name, size_t max, struct buf *ret)
{
    struct stat st;
    int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return errno == ELOOP ? ERR_FORMAT : err_of_errno(errno);
    }
    enum err e = fstat(fd, &st) == 0 ? ERR_OK : err_of_errno(errno);
    if (e == ERR_OK && (!S_ISREG(st.st_mode) || st.st_nlink > 1)) {
        e = ERR_FORMAT;
    }
    if (e == ERR_OK && (st.st_size < 0 || (uintmax_t)st.st_size > max)) {
        e = ERR_LIMIT;
    }
    if (e == ERR_OK && !buf_reserve(ret, (size_t)st.st_size + 1)) {
        e = ERR_NOMEM;
    }
    if (e == ERR_OK) {
        e = fd_read_at(fd, ret->p + ret->n, (size_t)st.st_size, 0);
    }
    if (e == ERR_OK) {
        ret->n += (size_t)st.st_size;
    }
    (void)close(fd);
    return e;
}

/* root.N and its signatures, both there and within their bounds. ERR_MISSING: the signatures are
 * not there (yet). */
enum err files_read_root(int dir_fd, uint64_t version, struct buf *ret_text,
                         struct buf *ret_signatures)
{
    char name[48];
    (void)snprintf(name, sizeof name, "root.%llu", (unsigned long long)version);
    enum err e = files_read(dir_fd, name, ROOT_TEXT_MAX, ret_text);
    e = e == ERR_MISSING ? ERR_FORMAT : e;
    if (e == ERR_OK) {
        (void)snprintf(name, sizeof name, "root.%llu.sigs", (unsigned long long)version);
        e = files_read(dir_fd, name, MINISIGN_SECTION_MAX, ret_signatures);
    }
    return e;
}

/* --- taking, one after the other; what was taken before is not forgotten --- */

static void keys_merge(struct keys_in_result *all, const struct keys_in_result *one)
{
    uint32_t added = all->added + one->added;
    bool refused = all->refused || one->refused;
    if (one->added > 0 || one->refused) {
        *all = *one;
    }
    all->version = one->version;
    all->epoch = one->epoch;
    all->added = added;
    all->refused = refused;
}

enum err files_take_root(const char *root, struct slice text, struct slice signatures,
                         struct arrivals *all)
{
    struct keys_in_result one;
    enum err e = keys_in_take(root, text, signatures, &one);
    if (e == ERR_OK) {
        keys_merge(&all->keys, &one);
    }
    return e;
}

/* Of several files the newest counts; an older one beside it is no complaint. */
enum err files_take_settings(const char *root, struct slice bytes, struct arrivals *all)
{
    struct settings_in_result one;
    enum err e = settings_in_take(root, bytes, &one);
    if (e == ERR_OK && (one.taken || (one.refused && !all->settings.taken))) {
        all->settings = one;
    }
    return e;
}
