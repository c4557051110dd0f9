/* Roots and settings in the drop folder. Guarantees that what was told of is moved away, or, where
 * that fails, left for the next look: nothing is deleted. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "package/root.h"
#include "store/store.h"
#include "syncd/keys_in_files.h"

static bool move_to(int drop_fd, const char *name, bool good, struct arrivals *all)
{
    char to[NAME_MAX + 16];
    (void)snprintf(to, sizeof to, "%s/%s", good ? "done" : "refused", name);
    bool moved = renameat(drop_fd, name, drop_fd, to) == 0 ||
                 renameat(drop_fd, name, drop_fd, to) == 0; /* a medium may fail once */
    bool gone =
        moved || (faccessat(drop_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT);
    all->stuck |= !gone;
    return gone;
}

/* Is this the very root that is in force? Then its signatures were moved away, and power went
 * before it could follow them. */
static bool is_in_force(const char *root, uint64_t version, struct slice text)
{
    char tail[48];
    char path[PATH_MAX];
    struct buf stored = {0};
    (void)snprintf(tail, sizeof tail, "trust/root.%llu", (unsigned long long)version);
    bool same = text.n > 0 && store_path(root, tail, path) == ERR_OK &&
                file_read(path, text.n, &stored) == ERR_OK && slice_eq(buf_slice(&stored), text);
    buf_finish(&stored);
    return same;
}

static void move_pair(int drop_fd, uint64_t version, bool good, struct arrivals *all)
{
    char text[48];
    char signatures[64];
    (void)snprintf(text, sizeof text, "root.%llu", (unsigned long long)version);
    (void)snprintf(signatures, sizeof signatures, "%s.sigs", text);
    /* What may stay alone goes last: the text of a root in force is known again, and signatures
     * alone ask for nothing. */
    const char *first = good ? signatures : text;
    const char *last = good ? text : signatures;
    if (move_to(drop_fd, first, good, all)) {
        (void)move_to(drop_fd, last, good, all);
    }
}

static enum err drop_root(const char *root, int drop_fd, uint64_t version, struct arrivals *all)
{
    struct buf text = {0};
    struct buf signatures = {0};
    uint32_t before = all->keys.added;
    enum err e = files_read_root(drop_fd, version, &text, &signatures);
    if (e == ERR_OK && (text.n == 0 || signatures.n == 0)) {
        e = ERR_MISSING; /* just being written */
    }
    if (e == ERR_OK) {
        e = files_take_root(root, buf_slice(&text), buf_slice(&signatures), all);
    } else if (e == ERR_FORMAT || e == ERR_LIMIT) {
        e = files_take_root(root, SLICE_LIT("?"), SLICE_LIT("?"), all);
    } else if (e == ERR_MISSING) {
        e = ERR_OK;
        if (is_in_force(root, version, buf_slice(&text))) {
            move_pair(drop_fd, version, true, all);
        }
        goto out;
    }
    if (e == ERR_OK) {
        move_pair(drop_fd, version, all->keys.added > before || !all->keys.refused, all);
    }
out:
    buf_finish(&text);
    buf_finish(&signatures);
    return e;
}

static enum err drop_settings(const char *root, int drop_fd, const char *name, struct arrivals *all)
{
    struct buf bytes = {0};
    enum err e = files_read(drop_fd, name, SETTINGS_FILE_MAX, &bytes);
    if (e == ERR_FORMAT || e == ERR_LIMIT) {
        buf_clear(&bytes);
        buf_append_byte(&bytes, '?'); /* told as one that is damaged */
        e = buf_status(&bytes);
    }
    if (e == ERR_OK && bytes.n > 0) {
        struct settings_in_result before = all->settings;
        memset(&all->settings, 0, sizeof all->settings);
        e = files_take_settings(root, buf_slice(&bytes), all);
        if (e == ERR_OK) {
            (void)move_to(drop_fd, name, !all->settings.refused, all);
        }
        if (before.taken || !(all->settings.taken || all->settings.refused)) {
            all->settings = all->settings.taken ? all->settings : before;
        }
    } else if (e == ERR_MISSING) {
        e = ERR_OK;
    }
    buf_finish(&bytes);
    return e;
}

enum err keys_in_drop(const char *root, struct arrivals *ret_arrivals)
{
    char path[PATH_MAX];
    struct files_found f;
    struct arrivals all;
    memset(&all, 0, sizeof all);
    enum err e = store_path(root, "drop", path);
    int fd = e == ERR_OK ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (e == ERR_OK && fd < 0) {
        e = err_of_errno(errno);
    }
    if (e != ERR_OK) {
        return e;
    }
    e = files_look(fd, 1, &f);
    for (size_t i = 0; e == ERR_OK && i < f.root_count; i++) {
        e = drop_root(root, fd, f.roots[i], &all);
    }
    for (size_t i = 0; e == ERR_OK && i < f.settings_count; i++) {
        e = drop_settings(root, fd, f.settings[i], &all);
    }
    (void)close(fd);
    if (e == ERR_OK || all.keys.added > 0 || all.settings.taken) {
        *ret_arrivals = all;
        e = ERR_OK;
    }
    return e;
}
