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

/* The name of the file that a receipt says was applied as this edition. */
static bool receipt_names(const char *path, struct edition_id id, struct buf *ret_name)
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
                 json_find_str(buf_slice(&text), "file", ret_name);
    buf_finish(&text);
    buf_finish(&result);
    return found && ret_name->n > 0 && ret_name->n < NAME_MAX &&
           memchr(ret_name->p, '/', ret_name->n) == NULL && ret_name->p[0] != '.';
}

static bool move_back(const char *root, const char *name)
{
    char from[PATH_MAX];
    char to[PATH_MAX];
    struct stat st;
    if (snprintf(to, sizeof to, "%s/drop/%s", root, name) >= (int)sizeof to || path_exists(to)) {
        return false;
    }
    for (unsigned k = 0; k <= NUMBERS_MAX; k++) {
        int n = k == 0 ? snprintf(from, sizeof from, "%s/drop/done/%s", root, name)
                       : snprintf(from, sizeof from, "%s/drop/done/%s.%u", root, name, k);
        if (n > 0 && (size_t)n < sizeof from && lstat(from, &st) == 0 && S_ISREG(st.st_mode) &&
            rename(from, to) == 0) {
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
        char text[NAME_MAX + 1];
        struct buf name = {0};
        if (slice_has_suffix(slice_of(entry->d_name), SLICE_LIT(".json")) &&
            store_path(outbox, entry->d_name, path) == ERR_OK && receipt_names(path, id, &name)) {
            (void)snprintf(text, sizeof text, "%.*s", (int)name.n, name.p);
            moved = move_back(root, text);
        }
        buf_finish(&name);
    }
    closedir(dir);
    return moved;
}
