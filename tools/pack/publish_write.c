/* Copies into a published folder. Compares before it writes; writes beside and renames. */
#include "pack/publish_write.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "pack/release_file.h"
#include "pack/release_progress.h"
#include "pack/sentence.h"

#define COPY_BYTES ((size_t)1 << 20)

/* Where the bytes come from: a file or memory. */
struct origin {
    const struct input *file; /* NULL: memory */
    struct slice bytes;
    uint64_t n;
};

static enum err origin_read(const struct origin *o, char *room, size_t n, uint64_t at)
{
    if (o->file != NULL) {
        return fd_read_at(o->file->fd, room, n, at);
    }
    memcpy(room, o->bytes.p + at, n);
    return ERR_OK;
}

static size_t part_of(uint64_t n, uint64_t at)
{
    return n - at < COPY_BYTES ? (size_t)(n - at) : COPY_BYTES;
}

/* Has path these very bytes? rooms: 2 × COPY_BYTES. */
static bool is_same(const struct origin *o, const char *path, char *rooms)
{
    struct input there = {.fd = -1};
    bool same = input_open(path, NULL, &there) == ERR_OK && there.n == o->n;
    for (uint64_t at = 0; same && at < o->n; at += COPY_BYTES) {
        size_t n = part_of(o->n, at);
        same = origin_read(o, rooms, n, at) == ERR_OK &&
               fd_read_at(there.fd, rooms + COPY_BYTES, n, at) == ERR_OK &&
               memcmp(rooms, rooms + COPY_BYTES, n) == 0;
    }
    input_close(&there);
    return same;
}

static enum err write_new(const struct origin *o, const char *path, char *room, struct buf *problem)
{
    struct output out = {.fd = -1};
    struct progress progress = progress_start("正在发布", o->n);
    enum err e = output_open(path, 0644, problem, &out);
    if (e != ERR_OK) {
        return e;
    }
    for (uint64_t at = 0; e == ERR_OK && at < o->n; at += COPY_BYTES) {
        size_t n = part_of(o->n, at);
        e = origin_read(o, room, n, at);
        if (e == ERR_OK) {
            e = fd_write_at(out.fd, room, n, at);
        }
        progress_show(&progress, at + n);
    }
    progress_end(&progress);
    if (e != ERR_OK) {
        (void)sentence_set(problem, e, "写不了 %s：%s", path, err_sentence(e));
    } else {
        e = output_commit(&out, problem);
    }
    output_abort(&out);
    return e;
}

static enum err lay_out(const struct origin *o, const char *folder, const char *name,
                        struct publish_counts *counts, struct buf *problem)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        return sentence_set(problem, ERR_LIMIT, "路径太长：%s", folder);
    }
    char *rooms = malloc(2 * COPY_BYTES);
    if (rooms == NULL) {
        return sentence_set(problem, ERR_NOMEM, "%s", err_sentence(ERR_NOMEM));
    }
    enum err e = ERR_OK;
    if (is_same(o, path, rooms)) {
        counts->kept++;
    } else {
        e = write_new(o, path, rooms, problem);
        counts->written += e == ERR_OK;
    }
    free(rooms);
    return e;
}

enum err publish_copy(const char *from, uint64_t n, const char *folder, const char *name,
                      struct publish_counts *counts, struct buf *problem)
{
    struct input in = {.fd = -1};
    enum err e = input_open(from, problem, &in);
    if (e == ERR_OK) {
        const struct origin o = {.file = &in, .n = n < in.n ? n : in.n};
        e = lay_out(&o, folder, name, counts, problem);
    }
    input_close(&in);
    return e;
}

enum err publish_bytes(struct slice bytes, const char *folder, const char *name,
                       struct publish_counts *counts, struct buf *problem)
{
    const struct origin o = {.bytes = bytes, .n = bytes.n};
    return lay_out(&o, folder, name, counts, problem);
}

/* Is it a name of the kinds that come and go? */
static bool is_ours(struct slice name)
{
    if (slice_has_suffix(name, SLICE_LIT(".tmp"))) {
        name = slice_sub(name, 0, name.n - 4);
    }
    return (slice_has_prefix(name, SLICE_LIT("full-")) ||
            slice_has_prefix(name, SLICE_LIT("delta-"))) &&
           (slice_has_suffix(name, SLICE_LIT(".gkp")) || slice_has_suffix(name, SLICE_LIT(".gkh")));
}

enum err publish_prune(const char *folder, bool (*keep)(void *user, const char *name), void *user,
                       struct publish_counts *counts, struct buf *problem)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, NULL, alphasort);
    enum err e = n < 0 ? err_of_errno(errno) : ERR_OK;
    for (int i = 0; i < n; i++) {
        char path[PATH_MAX];
        const char *name = entries[i]->d_name;
        int length = snprintf(path, sizeof path, "%s/%s", folder, name);
        if (e == ERR_OK && is_ours(slice_of(name)) && !keep(user, name) && length > 0 &&
            (size_t)length < sizeof path) {
            e = unlink(path) == 0 ? ERR_OK : err_of_errno(errno);
            counts->removed += e == ERR_OK;
        }
        free(entries[i]);
    }
    free(entries);
    return e == ERR_OK
               ? e
               : sentence_set(problem, e, "清理 %s 中的旧文件时出错：%s", folder, err_sentence(e));
}
