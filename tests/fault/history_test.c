/* history_test [short | full]: random histories of a terminal, in the library, against a model that
 * was written from the comments of install.h, select.h and policy.h alone. Packages old and new,
 * of another hall, taken back before, with and without their base; drawn, failed, rolled back,
 * damaged, started again. After every step the record, the reason of a refusal and what a reader is
 * shown must be what the model says. The seed is fixed; a history that fails names its number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "crew.h"
#include "lab.h"
#include "store/install.h"
#include "store/store.h"
#include "tree.h"

#define EDITIONS 6 /* 1..5 in full, and a delta of each from the one before */
#define STEPS 14
#define SHORT_HISTORIES 300
#define FULL_HISTORIES 10000

/* What the comments say a terminal knows. */
struct model {
    uint64_t current, previous, floor, bad[SELECT_BAD_MAX];
    unsigned bad_count, tries;
    bool trial;
    bool sealed[EDITIONS + 1]; /* folder there */
};

struct history {
    struct lab l;
    struct install *in;
    struct model m;
    uint64_t random;
    const char (*package)[1024]; /* full 0..5, delta 6..11, other hall's 12 */
    char told[64];               /* the step under way */
};

enum { COUNT_HISTORIES, COUNT_STEPS, COUNT_ACCEPTED, COUNT_REFUSED };
enum { DELTA = EDITIONS, OTHER = 2 * EDITIONS, PACKAGES };

static uint64_t pick(struct history *h, uint64_t n)
{
    h->random = h->random * 6364136223846793005ull + 1442695040888963407ull;
    return (h->random >> 33) % n;
}

/* --- the model --- */

static bool model_is_bad(const struct model *m, uint64_t e)
{
    for (unsigned i = 0; i < m->bad_count; i++) {
        if (m->bad[i] == e) {
            return true;
        }
    }
    return false;
}

static void model_add_bad(struct model *m, uint64_t e)
{
    if (e != 0 && !model_is_bad(m, e) && m->bad_count < SELECT_BAD_MAX) {
        m->bad[m->bad_count++] = e;
    }
}

/* previous, else the best sealed edition not below the floor and not taken back, else none. */
static uint64_t model_next_best(const struct model *m)
{
    if (m->previous != 0 && m->previous != m->current && !model_is_bad(m, m->previous) &&
        m->sealed[m->previous]) {
        return m->previous;
    }
    for (uint64_t e = EDITIONS; e >= 1; e--) {
        if (m->sealed[e] && e != m->current && !model_is_bad(m, e) && e >= m->floor) {
            return e;
        }
    }
    return 0;
}

static void model_fall_back(struct model *m, bool bad)
{
    if (bad) {
        model_add_bad(m, m->current);
    }
    m->current = model_next_best(m);
    m->previous = 0;
    m->trial = false;
}

static enum reject model_accepts(const struct model *m, unsigned package, uint64_t edition)
{
    if (package == OTHER) {
        return REJECT_CHANNEL;
    }
    if (model_is_bad(m, edition)) {
        return REJECT_BAD_LISTED;
    }
    if (edition <= m->current || edition < m->floor) {
        return edition == m->current ? REJECT_SAME : REJECT_OLDER;
    }
    if (package >= DELTA && (!m->sealed[edition - 1])) {
        return REJECT_BASE_MISSING;
    }
    return REJECT_NONE;
}

static void model_install(struct model *m, uint64_t edition)
{
    if (!m->trial) {
        m->previous = m->current;
    }
    m->current = edition;
    m->sealed[edition] = true;
    m->trial = true;
    m->tries = INSTALL_TRIES;
}

static void model_confirm(struct model *m)
{
    m->trial = false;
    m->floor = m->current > m->floor ? m->current : m->floor;
    for (uint64_t e = 1; e <= EDITIONS; e++) {
        m->sealed[e] = m->sealed[e] && (e == m->current || e == m->previous);
    }
}

static void model_start(struct model *m)
{
    if (m->trial && m->tries > 0) {
        m->tries--;
    } else if (m->trial && model_next_best(m) != 0) {
        model_fall_back(m, false);
    }
}

