/* The parent's side of reading a head. Guarantees that nothing the child says is used before it was
 * verified here, that each byte of the source is asked for once, in ascending order, and that a
 * child or source that hangs costs this head and not the daemon. */
#include "store/head.h"

#include <assert.h>
#include <stdlib.h>

#include "package/minisign.h"
#include "package/table.h"
#include "store/box_child.h"

struct head {
    struct head_order order;
    struct box *box;
    bool wanting; /* the child waits for [offset, offset + n) to be there */
    uint64_t offset, n;
};

enum err head_open(const struct head_order *order, struct head **ret_head)
{
    struct head *h = calloc(1, sizeof *h);
    if (!h) {
        return ERR_NOMEM;
    }
    h->order = *order;
    struct box_head_task task = {
        .trust = order->trust, .size = order->source->size, .alone = order->alone};
    const struct box_order box = {.run = order->run ? order->run : box_run_head,
                                  .task = &task,
                                  .source = order->source->fd,
                                  .base = -1};
    enum err e = box_start(&box, &h->box);
    if (e != ERR_OK) {
        free(h);
        return e;
    }
    *ret_head = h;
    return ERR_OK;
}

void head_close(struct head *h)
{
    if (h) {
        box_end(h->box, h->order.left);
        free(h);
    }
}

enum reject head_no_message(struct box *b, enum box_news news, int64_t limit_ms)
{
    if (news == BOX_ENDED) {
        return box_why_ended(b);
    }
    if (news == BOX_BROKEN) {
        return REJECT_STORAGE;
    }
    return box_silence_ms(b) < (limit_ms > 0 ? limit_ms : BOX_LIMIT_MS) ? REJECT_NONE
                                                                        : REJECT_UNREADABLE;
}

static enum head_step refuse(enum reject why, enum reject *ret_why)
{
    assert(why != REJECT_NONE);
    *ret_why = why;
    return HEAD_REFUSED;
}

/* A reason that the child may give: one that blames the package or its source, or memory. */
static enum reject reason(uint32_t why)
{
    bool possible = (why > REJECT_NONE && why <= REJECT_EPOCH) || why == REJECT_TABLE ||
                    why == REJECT_NOMEM || (why >= REJECT_UNSIGNED && why < REJECT_COUNT);
    return possible ? (enum reject)why : REJECT_HEADER;
}

/* The sections, believed only after package_open_received has copied and verified them. */
static enum reject take(const struct head *h, const struct box_message *m,
                        struct package **ret_package)
{
    struct package_sections s;
    uint64_t size = h->order.source->size;
    const char *shared = box_shared(h->box);
    if (m->lengths[0] > MANIFEST_MAX || m->lengths[1] > MINISIGN_SECTION_MAX ||
        m->lengths[2] > TABLE_MAX) {
        return REJECT_HEADER;
    }
    uint64_t n = PACKAGE_HEADER + m->lengths[0] + m->lengths[1] + m->lengths[2];
    if (h->order.alone && n != size) {
        return REJECT_HEADER;
    }
    s.manifest = (struct slice){shared, (size_t)m->lengths[0]};
    s.signatures = (struct slice){shared + s.manifest.n, (size_t)m->lengths[1]};
    s.table = (struct slice){s.signatures.p + s.signatures.n, (size_t)m->lengths[2]};
    /* What the child says of the whole is held against the signed table. */
    return package_open_received(&s, h->order.alone ? m->n : size, h->order.trust, ret_package);
}

/* What was granted before this message has been read. */
static void used(struct head *h)
{
    const struct install_source *source = h->order.source;
    if (source->used && h->n > 0) {
        source->used(source->user, h->offset, h->n);
    }
    h->offset += h->n;
    h->n = 0;
}

static enum head_step message(struct head *h, const struct box_message *m,
                              struct package **ret_package, enum reject *ret_why)
{
    uint64_t size = h->order.source->size;
    enum reject why = REJECT_HEADER;
    used(h);
    if (m->kind == BOX_NEED) {
        if (m->n == 0 || m->n > TABLE_MAX || m->offset != h->offset || m->offset > size ||
            m->n > size - m->offset) {
            return refuse(REJECT_HEADER, ret_why);
        }
        h->n = m->n;
        h->wanting = true;
        return HEAD_MORE;
    }
    if (m->kind == BOX_HEAD) {
        why = take(h, m, ret_package);
    } else if (m->kind == BOX_REFUSED) {
        why = reason(m->why);
    }
    return why == REJECT_NONE ? HEAD_GOOD : refuse(why, ret_why);
}

enum head_step head_step(struct head *h, struct package **ret_package, enum reject *ret_why)
{
    struct box_message m;
    const struct install_source *source = h->order.source;
    if (h->wanting) {
        enum source_ready ready =
            source->want ? source->want(source->user, h->offset, h->n) : SOURCE_READY;
        if (ready != SOURCE_READY) {
            return ready == SOURCE_LATER ? HEAD_LATER : refuse(REJECT_UNREADABLE, ret_why);
        }
        const struct box_message go = {.kind = BOX_GO};
        h->wanting = false;
        if (box_send(h->box, &go) != ERR_OK) {
            return refuse(REJECT_STORAGE, ret_why);
        }
    }
    enum box_news news = box_receive(h->box, h->order.wait_ms, &m);
    if (news == BOX_MESSAGE) {
        return message(h, &m, ret_package, ret_why);
    }
    enum reject why = head_no_message(h->box, news, h->order.limit_ms);
    return why == REJECT_NONE ? HEAD_LATER : refuse(why, ret_why);
}
