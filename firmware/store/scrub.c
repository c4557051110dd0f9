/* Finds flipped bytes in an installed edition before a visitor does. Changes nothing on disk. */
#include "store/scrub.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/plant.h"
#include "package/package.h"
#include "store/seal.h"
#include "store/store.h"

struct scrub {
    struct edition_id id;
    int fd;
    struct package *package;
    enum scrub_result result;
    uint32_t frame;
    uint64_t done;
    char *frame_bytes;
};

static enum scrub_result result_of(enum reject why)
{
    if (why == REJECT_NONE) {
        return SCRUB_RUNNING;
    }
    if (why == REJECT_NOMEM) {
        return SCRUB_UNABLE;
    }
    return why == REJECT_KEY_UNKNOWN || why == REJECT_ROLE_MISSING || why == REJECT_EPOCH ||
                   why == REJECT_CHANNEL || why == REJECT_OFFICE_MISSING ||
                   why == REJECT_REVIEW_MISSING
               ? SCRUB_UNPROVEN
               : SCRUB_DAMAGED;
}

static void head_drop(struct scrub *s)
{
    if (s->fd >= 0) {
        close(s->fd);
        s->fd = -1;
    }
    package_close(s->package);
    s->package = NULL;
}

static enum scrub_result head_check(struct scrub *s, const char *root, const struct trust *trust)
{
    char path[PATH_MAX];
    struct stat st;
    enum scrub_result result = result_of(seal_open(root, s->id, trust, &s->package));
    if (store_edition_path(root, s->id, "content.db", path) != ERR_OK) {
        return SCRUB_DAMAGED;
    }
    s->fd = path_open_read(path);
    if (s->fd < 0 && err_of_errno(errno) == ERR_NOMEM) {
        return SCRUB_UNABLE;
    }
    if (s->fd < 0 || fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        return SCRUB_DAMAGED;
    }
    if (result != SCRUB_RUNNING) {
        return result;
    }
    const struct manifest *m = package_manifest(s->package);
    if ((uint64_t)st.st_size != m->db_size || m->epoch != s->id.epoch ||
        m->edition != s->id.edition) {
        return SCRUB_DAMAGED;
    }
    (void)posix_fadvise(s->fd, 0, 0, POSIX_FADV_DONTNEED);
    return SCRUB_RUNNING;
}

enum err scrub_create(const char *root, struct edition_id id, const struct trust *trust,
                      struct scrub **ret_scrub)
{
    struct scrub *s = calloc(1, sizeof *s);
    if (!s) {
        return ERR_NOMEM;
    }
    s->id = id;
    s->fd = -1;
    s->frame_bytes = malloc(PACKAGE_FRAME);
    if (!s->frame_bytes) {
        scrub_destroy(s);
        return ERR_NOMEM;
    }
    s->result = head_check(s, root, trust);
    if (s->result == SCRUB_DAMAGED) { /* a second look: one failed call is no damage */
        head_drop(s);
        s->result = head_check(s, root, trust);
    }
    *ret_scrub = s;
    return ERR_OK;
}

void scrub_destroy(struct scrub *s)
{
    if (!s) {
        return;
    }
    head_drop(s);
    free(s->frame_bytes);
    free(s);
}

static bool frame_is_good(struct scrub *s)
{
    uint32_t size = package_frame_size(s->package, s->frame);
    if (fd_read_at(s->fd, s->frame_bytes, size, (uint64_t)s->frame * PACKAGE_FRAME) != ERR_OK) {
        return false;
    }
    for (uint32_t at = 0; at < size; at += PACKAGE_LEAF) {
        uint32_t n = size - at < PACKAGE_LEAF ? size - at : PACKAGE_LEAF;
        uint32_t leaf = s->frame * (PACKAGE_FRAME / PACKAGE_LEAF) + at / PACKAGE_LEAF;
        if (!package_leaf_matches(s->package, leaf, (struct slice){s->frame_bytes + at, n}) &&
            !PLANT(scrub_blind)) {
            return false;
        }
    }
    s->done += size;
    return true;
}

enum scrub_result scrub_step(struct scrub *s)
{
    if (s->result != SCRUB_RUNNING) {
        return s->result;
    }
    bool good = frame_is_good(s);
    if (!good) { /* a second look, from the medium */
        (void)posix_fadvise(s->fd, 0, 0, POSIX_FADV_DONTNEED);
        good = frame_is_good(s);
    }
    if (!good) {
        s->result = SCRUB_DAMAGED;
    } else if (++s->frame == package_frame_count(s->package)) {
        s->result = SCRUB_GOOD;
    }
    return s->result;
}

struct edition_id scrub_id(const struct scrub *s)
{
    return s->id;
}

uint64_t scrub_done_bytes(const struct scrub *s)
{
    return s->done;
}