/* --- the terminal --- */

static void terminal_open(struct history *h)
{
    struct install_start_up found;
    const struct install_config c = {.root = h->l.f.root, .app = 10000, .auto_apply = true};
    need(&h->l, install_open(&c, &h->in, &found) == ERR_OK, "install_open");
}

static void settle(struct history *h)
{
    for (int i = 0; i < 200000; i++) {
        enum install_pace pace = install_step(h->in);
        if (pace == INSTALL_AT_REST) {
            return;
        }
        if (pace == INSTALL_LATER) {
            (void)usleep(200);
        }
    }
    need(&h->l, false, "never at rest");
}

static enum reject terminal_install(struct history *h, unsigned package)
{
    struct install_source source = fixture_open(h->package[package]);
    need(&h->l, install_start(h->in, &source, false) == ERR_OK, "install_start");
    settle(h);
    fixture_close(&source);
    need(&h->l, install_report(h->in)->finished, "the job has no end");
    return install_report(h->in)->reject;
}

static void compare(struct history *h)
{
    const struct select *s = install_select(h->in);
    const struct model *m = &h->m;
    struct store_choice c = {.kind = STORE_FACTORY};
    struct select on_disk;
    need(&h->l, s->current.edition == m->current, "another current edition than the model's");
    need(&h->l, s->previous.edition == m->previous, "another previous edition than the model's");
    need(&h->l, s->floor.edition == m->floor, "another floor than the model's");
    need(&h->l, (s->phase == SELECT_TRIAL) == m->trial, "on trial, or not, unlike the model");
    need(&h->l, !m->trial || s->tries == m->tries, "other tries than the model's");
    need(&h->l, s->bad_count == m->bad_count, "another bad list than the model's");
    for (unsigned i = 0; i < m->bad_count; i++) {
        need(&h->l, select_is_bad(s, (struct edition_id){1, m->bad[i]}), "not on the bad list");
    }
    need(&h->l, select_read(h->l.f.root, &on_disk) == ERR_OK && on_disk.seq == s->seq,
         "the disk says something else");
    if (m->current != 0) {
        need(&h->l,
             store_choose(h->l.f.root, NULL, NULL, &c) == ERR_OK && c.kind == STORE_CURRENT &&
                 c.id.edition == m->current,
             "a reader is shown another edition");
    }
}

/* --- one step --- */

static void step_install(struct history *h, const struct crew *c)
{
    unsigned package = (unsigned)pick(h, 10) == 0 ? OTHER : (unsigned)pick(h, 2 * EDITIONS);
    if (package == DELTA) {
        package = 0; /* the first edition has no base */
    }
    uint64_t edition = package == OTHER ? 1 : package % EDITIONS + 1;
    enum reject expected = model_accepts(&h->m, package, edition);
    (void)snprintf(h->told, sizeof h->told, "package %u", package);
    enum reject why = terminal_install(h, package);
    if (why != expected) {
        fprintf(stderr, "refused as %s, the model says %s\n", reject_name(why),
                reject_name(expected));
    }
    need(&h->l, why == expected, "accepted or refused unlike the model");
    crew_add(c, why == REJECT_NONE ? COUNT_ACCEPTED : COUNT_REFUSED, 1);
    if (why == REJECT_NONE) {
        model_install(&h->m, edition);
        need(&h->l, fixture_matches(&h->l.f, edition), "the new edition is not whole");
    } else if (expected == REJECT_BASE_MISSING && edition != h->m.previous) {
        h->m.sealed[edition] = false; /* what an earlier attempt had left is no longer sealed */
    }
}

