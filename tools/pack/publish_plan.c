/* Chooses what is published. Reads every byte of every package once and writes nothing. */
#include "pack/publish_plan.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack/release_read.h"
#include "pack/sentence.h"
#include "package/minisign.h"

/* Without keys at hand: are there signatures of both roles at all? */
static enum err roles_check(const struct package *p, const char *path, struct buf *problem)
{
    struct minisign_section section;
    bool has[ROLE_COUNT] = {false};
    enum err e = minisign_section_parse(package_signature_bytes(p), &section);
    for (uint32_t i = 0; e == ERR_OK && i < section.count; i++) {
        for (enum role r = ROLE_OFFICE; r < ROLE_COUNT; r++) {
            has[r] = has[r] || slice_eq_cstr(section.at[i].role, role_name(r));
        }
    }
    for (enum role r = ROLE_OFFICE; e == ERR_OK && r < ROLE_COUNT; r++) {
        if (!has[r]) {
            return sentence_set(problem, ERR_DENIED,
                                "%s 缺少“%s”的签名，终端不会接受；请补签后再发布，或移出文件夹。",
                                path, role_name_zh(r));
        }
    }
    return e == ERR_OK
               ? e
               : sentence_set(problem, e, "%s：%s", path, reject_sentence(REJECT_SIGNATURE));
}

static void package_describe(const struct package *p, uint64_t n, struct publish_package *out)
{
    const struct manifest *m = package_manifest(p);
    struct slice manifest = package_manifest_bytes(p);
    out->epoch = m->epoch;
    out->edition = m->edition;
    out->base = m->base_edition;
    out->n = n;
    out->head_n =
        PACKAGE_HEADER + manifest.n + package_signature_bytes(p).n + package_table_bytes(p).n;
    out->manifest = hash_of(manifest);
    out->db = m->db_hash;
    out->base_db = m->base_hash;
    memcpy(out->channel, m->channel, sizeof out->channel);
}

enum err publish_package_read(const char *path, const struct trust *trust, struct buf *problem,
                              struct publish_package *ret_package)
{
    struct input in = {.fd = -1};
    struct package *p = NULL;
    enum reject reject = REJECT_NONE;
    enum err e = input_open(path, problem, &in);
    if (e == ERR_OK) {
        e = release_head(&in, trust, problem, NULL, &p);
    }
    if (e == ERR_OK && trust == NULL) {
        e = roles_check(p, path, problem);
    }
    if (e == ERR_OK) {
        e = release_check(&in, p, NULL, problem, &reject);
    }
    if (e == ERR_OK && reject != REJECT_NONE) {
        e = sentence_set(problem, ERR_CORRUPT, "%s：%s", path, reject_sentence(reject));
    }
    if (e == ERR_OK) {
        package_describe(p, in.n, ret_package);
    }
    package_close(p);
    input_close(&in);
    return e;
}

static int package_cmp(const void *a, const void *b)
{
    const struct publish_package *x = a;
    const struct publish_package *y = b;
    if (x->epoch != y->epoch) {
        return x->epoch > y->epoch ? -1 : 1;
    }
    if (x->edition != y->edition) {
        return x->edition > y->edition ? -1 : 1;
    }
    if (x->base != y->base) { /* the full one first, then the newest base */
        return x->base == 0 || (y->base != 0 && x->base > y->base) ? -1 : 1;
    }
    return strcmp(x->path, y->path);
}

static bool same_edition(const struct publish_package *a, const struct publish_package *b)
{
    return a->epoch == b->epoch && a->edition == b->edition;
}

static int is_package_name(const struct dirent *d)
{
    struct slice name = slice_of(d->d_name);
    return d->d_name[0] != '.' && slice_has_suffix(name, SLICE_LIT(".gkp"));
}

static enum err folder_read(const char *folder, const struct trust *trust,
                            struct publish_plan *plan, struct buf *problem)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_package_name, alphasort);
    enum err e = ERR_OK;
    if (n < 0) {
        e = err_of_errno(errno);
        return sentence_set(problem, e, "读不了文件夹 %s：%s", folder, err_sentence(e));
    }
    plan->package = calloc((size_t)n + 1, sizeof *plan->package);
    if (plan->package == NULL) {
        e = sentence_set(problem, ERR_NOMEM, "%s", err_sentence(ERR_NOMEM));
    } else if ((size_t)n > PUBLISH_FILES_MAX) {
        e = sentence_set(problem, ERR_LIMIT, "%s 中的更新包超过 %u 个；请移走不再需要的旧更新包。",
                         folder, PUBLISH_FILES_MAX);
    }
    for (int i = 0; i < n; i++) {
        if (e == ERR_OK) {
            struct publish_package *p = &plan->package[plan->count];
            int length = snprintf(p->path, sizeof p->path, "%s/%s", folder, entries[i]->d_name);
            e = length > 0 && (size_t)length < sizeof p->path
                    ? publish_package_read(p->path, trust, problem, p)
                    : sentence_set(problem, ERR_LIMIT, "路径太长：%s", folder);
            plan->count += e == ERR_OK;
        }
        free(entries[i]);
    }
    free(entries);
    return e;
}

