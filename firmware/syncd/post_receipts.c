/* The outbox in the order of time. */
#include "syncd/post_receipts.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "store/store.h"

#define MARK_BYTES (NAME_MAX + 32)
#define SECOND_NS INT64_C(1000000000)

static bool name_is_receipt(struct slice name)
{
    return name.n <= NAME_MAX && slice_has_suffix(name, SLICE_LIT(".json")) &&
           !slice_eq_cstr(name, "status.json") && name.p[0] != '.';
}

static bool mark_parse(struct slice text, struct post_mark *ret_mark)
{
    uint64_t ns = 0;
    struct slice name = text;
    struct slice time = slice_cut(&name, ' ');
    if (name.n == 0 || name.p[name.n - 1] != '\n') {
        return false;
    }
    name.n--;
    if (!slice_to_u64(time, &ns) || ns == 0 || ns > INT64_MAX || !name_is_receipt(name) ||
        memchr(name.p, '/', name.n) || memchr(name.p, '\0', name.n)) {
        return false;
    }
    *ret_mark = (struct post_mark){.mtime_ns = (int64_t)ns};
    memcpy(ret_mark->name, name.p, name.n);
    return true;
}

void post_mark_read(const char *root, int64_t now_s, struct post_mark *ret_mark)
{
    char path[PATH_MAX];
    struct buf text = {0};
    struct post_mark m;
    bool good = store_path(root, "state/receipt_sent", path) == ERR_OK &&
                file_read(path, MARK_BYTES, &text) == ERR_OK && mark_parse(buf_slice(&text), &m) &&
                m.mtime_ns / SECOND_NS <= now_s;
    *ret_mark = good ? m : (struct post_mark){0};
    buf_finish(&text);
}

enum err post_mark_write(const char *root, const struct post_mark *m)
{
    char path[PATH_MAX];
    struct buf text = {0};
    enum err e = store_path(root, "state/receipt_sent", path);
    if (e == ERR_OK) {
        buf_printf(&text, "%" PRId64 " %s\n", m->mtime_ns, m->name);
        e = buf_status(&text);
    }
    if (e == ERR_OK) {
        e = file_replace(path, buf_slice(&text), 0644);
    }
    buf_finish(&text);
    return e;
}

static bool is_after(const struct post_mark *a, const struct post_mark *b)
{
    return a->mtime_ns != b->mtime_ns ? a->mtime_ns > b->mtime_ns : strcmp(a->name, b->name) > 0;
}

/* Into its place; when there is no room the oldest makes it. */
static void found_add(struct post_mark found[POST_RECEIPTS], size_t *n, const struct post_mark *m)
{
    size_t at = *n;
    while (at > 0 && is_after(&found[at - 1], m)) {
        at--;
    }
    if (*n < POST_RECEIPTS) {
        memmove(&found[at + 1], &found[at], (*n - at) * sizeof *found);
        found[at] = *m;
        ++*n;
    } else if (at > 0) {
        memmove(&found[0], &found[1], (at - 1) * sizeof *found);
        found[at - 1] = *m;
    }
}

size_t post_receipts_find(const char *root, const struct post_mark *sent,
                          struct post_mark ret_found[POST_RECEIPTS])
{
    char path[PATH_MAX];
    const struct dirent *entry;
    size_t n = 0;
    DIR *dir = store_path(root, "outbox", path) == ERR_OK ? opendir(path) : NULL;
    if (dir == NULL) {
        return 0;
    }
    while ((entry = readdir(dir)) != NULL) {
        struct stat st;
        struct post_mark m = {0};
        struct slice name = slice_of(entry->d_name);
        if (!name_is_receipt(name) ||
            fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(st.st_mode)) {
            continue;
        }
        memcpy(m.name, name.p, name.n);
        m.mtime_ns = st.st_mtim.tv_sec * SECOND_NS + st.st_mtim.tv_nsec;
        if (is_after(&m, sent)) {
            found_add(ret_found, &n, &m);
        }
    }
    (void)closedir(dir);
    return n;
}
