/* fail_test SYNCD [short | full] [SCENARIO]: system calls of the real daemon fail (ptrace) with EIO
 * and ENOSPC, once and for ever, and are interrupted (EINTR), once and again and again; in the full
 * form each call in turn in every scenario, in the short form a spread of them during an update.
 * The daemon must end by itself (it may go on trying while a call fails for ever), a reader must
 * find a whole edition that may be shown, and an undisturbed run must then, from every disk that
 * is left, bring the scenario to its end, or there is a receipt that says why not. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "crew.h"
#include "lab.h"
#include "seen.h"
#include "store/store.h"
#include "trace.h"
#include "tree.h"

#define POINTS_MAX 20000

enum { COUNT_FAILED, COUNT_DISKS, COUNT_ENDED, COUNT_REFUSED, COUNT_WAITED, COUNT_DAMAGED };

static const struct {
    const char *name;
    int error;
    enum trace_fault fault;
} faults[] = {
    {"EIO once", EIO, TRACE_ONCE},       {"EIO for ever", EIO, TRACE_EVER},
    {"ENOSPC once", ENOSPC, TRACE_ONCE}, {"ENOSPC for ever", ENOSPC, TRACE_EVER},
    {"EINTR once", EINTR, TRACE_ONCE},   {"EINTR again and again", EINTR, TRACE_EVERY_SECOND},
};
#define FAULT_COUNT (sizeof faults / sizeof *faults)

struct job {
    struct lab *l;
    const struct scenario *s;
    size_t fault;
    unsigned stride;
    struct seen *met; /* disks from which the daemon was run again already, by hash (tree.h) */
    uint64_t salt;    /* of the scenario, and of whether one call failed or more */
};

/* How often a history, or a log, says that another edition than this one is damaged. */
static unsigned damages_in(const struct lab *l, const char *path, uint64_t but)
{
    static const char number[] = "第";
    static const char says[] = "期内容已损坏";
    struct buf bytes = {0};
    unsigned n = 0;
    if (file_read(path, 1 << 20, &bytes) == ERR_OK) {
        buf_append_byte(&bytes, '\0');
        need(l, buf_status(&bytes) == ERR_OK, "memory");
        for (const char *p = bytes.p; (p = strstr(p, number)) != NULL;) {
            char *end = NULL;
            p += sizeof number - 1;
            n += strtoull(p, &end, 10) != but && strncmp(end, says, sizeof says - 1) == 0;
        }
    }
    buf_finish(&bytes);
    return n;
}

static unsigned damages_told(const struct lab *l, const char *root, uint64_t but)
{
    char path[PATH_MAX];
    need(l, store_path(root, "state/history.jsonl", path) == ERR_OK, "path");
    return damages_in(l, path, but);
}

/* An edition that could not be read, twice, was taken for damaged: by design, the medium is not
 * trusted. It is then not the one to go back to. It is told in the history, or in the log when that
 * cannot be written. What is damaged in the scenario itself does not count. */
static bool taken_for_damaged(const struct lab *l, const struct scenario *s)
{
    uint64_t but = s->damaged ? s->before : 0;
    return damages_told(l, l->f.root, but) > damages_told(l, l->template, but) ||
           damages_in(l, l->log, but) > 0;
}

/* Then another one may be shown, and what a receipt said before does not bind. */
static void expect_damage(struct scenario *s)
{
    s->after = s->before > s->after ? s->before : s->after; /* any of them */
    s->before = 0;                                          /* only as one among the sealed */
    s->damaged = true;
    s->claims = 0;
}

/* After the fault: the package is applied, or it was refused with a receipt. */
static void settle(struct lab *l, const struct scenario *wanted, const struct crew *c, bool once)
{
    struct scenario s = *wanted;
    bool damaged = taken_for_damaged(l, wanted);
    if (damaged) {
        expect_damage(&s);
    }
    (void)lab_check(l, &s);
    need(l, lab_run(l, &s) >= 0, "the daemon after the fault was ended by a signal");
    if (!damaged && taken_for_damaged(l, wanted)) {
        damaged = true;
        expect_damage(&s);
    }
    need(l, !damaged || !once, "one failed call was taken for damage");
    crew_add(c, COUNT_DAMAGED, damaged);
    if (lab_files(l, "drop/refused") > s.refused) {
        (void)lab_check(l, &s);
        need(l, lab_has_receipt(l, "refused", NULL), "refused without a receipt");
        /* Of two packages the newer may come first; but one failed call never makes a good package
         * look wrong, nor unreadable. */
        bool other_order =
            s.done > 1 && s.trust_after == 0 && lab_has_receipt(l, "refused", "older");
        need(l, !once || other_order, "refused for what it is not after one failed call");
        crew_add(c, COUNT_REFUSED, 1);
        return;
    }
    if (!once && s.done + s.refused == 0) {
        s.result = NULL; /* what is not kept in the drop folder cannot wait for its receipt */
    }
    if (s.refused > 0) {
        s.reason = NULL; /* a package that is to be refused may be unreadable first */
    }
    if (damaged) {
        (void)lab_check(l, &s); /* which one depends on what could be read */
    } else {
        lab_check_end(l, &s);
    }
    crew_add(c, COUNT_ENDED, 1);
}

