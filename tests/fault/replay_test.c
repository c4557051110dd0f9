/* replay_test SYNCD [short | full] [SCENARIO]: every scenario is recorded on a real ext4, block by
 * block, with and without auto_da_alloc; then the power is cut after every flush, with none, all, a
 * random part, another order or torn pieces of what was not yet flushed. Each such disk is mounted
 * (its journal is replayed by the kernel) and read by the library: it must show the complete old or
 * the complete new edition, and no receipt, floor or package may be wrong. On a sample the real
 * daemon then runs and must bring the scenario to its end. Needs root, loop devices and FUSE. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crash.h"
#include "crew.h"
#include "disk.h"
#include "lab.h"
#include "record.h"
#include "seen.h"

enum {
    COUNT_STATES,
    COUNT_DISTINCT,
    COUNT_OLD,
    COUNT_NEW,
    COUNT_FSCK,
    COUNT_FSCK_YES,
    COUNT_RECOVERED,
    COUNT_FLUSHES,
    COUNT_WRITES
};

struct form {
    const char *name;
    unsigned random; /* states of each interval beside none and all */
    unsigned recover_every;
};
static const struct form forms[] = {{"short", 8, 20}, {"full", 60, 60}};

/* The two ways in which ext4 is used, each the hard way. */
static const struct recording recordings[] = {
    {"auto_da_alloc", "commit=1,errors=remount-ro,auto_da_alloc", false},
    {"noauto_da_alloc", "commit=1,errors=remount-ro,noauto_da_alloc", true},
};

struct job {
    struct lab *l;
    const struct scenario *s;
    const struct recording *r;
    const struct form *form;
    struct disk disk[16];
    char base[700];
    struct block_events events;
    struct seen *seen;
    uint64_t salt;
};

struct worker {
    const struct job *j;
    struct crew *crew;
    struct lab l;
    struct disk disk;
    struct crash crash;
    uint64_t index;
    char where[200];
};

static void mount_state(struct worker *w)
{
    if (disk_mount(&w->disk, w->j->r->options)) {
        return;
    }
    int repaired = disk_check(&w->disk);
    crew_add(w->crew, COUNT_FSCK, 1);
    crew_add(w->crew, COUNT_FSCK_YES, repaired == 1);
    need(&w->l, repaired >= 0, "e2fsck cannot repair the file system");
    need(&w->l, disk_mount(&w->disk, w->j->r->options), "not mountable after e2fsck");
}

static void state_check(struct worker *w)
{
    const struct scenario *s = w->j->s;
    mount_state(w);
    uint64_t shown = lab_check(&w->l, s);
    crew_add(w->crew, COUNT_OLD, shown == s->before && s->before != s->after);
    crew_add(w->crew, COUNT_NEW, shown == s->after);
    if (w->crash.over) {
        need(&w->l, shown == s->after, "what was told to be done is lost");
        need(&w->l, !s->result || lab_has_receipt(&w->l, s->result, s->reason),
             "the receipt is lost");
    }
    if (w->index / w->crew->size % w->j->form->recover_every == 0) {
        need(&w->l, lab_run(&w->l, s) >= 0, "the daemon after the power cut ended by a signal");
        lab_check_end(&w->l, s);
        crew_add(w->crew, COUNT_RECOVERED, 1);
    }
    need(&w->l, disk_unmount(&w->disk), "umount");
}

static void state_try(struct worker *w, enum crash_kind kind, bool nothing)
{
    const struct job *j = w->j;
    if (w->index++ % w->crew->size != w->crew->me) {
        return;
    }
    (void)snprintf(w->where, sizeof w->where, "%s, %s, %s%s", j->s->name, j->r->name,
                   nothing ? "nothing" : crash_kind_name(kind),
                   w->crash.over ? ", at the end" : "");
    w->l.point = (long)w->index;
    uint64_t hash = nothing ? w->crash.hash : crash_apply(&w->crash, &j->events, kind, w->index);
    crew_add(w->crew, COUNT_STATES, 1);
    if (seen_add(j->seen, hash ^ j->salt)) {
        crew_add(w->crew, COUNT_DISTINCT, 1);
        state_check(w);
    }
    crash_restore(&w->crash);
}

static void worker_open(struct worker *w)
{
    char path[700];
    w->disk = w->j->disk[w->crew->me];
    w->l = lab_own(w->j->l, "/d", RECORD_MOUNT); /* what is on disk may name its own place */
    (void)snprintf(w->l.log, sizeof w->l.log, "%s/log%u", w->l.f.dir, w->crew->me);
    w->l.where = w->where;
    (void)snprintf(path, sizeof path, "%s/i%u.img", w->l.f.dir, w->crew->me);
    need(&w->l, crash_open(&w->crash, w->j->base, path), "image");
    need(&w->l, disk_private_mounts(), "mounts");
}

