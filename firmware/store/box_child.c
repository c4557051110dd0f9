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

/* A head without frames: what its header says of the whole is the size to open it with. */
static enum reject alone_size(const struct box_room *room, uint64_t n, uint64_t *ret_total)
{
    char bytes[PACKAGE_HEADER];
    struct slice head = {bytes, n < sizeof bytes ? (size_t)n : sizeof bytes};
    uint64_t head_n = 0;
    if (fd_read_at(room->source, bytes, head.n, 0) != ERR_OK) {
        return REJECT_UNREADABLE;
    }
    enum reject why = package_head_peek(head, &head_n);
    why = why == REJECT_NONE ? package_size_peek(head, ret_total) : why;
    if (why == REJECT_NONE && n != head_n) {
        why = n < head_n ? REJECT_TRUNCATED : REJECT_HEADER;
    }
    return why;
}

void box_run_head(const struct box_room *room, void *task)
{
    const struct box_head_task *t = task;
    struct box_room mine = *room;
    struct package *p = NULL;
    struct package_source source = {
        .read_at = t->alone ? plain_read : asked_read, .user = &mine, .size = t->size};
    enum reject why = t->alone ? alone_size(room, t->size, &source.size) : REJECT_NONE;
    why = why == REJECT_NONE ? package_open(&source, t->trust, &p) : why;
    struct box_message m = {.kind = BOX_REFUSED, .why = (uint32_t)why};
    if (why == REJECT_NONE) {
        const struct slice parts[3] = {package_manifest_bytes(p), package_signature_bytes(p),
                                       package_table_bytes(p)};
        char *to = room->shared;
        m.kind = BOX_HEAD;
        m.n = t->alone ? source.size : 0;
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
