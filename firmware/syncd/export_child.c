/* The bytes of an export. Guarantees that the folder is there whole or not at all (of a stick that
 * is pulled, what was written keeps the name *.part), and that nothing beside it is written or
 * followed. */
#include "syncd/export_child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/plant.h"
#include "store/history.h"
#include "store/store.h"

#define FILE_MAX (1u << 20)

static enum err write_at(int folder, const char *name, struct slice bytes)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) {
        return err_of_errno(errno);
    }
    enum err e = fd_write_at(fd, bytes.p, bytes.n, 0);
    if (close(fd) != 0 && e == ERR_OK) {
        e = err_of_errno(errno);
    }
    return e;
}

static enum err folder_make(int parent, const char *name, int *ret_fd)
{
    if (mkdirat(parent, name, 0755) != 0) {
        return err_of_errno(errno);
    }
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        enum err e = err_of_errno(errno);
        (void)unlinkat(parent, name, AT_REMOVEDIR);
        return e;
    }
    *ret_fd = fd;
    return ERR_OK;
}

static enum err history_write(const char *root, int folder)
{
    struct buf lines = {0};
    enum err e = history_read(root, SIZE_MAX, &lines);
    if (e == ERR_OK) {
        e = write_at(folder, "history.jsonl", buf_slice(&lines));
    }
    buf_finish(&lines);
    return e;
}

static enum err outbox_copy(const char *outbox, const char *name, int folder)
{
    char path[PATH_MAX];
    struct buf bytes = {0};
    enum err e = store_path(outbox, name, path);
    if (e == ERR_OK) {
        e = file_read(path, FILE_MAX, &bytes);
    }
    if (e == ERR_OK) {
        e = write_at(folder, name, buf_slice(&bytes));
    }
    buf_finish(&bytes);
    return e == ERR_MISSING ? ERR_OK : e; /* replaced or tidied away meanwhile */
}

/* Receipts into their own folder, the terminal's report beside history. */
static enum err outbox_write(const char *root, int folder, int receipts)
{
    static const char *const report[] = {"status.json", "status.json.minisig", "terminal.pub",
                                         "metrics.prom"};
    char outbox[PATH_MAX];
    enum err e = store_path(root, "outbox", outbox);
    DIR *dir = e == ERR_OK ? opendir(outbox) : NULL;
    const struct dirent *entry;
    for (size_t i = 0; e == ERR_OK && i < sizeof report / sizeof *report; i++) {
        e = outbox_copy(outbox, report[i], folder);
    }
    while (dir && e == ERR_OK && (entry = readdir(dir)) != NULL) {
        if (slice_has_suffix(slice_of(entry->d_name), SLICE_LIT(".json")) &&
            strcmp(entry->d_name, "status.json") != 0) {
            e = outbox_copy(outbox, entry->d_name, receipts);
        }
    }
    if (dir) {
        closedir(dir);
    }
    return e;
}

static enum err sync_all(int fd)
{
    return PLANT(export_sync) || syncfs(fd) == 0 ? ERR_OK : err_of_errno(errno);
}

/* What a full or failing stick has taken so far goes again, as far as it lets it. */
static void part_remove(const char *place, const char *stick, const char *part)
{
    char top[PATH_MAX];
    char path[PATH_MAX];
    if (store_path(place, stick, top) == ERR_OK && store_path(top, part, path) == ERR_OK &&
        dir_remove(path) == ERR_OK && dir_sync(top) != ERR_OK) {
        return; /* the error that led here is the one to tell */
    }
}

static enum err folder_fill(const char *root, int to)
{
    int receipts = -1;
    enum err e = folder_make(to, "receipts", &receipts);
    if (e == ERR_OK) {
        e = history_write(root, to);
    }
    if (e == ERR_OK) {
        e = outbox_write(root, to, receipts);
    }
    if (receipts >= 0) {
        close(receipts);
    }
    return e;
}

enum err export_write(const char *root, const char *place, const char *stick, const char *folder)
{
    char part[NAME_MAX + 1];
    int top = -1;
    int to = -1;
    bool made = false;
    enum err e = ERR_OK;
    int dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int n = snprintf(part, sizeof part, "%s.part", folder);
    if (dir >= 0) {
        top = openat(dir, stick, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (top < 0 || n < 0 || (size_t)n >= sizeof part) {
        e = top < 0 ? err_of_errno(errno) : ERR_LIMIT;
        goto out;
    }
    if (faccessat(top, folder, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        e = ERR_BUSY;
        goto out;
    }
    e = folder_make(top, part, &to);
    made = to >= 0;
    if (e == ERR_OK) {
        e = folder_fill(root, to);
    }
    if (e == ERR_OK) {
        e = sync_all(top);
    }
    if (e == ERR_OK && renameat(top, part, top, folder) != 0) {
        e = err_of_errno(errno);
    }
    if (e == ERR_OK) {
        e = sync_all(top);
    }
out:
    for (size_t i = 0; i < 3; i++) {
        int fd = (const int[]){to, top, dir}[i];
        if (fd >= 0) {
            close(fd);
        }
    }
    if (e != ERR_OK && made) {
        part_remove(place, stick, part);
    }
    return e;
}