static void step_decide(struct history *h, uint64_t which)
{
    struct edition_id current = {1, h->m.current};
    if (which == 0) {
        (void)snprintf(h->told, sizeof h->told, "drawn");
        need(&h->l, install_drawn(h->in, current) == ERR_OK, "drawn");
        settle(h);
        if (h->m.trial) {
            model_confirm(&h->m);
        }
    } else if (which == 1) {
        (void)snprintf(h->told, sizeof h->told, "failed");
        enum err e = install_failed(h->in, current);
        need(&h->l, (e == ERR_OK) == h->m.trial, "failed");
        if (h->m.trial) {
            model_fall_back(&h->m, true);
        }
    } else if (which == 2) {
        bool possible = h->m.previous != 0 && h->m.sealed[h->m.previous];
        (void)snprintf(h->told, sizeof h->told, "rollback");
        need(&h->l, (install_rollback(h->in) == ERR_OK) == possible, "rollback");
        if (possible) {
            model_fall_back(&h->m, true);
        }
    } else {
        (void)snprintf(h->told, sizeof h->told, "damaged");
        enum err e = install_damaged(h->in, current);
        need(&h->l, (e == ERR_OK) == (h->m.current != 0), "damaged");
        if (h->m.current != 0) {
            model_fall_back(&h->m, false);
        }
    }
}

static void step(struct history *h, const struct crew *c)
{
    uint64_t what = pick(h, 12);
    if (what < 5) {
        step_install(h, c);
    } else if (what < 10) {
        static const uint64_t decisions[] = {0, 0, 1, 2, 3};
        step_decide(h, decisions[what - 5]);
    } else {
        (void)snprintf(h->told, sizeof h->told, "start");
        install_close(h->in);
        terminal_open(h);
        model_start(&h->m);
    }
    compare(h);
    crew_add(c, COUNT_STEPS, 1);
}

struct job {
    struct lab *l;
    long histories;
    char package[PACKAGES + 1][1024];
};

static void work(void *user, struct crew *c)
{
    const struct job *j = user;
    char empty[600];
    (void)snprintf(empty, sizeof empty, "%s/empty", j->l->f.dir);
    for (long k = (long)c->me; k < j->histories; k += (long)c->size) {
        struct history h = {
            .l = lab_own(j->l, "", c->me), .random = (uint64_t)k * 7919 + 1, .package = j->package};
        h.l.where = h.told;
        h.l.point = k;
        need(&h.l, dir_remove(h.l.f.root) == ERR_OK, "dir_remove");
        tree_copy(empty, h.l.f.root);
        terminal_open(&h);
        for (int i = 0; i < STEPS; i++) {
            step(&h, c);
        }
        install_close(h.in);
        crew_add(c, COUNT_HISTORIES, 1);
    }
}

static void packages_make(struct job *j)
{
    for (unsigned k = 0; k <= OTHER; k++) {
        char name[16];
        bool delta = k > DELTA && k < OTHER;
        struct fixture_edition e = {.edition = k == OTHER ? 1 : k % EDITIONS + 1,
                                    .filler_kb = 8,
                                    .roles = FIXTURE_BOTH,
                                    .channel = k == OTHER ? "hall-other" : NULL,
                                    .base = delta ? j->package[k - DELTA - 1] : NULL};
        (void)snprintf(name, sizeof name, "h%u", k);
        fixture_package(&j->l->f, &e, name, j->package[k]);
    }
}

int main(int argc, char **argv)
{
    struct lab l;
    struct job j = {.l = NULL};
    long n[CREW_COUNTS];
    double start = seconds();
    bool full = argc > 2 && strcmp(argv[2], "full") == 0;
    if (argc < 2) {
        fputs("usage: history_test PATH-OF-GONGKAI-SYNCD [short | full]\n", stderr);
        return 2;
    }
    lab_create(&l, argv[1]);
    j.l = &l;
    j.histories = full ? FULL_HISTORIES : SHORT_HISTORIES;
    packages_make(&j);
    if (!crew_run(crew_size(), work, &j, n)) {
        return 1;
    }
    need(&l, n[COUNT_ACCEPTED] > j.histories && n[COUNT_REFUSED] > j.histories, "one-sided");
    printf("history_test: %ld histories, %ld steps as the model says, %ld packages applied, %ld "
           "refused for the reason that the model gives; %.1f s\n",
           n[COUNT_HISTORIES], n[COUNT_STEPS], n[COUNT_ACCEPTED], n[COUNT_REFUSED],
           seconds() - start);
    lab_destroy(&l);
    return 0;
}
