/* What is done in the box: everything that looks into bytes nobody has verified yet, and
 * decompression. Nothing here is believed by the parent. */
#include "store/box_child.h"

#include <string.h>

#include "base/file.h"
#include "package/minisign.h"
#include "package/table.h"

_Static_assert(BOX_SHARED >= MANIFEST_MAX + MINISIGN_SECTION_MAX + TABLE_MAX,
               "the largest head fits");

/* Asks the parent whether the bytes are there, then reads them. */
static enum err asked_read(void *user, void *p, size_t n, uint64_t offset)
{
    const struct box_room *room = user;
    const struct box_message need = {.kind = BOX_NEED, .offset = offset, .n = n};
    struct box_message go;
    if (!box_child_send(room, &need) || !box_child_receive(room, &go) || go.kind != BOX_GO) {
        return ERR_IO;
    }
    return fd_read_at(room->source, p, n, offset);
}

static enum err plain_read(void *user, void *p, size_t n, uint64_t offset)
{
    const struct box_room *room = user;
    return fd_read_at(room->source, p, n, offset);
}

void box_run_head(const struct box_room *room, void *task)
{
    const struct box_head_task *t = task;
    struct box_room mine = *room;
    struct package *p = NULL;
    const struct package_source source = {.read_at = asked_read, .user = &mine, .size = t->size};
    enum reject why = package_open(&source, t->trust, &p);
    struct box_message m = {.kind = BOX_REFUSED, .why = (uint32_t)why};
    if (why == REJECT_NONE) {
        const struct slice parts[3] = {package_manifest_bytes(p), package_signature_bytes(p),
                                       package_table_bytes(p)};
        char *to = room->shared;
        m.kind = BOX_HEAD;
        for (size_t i = 0; i < 3; i++) {
            memcpy(to, parts[i].p, parts[i].n);
            to += parts[i].n;
            m.lengths[i] = parts[i].n;
        }
    }
    package_close(p);
    (void)box_child_send(room, &m);
}

void box_run_frames(const struct box_room *room, void *task)
{
    struct package *p = task;
    struct box_room mine = *room;
    struct box_message m;
    const struct package_source source = {.read_at = plain_read, .user = &mine};
    while (box_child_receive(room, &m) && m.kind == BOX_FRAME && m.slot < BOX_SLOTS &&
           m.frame < package_frame_count(p)) {
        char *slot = room->shared + (size_t)m.slot * PACKAGE_FRAME;
        enum reject why = package_frame_unpack(p, m.frame, &source, room->base, slot);
        m.kind = why == REJECT_NONE ? BOX_DONE : BOX_REFUSED;
        m.why = (uint32_t)why;
        if (!box_child_send(room, &m)) {
            return;
        }
    }
}
