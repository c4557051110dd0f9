/* Judges a head before anything is fetched for it. The job judges it again (install.h): this only
 * saves the terminal from asking for what it would refuse. */
#include "syncd/https_head.h"

#include "edition/edition.h"
#include "package/header.h"
#include "package/package.h"

static struct slice section_of(struct slice bytes, struct section s)
{
    return slice_sub(bytes, (size_t)s.offset, (size_t)(s.offset + s.n));
}

enum reject https_head_read(struct slice bytes, const struct https_rules *rules,
                            struct https_head *ret_head)
{
    struct header h;
    struct package *p = NULL;
    *ret_head = (struct https_head){0};
    enum reject why = header_parse(slice_sub(bytes, 0, PACKAGE_HEADER), &h);
    if (why != REJECT_NONE) {
        return why;
    }
    if (bytes.n != h.frames.offset) {
        return bytes.n < h.frames.offset ? REJECT_TRUNCATED : REJECT_HEADER;
    }
    const struct package_sections sections = {.manifest = section_of(bytes, h.manifest),
                                              .signatures = section_of(bytes, h.signatures),
                                              .table = section_of(bytes, h.table)};
    why = package_open_received(&sections, h.total, rules->trust, &p);
    if (why != REJECT_NONE) {
        return why;
    }
    const struct manifest *m = package_manifest(p);
    *ret_head = (struct https_head){
        .id = {m->epoch, m->edition}, .base = m->base_edition, .n = bytes.n, .total = h.total};
    const struct policy policy = {
        .channel = trust_channel(rules->trust),
        .required_channel = rules->required_channel,
        .epoch = trust_epoch(rules->trust),
        .jump_cap = trust_jump_cap(rules->trust),
        .schema = EDITION_SCHEMA,
        .app = rules->app,
    };
    why = policy_check(&policy, rules->select, m);
    package_close(p);
    return why;
}