/* Do packages of one edition, and deltas and their bases, belong together? */
static enum err plan_check(const struct publish_plan *plan, struct buf *problem)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct publish_package *a = &plan->package[i];
        if (strcmp(a->channel, plan->package[0].channel) != 0) {
            return sentence_set(
                problem, ERR_USAGE, "%s 与 %s 不是同一频道（%s、%s）的；一个文件夹只发布一个频道。",
                a->path, plan->package[0].path, a->channel, plan->package[0].channel);
        }
        for (size_t k = 0; k < plan->count; k++) {
            const struct publish_package *b = &plan->package[k];
            bool other_content = same_edition(a, b) && !hash_equal(&a->db, &b->db);
            bool other_base = b->base == 0 && a->base == b->edition && a->base != 0 &&
                              a->epoch == b->epoch && !hash_equal(&a->base_db, &b->db);
            if (other_content) {
                return sentence_set(problem, ERR_USAGE,
                                    "%s 和 %s 同是第%llu期，内容却不同；请只留下正式的一份。",
                                    a->path, b->path, (unsigned long long)a->edition);
            }
            if (other_base) {
                return sentence_set(problem, ERR_USAGE,
                                    "增量包 %s 不是依据 %s 制作的；请用它重新制作并签名。", a->path,
                                    b->path);
            }
        }
    }
    return ERR_OK;
}

/* Of several copies of one package the first is taken. */
static void plan_choose(struct publish_plan *plan, uint64_t keep)
{
    bool kept = false;
    for (size_t i = 0; i < plan->count; i++) {
        struct publish_package *p = &plan->package[i];
        const struct publish_package *before = i > 0 ? p - 1 : NULL;
        bool copy = before && same_edition(before, p) && before->base == p->base;
        if (p->base == 0 && !copy) {
            kept = plan->fulls < keep;
            p->chosen = kept;
            plan->fulls += kept;
            plan->newest = plan->newest ? plan->newest : p;
        } else if (!copy && before) {
            const struct publish_package *full = before;
            while (full > plan->package && full->base != 0) {
                full--;
            }
            p->chosen =
                kept && full->base == 0 && same_edition(full, p) && plan->deltas < LISTING_DELTAS;
            plan->deltas += p->chosen;
        }
    }
}

enum err publish_plan_make(const char *folder, const struct trust *trust, uint64_t keep,
                           struct publish_plan *ret_plan, struct buf *problem)
{
    struct publish_plan *plan = ret_plan;
    *plan = (struct publish_plan){0};
    enum err e = folder_read(folder, trust, plan, problem);
    if (e != ERR_OK) {
        return e;
    }
    qsort(plan->package, plan->count, sizeof *plan->package, package_cmp);
    e = plan_check(plan, problem);
    if (e != ERR_OK) {
        return e;
    }
    plan_choose(plan, keep);
    if (plan->newest == NULL || !plan->newest->chosen) {
        return sentence_set(problem, ERR_MISSING,
                            "%s 中没有完整的更新包（.gkp），没有可发布的内容；请先用 "
                            "gongkai-pack build 制作。",
                            folder);
    }
    return ERR_OK;
}

void publish_plan_finish(struct publish_plan *plan)
{
    free(plan->package);
    *plan = (struct publish_plan){0};
}

static bool has_delta(const struct publish_plan *plan, uint64_t base)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct publish_package *p = &plan->package[i];
        if (p->chosen && p->base == base && same_edition(p, plan->newest)) {
            return true;
        }
    }
    return false;
}

size_t publish_plan_missing(const struct publish_plan *plan, uint64_t ret_bases[PUBLISH_KEEP_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < plan->count && n < PUBLISH_KEEP_MAX; i++) {
        const struct publish_package *p = &plan->package[i];
        if (p->chosen && p->base == 0 && p != plan->newest && !has_delta(plan, p->edition)) {
            ret_bases[n++] = p->edition;
        }
    }
    return n;
}

enum err publish_plan_listing(const struct publish_plan *plan, struct listing *ret_listing)
{
    struct listing l = {
        .epoch = plan->newest->epoch, .edition = plan->newest->edition, .n = plan->newest->n};
    for (size_t i = 0; i < plan->count; i++) {
        const struct publish_package *p = &plan->package[i];
        if (p->chosen && p->base != 0) {
            if (l.delta_count == LISTING_DELTAS) {
                return ERR_LIMIT;
            }
            l.delta[l.delta_count++] = (struct listing_delta){.epoch = p->epoch,
                                                              .edition = p->edition,
                                                              .base = p->base,
                                                              .head_n = p->head_n,
                                                              .n = p->n};
        }
    }
    *ret_listing = l;
    return ERR_OK;
}
