/* The acceptance rules, a pure function of the trust root, the select record and the manifest. */
#include "store/policy.h"

#include <string.h>

#include "base/plant.h"
#include "base/slice.h"

static struct edition_id highest(struct edition_id a, struct edition_id b)
{
    return edition_id_cmp(a, b) >= 0 ? a : b;
}

enum reject policy_check(const struct policy *p, const struct select *s, const struct manifest *m)
{
    struct edition_id id = {m->epoch, m->edition};
    struct edition_id shown = edition_id_is_none(s->current) ? p->factory : s->current;
    struct edition_id newest = highest(highest(s->current, s->floor), p->factory);
    if (strcmp(m->product, "gongkai") != 0) {
        return REJECT_PRODUCT;
    }
    if ((strcmp(m->channel, p->channel) != 0 && !PLANT(policy_channel)) ||
        (p->required_channel && p->required_channel[0] &&
         strcmp(m->channel, p->required_channel) != 0)) {
        return REJECT_CHANNEL;
    }
    if ((m->schema > p->schema || m->min_app > p->app) && !PLANT(policy_app)) {
        return REJECT_FUTURE_FORMAT;
    }
    if (m->epoch != p->epoch && !PLANT(policy_epoch)) {
        return m->epoch < newest.epoch ? REJECT_OLDER : REJECT_EPOCH;
    }
    if (select_is_bad(s, id) && !PLANT(policy_bad)) {
        return REJECT_BAD_LISTED;
    }
    if ((edition_id_cmp(id, s->current) <= 0 && !PLANT(policy_current)) ||
        (edition_id_cmp(id, s->floor) < 0 && !PLANT(policy_floor)) ||
        (edition_id_cmp(id, p->factory) <= 0 && !PLANT(policy_factory))) {
        return edition_id_eq(id, shown) ? REJECT_SAME : REJECT_OLDER;
    }
    if (p->jump_cap > 0 && !PLANT(policy_jump) && newest.edition > 0 &&
        m->edition > newest.edition && m->edition - newest.edition > p->jump_cap) {
        return REJECT_JUMP;
    }
    return REJECT_NONE;
}

uint32_t policy_app_version(const char *text)
{
    struct slice rest = slice_of(text);
    uint64_t part[3];
    for (size_t i = 0; i < 3; i++) {
        struct slice digits = slice_cut(&rest, '.');
        if (!slice_to_u64(digits, &part[i]) || part[i] > 99) {
            return 0;
        }
    }
    return rest.n > 0 ? 0 : (uint32_t)(part[0] * 10000 + part[1] * 100 + part[2]);
}