static void work(void *user, struct crew *c)
{
    const struct job *j = user;
    struct lab l = lab_own(j->l, "", c->me);
    char where[120];
    (void)snprintf(where, sizeof where, "%s, %s", j->s->name, faults[j->fault].name);
    l.where = where;
    long step = (long)(c->size * j->stride);
    for (long k = (long)(c->me * j->stride + j->fault % j->stride); k < POINTS_MAX; k += step) {
        const struct trace_plan plan = {.kill_at = -1,
                                        .fault = faults[j->fault].fault,
                                        .fail_at = k,
                                        .error = faults[j->fault].error,
                                        .timeout_s = faults[j->fault].fault == TRACE_ONCE ? 60 : 5};
        l.point = k;
        lab_reset(&l);
        struct trace_end end = trace_run(&l, j->s, &plan);
        if (WIFSIGNALED(end.status)) {
            fprintf(stderr, "after system call %ld failed:\n", end.call);
        }
        /* What fails for ever may be tried for ever. */
        need(&l, !end.timeout || plan.fault != TRACE_ONCE, "hangs");
        need(&l, end.timeout || !WIFSIGNALED(end.status), "ended by a signal");
        crew_add(c, COUNT_WAITED, end.timeout);
        if (!end.reached) {
            break;
        }
        crew_add(c, COUNT_FAILED, 1);
        if (!seen_add(j->met, tree_hash(l.f.root) ^ j->salt)) {
            continue; /* what comes of this disk has been seen */
        }
        crew_add(c, COUNT_DISKS, 1);
        settle(&l, j->s, c, plan.fault == TRACE_ONCE);
    }
    need(&l, dir_remove(l.f.root) == ERR_OK, "dir_remove");
}

static long fail_all(struct lab *l, const struct scenario *s, struct seen *met, bool full)
{
    long all = 0;
    lab_prepare(l, s);
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        long n[CREW_COUNTS];
        double start = seconds();
        struct job j = {.l = l,
                        .s = s,
                        .fault = i,
                        .stride = full ? 1 : 29,
                        .met = met,
                        .salt = (uint64_t)(s - scenarios + 1) * 0x9E3779B97F4A7C15ull +
                                (faults[i].fault == TRACE_ONCE)};
        if (!crew_run(crew_size(), work, &j, n)) {
            exit(1);
        }
        need(l, n[COUNT_FAILED] >= (full ? 50 : 5), "implausibly few points");
        printf("  %-20s %-22s %5ld calls (%ld still tried after 5 s) left %4ld more disks: %4ld "
               "came to the end, %ld refused with a receipt, 0 lost (%ld had taken the old edition "
               "for damaged); %.1f s\n",
               s->name, faults[i].name, n[COUNT_FAILED], n[COUNT_WAITED], n[COUNT_DISKS],
               n[COUNT_ENDED], n[COUNT_REFUSED], n[COUNT_DAMAGED], seconds() - start);
        all += n[COUNT_FAILED];
    }
    return all;
}

int main(int argc, char **argv)
{
    struct lab l;
    if (argc < 2 || access(argv[1], X_OK) != 0) {
        fputs("usage: fail_test PATH-OF-GONGKAI-SYNCD [short | full] [SCENARIO]\n", stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!trace_can_fail_calls()) {
        puts("fail_test: failing system calls is not possible on this processor");
        return 0;
    }
    bool full = argc > 2 && strcmp(argv[2], "full") == 0;
    double start = seconds();
    long all = 0;
    struct seen *met = seen_create();
    lab_create(&l, argv[1]);
    need(&l, met != NULL, "memory");
    for (size_t i = 0; i < scenario_count(); i++) {
        bool wanted = argc > 3 ? strcmp(argv[3], scenarios[i].name) == 0 : full || i == 1;
        all += wanted ? fail_all(&l, &scenarios[i], met, full) : 0;
    }
    printf("fail_test: %ld failed system calls, nothing lost, %.1f s\n", all, seconds() - start);
    lab_destroy(&l);
    return 0;
}
