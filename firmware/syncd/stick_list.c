/* Guarantees that nothing unsigned decides which package is taken. */
#include "syncd/stick_list.h"

#include <string.h>

#include "package/manifest.h"

static bool has_base(const struct stick_judge *j, uint64_t number)
{
    for (size_t i = 0; i < j->sealed_n; i++) {
        if (j->sealed[i].edition == number) {
            return true;
        }
    }
    return number == 0;
}

static enum reject judge(const struct stick_judge *j, const struct stick_file *f,
                         struct stick_package *p)
{
    struct manifest m;
    struct slice manifest = {f->manifest, f->manifest_n};
    if (f->why != REJECT_NONE) {
        return f->why;
    }
    enum reject why = trust_check(j->trust, manifest,
                                  (struct slice){f->signatures, f->signatures_n}, &p->signers);
    if (why != REJECT_NONE) {
        return why;
    }
    if (manifest_parse(manifest, &m) != ERR_OK) {
        return REJECT_MANIFEST;
    }
    p->id = (struct edition_id){m.epoch, m.edition};
    p->base_edition = m.base_edition;
    p->built = m.built;
    why = policy_check(&j->policy, j->select, &m);
    return why != REJECT_NONE || has_base(j, m.base_edition) ? why : REJECT_BASE_MISSING;
}

bool stick_list_add(struct stick_list *l, const struct stick_judge *j, const struct stick_file *f)
{
    if (l->n == STICK_PACKAGES_MAX) {
        return false;
    }
    struct stick_package *p = &l->at[l->n++];
    *p = (struct stick_package){.identity = f->identity, .special = f->special};
    memcpy(p->name, f->name, sizeof p->name);
    p->why = judge(j, f, p);
    return true;
}

bool stick_package_better(const struct stick_package *a, const struct stick_package *b)
{
    int c = edition_id_cmp(a->id, b->id);
    return c > 0 || (c == 0 && a->identity.size < b->identity.size);
}

size_t stick_list_best(const struct stick_list *l)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < l->n; i++) {
        if (l->at[i].why == REJECT_NONE &&
            (best == SIZE_MAX || stick_package_better(&l->at[i], &l->at[best]))) {
            best = i;
        }
    }
    return best;
}

size_t stick_list_find(const struct stick_list *l, const struct stick_package *p)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct stick_package *q = &l->at[i];
        if (strcmp(q->name, p->name) == 0 && q->identity.inode == p->identity.inode &&
            q->identity.size == p->identity.size && q->identity.mtime_ns == p->identity.mtime_ns) {
            return i;
        }
    }
    return SIZE_MAX;
}

size_t stick_list_nearest(const struct stick_list *l)
{
    size_t nearest = l->n > 0 ? 0 : SIZE_MAX;
    for (size_t i = 1; i < l->n; i++) {
        if (edition_id_cmp(l->at[i].id, l->at[nearest].id) > 0) {
            nearest = i;
        }
    }
    return nearest;
}

size_t stick_list_wrong(const struct stick_list *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        enum reject why = l->at[i].why;
        n += why != REJECT_NONE && why != REJECT_SAME && why != REJECT_OLDER;
    }
    return n;
}

const char *stick_package_sentence(const struct stick_package *p)
{
    return p->special ? "这是链接或文件夹，不是更新包文件，不予读取；请把更新包文件本身拷到U盘。"
                      : reject_sentence(p->why);
}
