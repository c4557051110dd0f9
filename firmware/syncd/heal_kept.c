/* Finding the package of an edition again: receipts say which file it came from. They were written by
 * this program; the package itself is verified like any other when its turn comes. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "store/store.h"
#include "syncd/heal.h"

#define RECEIPT_MAX (64u * 1024)
#define NUMBERS_MAX 9 /* drop/done/NAME.1 … of files with one name */

struct kept {
    struct buf name;
    int64_t inode, size; /* a name may have been used for several packages */
};

/* The file that a receipt says was applied as this edition. */
static bool receipt_names(const char *path, struct edition_id id, struct kept *ret_kept)
{
    struct buf text = {0};
    struct buf result = {0};
    int64_t epoch = 0;
    int64_t edition = 0;
    bool found = file_read(path, RECEIPT_MAX, &text) == ERR_OK &&
                 json_find_str(buf_slice(&text), "result", &result) &&
                 slice_eq_cstr(buf_slice(&result), "applied") &&
                 json_find_int(buf_slice(&text), "epoch", &epoch) &&
                 json_find_int(buf_slice(&text), "edition", &edition) &&
                 (uint64_t)epoch == id.epoch && (uint64_t)edition == id.edition &&
                 json_find_int(buf_slice(&text), "inode", &ret_kept->inode) &&
                 json_find_int(buf_slice(&text), "size", &ret_kept->size) &&
                 json_find_str(buf_slice(&text), "file", &ret_kept->name);
    buf_finish(&text);
    buf_finish(&result);
    const struct buf *name = &ret_kept->name;
    return found && name->n > 0 && name->n < NAME_MAX && memchr(name->p, '/', name->n) == NULL &&
           name->p[0] != '.';
}

static bool is_kept(const char *path, const struct kept *kept)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == kept->size &&
           (int64_t)((uint64_t)st.st_ino & INT64_MAX) == kept->inode;
}

static bool move_back(const char *root, const struct kept *kept)
{
    char name[NAME_MAX + 1];
    char from[PATH_MAX];
    char to[PATH_MAX];
    (void)snprintf(name, sizeof name, "%.*s", (int)kept->name.n, kept->name.p);
    if (snprintf(to, sizeof to, "%s/drop/%s", root, name) >= (int)sizeof to || path_exists(to)) {
        return false;
    }
    for (unsigned k = 0; k <= NUMBERS_MAX; k++) {
        int n = k == 0 ? snprintf(from, sizeof from, "%s/drop/done/%s", root, name)
                       : snprintf(from, sizeof from, "%s/drop/done/%s.%u", root, name, k);
        if (n > 0 && (size_t)n < sizeof from && is_kept(from, kept) && rename(from, to) == 0) {
            return true;
        }
    }
    return false;
}

bool heal_fetch_kept(const char *root, struct edition_id id)
{
    char outbox[PATH_MAX];
    bool moved = false;
    DIR *dir = store_path(root, "outbox", outbox) == ERR_OK ? opendir(outbox) : NULL;
    if (!dir) {
        return false;
    }
    const struct dirent *entry;
    while (!moved && (entry = readdir(dir)) != NULL) {
        char path[PATH_MAX];
        struct kept kept = {0};
        if (slice_has_suffix(slice_of(entry->d_name), SLICE_LIT(".json")) &&
            store_path(outbox, entry->d_name, path) == ERR_OK && receipt_names(path, id, &kept)) {
            moved = move_back(root, &kept);
        }
        buf_finish(&kept.name);
    }
    closedir(dir);
    return moved;
}