static void work(void *user, struct crew *crew)
{
    struct worker w = {.j = user, .crew = crew};
    const struct job *j = user;
    worker_open(&w);
    state_try(&w, CRASH_ALL, true);
    while (crash_next(&w.crash, &j->events)) {
        unsigned random = w.crash.n_pending > 0 ? j->form->random : 0;
        for (unsigned i = 0; i < random; i++) {
            /* Of a single write there are only torn pieces. */
            state_try(&w,
                      w.crash.n_pending == 1 ? CRASH_TORN
                                             : (enum crash_kind)(1 + i % (CRASH_KIND_COUNT - 1)),
                      false);
        }
        if (w.crash.n_pending > 0) {
            state_try(&w, CRASH_ALL, false);
        } else if (w.crash.over) {
            state_try(&w, CRASH_ALL, true);
        }
        crash_settle(&w.crash, &j->events);
    }
    crash_close(&w.crash);
}

static void disks_attach(struct job *j, unsigned n)
{
    struct stat st;
    need(j->l, stat(j->base, &st) == 0, "base");
    for (unsigned i = 0; i < n; i++) {
        char path[700];
        char mount[600];
        (void)snprintf(path, sizeof path, "%s/i%u.img", j->l->f.dir, i);
        (void)snprintf(mount, sizeof mount, "%s/m%d", j->l->f.dir, RECORD_MOUNT);
        FILE *f = fopen(path, "w");
        need(j->l, f != NULL && ftruncate(fileno(f), st.st_size) == 0, "image");
        fclose(f);
        need(j->l, disk_attach(&j->disk[i], path, mount), "loop");
    }
}

static void log_count(const struct block_events *e, long n[CREW_COUNTS])
{
    n[COUNT_FLUSHES] = n[COUNT_WRITES] = 0;
    for (size_t i = 0; i < e->n; i++) {
        n[COUNT_FLUSHES] += e->event[i].kind == BLOCK_FLUSH;
        n[COUNT_WRITES] += e->event[i].kind == BLOCK_WRITE;
    }
}

static bool replay(struct job *j, long total[CREW_COUNTS])
{
    char log[700];
    long n[CREW_COUNTS];
    double start = seconds();
    unsigned size = crew_size();
    (void)snprintf(log, sizeof log, "%s/blocks.log", j->l->f.dir);
    record_run(j->l, j->s, j->r, j->base, log);
    need(j->l, block_events_load(&j->events, log), "log");
    double recorded = seconds();
    disks_attach(j, size);
    bool good = crew_run(size, work, j, n);
    for (unsigned i = 0; i < size; i++) {
        disk_detach(&j->disk[i]);
    }
    log_count(&j->events, n);
    block_events_finish(&j->events);
    printf(
        "  %-20s %-16s %4ld writes %3ld flushes: %6ld states, %6ld distinct, %6ld old, %6ld new, "
        "%ld fsck, %ld recovered; %.1f + %.1f s\n",
        j->s->name, j->r->name, n[COUNT_WRITES], n[COUNT_FLUSHES], n[COUNT_STATES],
        n[COUNT_DISTINCT], n[COUNT_OLD], n[COUNT_NEW], n[COUNT_FSCK], n[COUNT_RECOVERED],
        recorded - start, seconds() - recorded);
    for (int i = 0; i < CREW_COUNTS; i++) {
        total[i] += n[i];
    }
    return good;
}

static bool is_wanted(const struct scenario *s, const struct form *form, const char *only)
{
    if (only) {
        return strcmp(only, s->name) == 0;
    }
    return form == &forms[1] || s->before != s->after;
}

static bool replay_all(struct lab *l, const struct form *form, const char *only)
{
    long total[CREW_COUNTS] = {0};
    double start = seconds();
    bool good = true;
    struct job j = {.l = l, .form = form, .seen = seen_create()};
    need(l, j.seen != NULL, "memory");
    for (size_t i = 0; good && i < scenario_count(); i++) {
        if (!is_wanted(&scenarios[i], form, only)) {
            continue;
        }
        lab_prepare(l, &scenarios[i]);
        record_base(l, j.base);
        for (size_t k = 0; good && k < sizeof recordings / sizeof *recordings; k++) {
            j.s = &scenarios[i];
            j.r = &recordings[k];
            j.salt = (i * 8 + k + 1) * 0x9E3779B97F4A7C15ull;
            good = replay(&j, total);
        }
    }
    if (good) {
        printf("replay_test: %ld crash states, %ld distinct: %ld show the edition before, %ld the "
               "one after, 0 anything else; %ld needed e2fsck (%ld of them -y), %ld recovered by "
               "the daemon, 0 by hand; %.1f s\n",
               total[COUNT_STATES], total[COUNT_DISTINCT], total[COUNT_OLD], total[COUNT_NEW],
               total[COUNT_FSCK], total[COUNT_FSCK_YES], total[COUNT_RECOVERED], seconds() - start);
    }
    return good;
}

int main(int argc, char **argv)
{
    struct lab l;
    if (argc < 2 || access(argv[1], X_OK) != 0) {
        fputs("usage: replay_test PATH-OF-GONGKAI-SYNCD [short | full] [SCENARIO]\n", stderr);
        return 2;
    }
    if (geteuid() != 0) {
        puts("*** NOT CHECKED: power cuts on a real file system (replay_test needs root, loop "
             "devices and FUSE)");
        return 0;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!disk_private_mounts()) {
        return 1;
    }
    lab_create(&l, argv[1]);
    bool full = argc > 2 && strcmp(argv[2], "full") == 0;
    bool good = replay_all(&l, &forms[full], argc > 3 ? argv[3] : NULL);
    lab_destroy(&l);
    return good ? 0 : 1;
}
