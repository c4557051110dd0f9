/* Paths, folders and the list of sealed editions. Holds no state. */
#include "store/store.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

enum err store_path(const char *root, const char *name, char ret_path[PATH_MAX])
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", root, name);
    if (n < 0 || (size_t)n >= sizeof path) {
        return ERR_LIMIT;
    }
    memcpy(ret_path, path, (size_t)n + 1);
    return ERR_OK;
}

enum err store_edition_path(const char *root, struct edition_id id, const char *file,
                            char ret_path[PATH_MAX])
{
    char name[EDITION_ID_TEXT];
    char tail[NAME_MAX + EDITION_ID_TEXT + 16];
    edition_id_format(id, name);
    int n = file ? snprintf(tail, sizeof tail, "editions/%s/%s", name, file)
                 : snprintf(tail, sizeof tail, "editions/%s", name);
    if (n < 0 || (size_t)n >= sizeof tail) {
        return ERR_LIMIT;
    }
    return store_path(root, tail, ret_path);
}

enum err store_create(const char *root)
{
    static const struct {
        const char *name;
        unsigned mode;
    } folders[] = {
        {"editions", 0755},  {"stage", 0755},        {"trust", 0755},  {"drop", 0755},
        {"drop/done", 0755}, {"drop/refused", 0755}, {"outbox", 0755}, {"state", 0755},
    };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[PATH_MAX];
        enum err e = store_path(root, folders[i].name, path);
        if (e == ERR_OK) {
            e = dir_make(path, folders[i].mode);
        }
        if (e != ERR_OK) {
            return e;
        }
    }
    return ERR_OK;
}

/* When it cannot be told, it is: who opens it finds out. */
static bool is_sealed(const char *root, struct edition_id id)
{
    char path[PATH_MAX];
    struct stat st;
    if (store_edition_path(root, id, "content.db", path) != ERR_OK) {
        return false;
    }
    return lstat(path, &st) == 0 ? S_ISREG(st.st_mode) && st.st_size > 0
                                 : err_of_errno(errno) != ERR_MISSING;
}

static int compare_descending(const void *a, const void *b)
{
    const struct edition_id *x = a;
    const struct edition_id *y = b;
    return edition_id_cmp(*y, *x);
}

/* Keeps the highest STORE_EDITIONS_MAX: when full, a higher one takes the place of the lowest. */
static void keep_highest(struct edition_id *ids, size_t *n, struct edition_id id)
{
    if (*n < STORE_EDITIONS_MAX) {
        ids[(*n)++] = id;
        return;
    }
    size_t lowest = 0;
    for (size_t i = 1; i < *n; i++) {
        if (edition_id_cmp(ids[i], ids[lowest]) < 0) {
            lowest = i;
        }
    }
    if (edition_id_cmp(id, ids[lowest]) > 0) {
        ids[lowest] = id;
    }
}

enum err store_list(const char *root, struct edition_id *ret_ids, size_t *ret_n)
{
    char path[PATH_MAX];
    enum err e = store_path(root, "editions", path);
    if (e != ERR_OK) {
        return e;
    }
    DIR *dir = opendir(path);
    if (!dir) {
        if (errno != ENOENT) {
            return err_of_errno(errno);
        }
        *ret_n = 0;
        return ERR_OK;
    }
    size_t n = 0;
    const struct dirent *entry;
    while ((entry = dir_next(dir, &e)) != NULL) {
        struct edition_id id;
        if (edition_id_parse(slice_of(entry->d_name), &id) && is_sealed(root, id)) {
            keep_highest(ret_ids, &n, id);
        }
    }
    closedir(dir);
    qsort(ret_ids, n, sizeof *ret_ids, compare_descending);
    *ret_n = n;
    return e;
}
