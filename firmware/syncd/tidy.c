/* The bound on what piles up over the years: handled packages and receipts. */
#include "syncd/tidy.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct old_file {
    int64_t changed_ns;
    uint64_t bytes;
    char name[256];
};

static int newest_first(const void *a, const void *b)
{
    const struct old_file *x = a;
    const struct old_file *y = b;
    return (x->changed_ns < y->changed_ns) - (x->changed_ns > y->changed_ns);
}

/* Reads the folder into *ret_files (to be freed). */
static size_t files_list(DIR *dir, struct old_file **ret_files)
{
    struct old_file *files = NULL;
    size_t n = 0;
    size_t capacity = 0;
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        struct stat st;
        if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(st.st_mode) || strlen(entry->d_name) >= sizeof files->name) {
            continue;
        }
        if (n == capacity) {
            size_t more = capacity ? 2 * capacity : 64;
            struct old_file *grown = reallocarray(files, more, sizeof *files);
            if (!grown) {
                break;
            }
            files = grown;
            capacity = more;
        }
        files[n].changed_ns = (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec;
        files[n].bytes = (uint64_t)st.st_blocks * 512;
        memcpy(files[n].name, entry->d_name, strlen(entry->d_name) + 1);
        n++;
    }
    *ret_files = files;
    return n;
}

void tidy_folder(const char *path, size_t keep, uint64_t max_bytes)
{
    DIR *dir = opendir(path);
    if (!dir) {
        return;
    }
    struct old_file *files = NULL;
    size_t n = files_list(dir, &files);
    uint64_t sum = 0;
    if (n > 0) {
        qsort(files, n, sizeof *files, newest_first);
    }
    for (size_t i = 0; i < n; i++) {
        sum += files[i].bytes;
        if (i >= keep || (i > 0 && sum > max_bytes)) {
            (void)unlinkat(dirfd(dir), files[i].name, 0);
        }
    }
    free(files);
    closedir(dir);
}
