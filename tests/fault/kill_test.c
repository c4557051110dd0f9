/* kill_test SYNCD [short | full] [SCENARIO]: the real daemon killed in every scenario (ptrace).
 *   full   before every single call; and wherever it leaves another disk, during the recovery,
 *          before every call again (recovery.h)
 *   short  before each call (of an update; else every third one) that finds the disk changed;
 *          during the recovery of every eighth one, on a sample of the disks
 * Each time a reader must find a whole edition that may be shown, and an undisturbed run must end
 * as the scenario says, with the receipt written, the package moved and nothing left over. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "crew.h"
#include "lab.h"
#include "recovery.h"
#include "trace.h"
#include "tree.h"

#define POINTS_MAX 20000

#define SHORT_ONE_IN 12

enum {
    COUNT_KILLS,
    COUNT_DISTINCT, /* disks that were left */
    COUNT_WATCHED,  /* recoveries watched */
    COUNT_POINTS,   /* calls in them */
    COUNT_AGAIN,    /* other disks there, recovered from */
    COUNT_BEFORE,
    COUNT_AFTER
};

struct job {
    struct lab *l;
    bool full;
    bool all; /* short form: every point, not every third one */
    struct recovery recovery;
    struct seen *left; /* disks that a kill has left */
};

static void count_shown(const struct crew *c, const struct scenario *s, uint64_t shown)
{
    crew_add(c, COUNT_BEFORE, shown == s->before);
    crew_add(c, COUNT_AFTER, shown == s->after);
}

static void work(void *user, struct crew *c)
{
    const struct job *j = user;
    struct lab l = lab_own(j->l, "", c->me);
    const struct scenario *s = j->recovery.s;
    long every = j->full || j->all ? 1 : 3;
    for (long k = (long)c->me * every; k < POINTS_MAX; k += (long)c->size * every) {
        bool killed = recovery_begin(&j->recovery, &l, k);
        uint64_t disk = tree_hash(l.f.root) ^ j->recovery.salt;
        count_shown(c, s, lab_check(&l, s));
        if (!killed) {
            lab_check_end(&l, s);
            break;
        }
        crew_add(c, COUNT_KILLS, 1);
        recover(&l, s);
        bool distinct = seen_add(j->left, disk);
        crew_add(c, COUNT_DISTINCT, distinct);
        if (distinct && (j->full || k % 8 == 0)) {
            (void)seen_add(j->recovery.met, disk);
            struct recovery_count n = recovery_kill(&j->recovery, &l, k);
            crew_add(c, COUNT_WATCHED, 1);
            crew_add(c, COUNT_POINTS, n.points);
            crew_add(c, COUNT_AGAIN, n.disks);
        }
    }
    need(&l, dir_remove(l.f.root) == ERR_OK, "dir_remove");
}

int main(int argc, char **argv)
{
    struct lab l;
    if (argc < 2 || access(argv[1], X_OK) != 0) {
        fputs("usage: kill_test PATH-OF-GONGKAI-SYNCD [short | full] [SCENARIO]\n", stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    bool full = argc > 2 && strcmp(argv[2], "full") == 0;
    double begin = seconds();
    long all[CREW_COUNTS] = {0};
    struct seen *met = seen_create();
    struct seen *left = seen_create();
    unsigned tried = 0;
    lab_create(&l, argv[1]);
    need(&l, met && left, "memory");
    for (size_t i = 0; i < scenario_count(); i++) {
        long n[CREW_COUNTS];
        double start = seconds();
        struct job j = {.l = &l,
                        .full = full,
                        .all = i == 1,
                        .recovery = {.s = &scenarios[i],
                                     .met = met,
                                     .salt = (i + 1) * 0x9E3779B97F4A7C15ull,
                                     .one_in = full ? 1 : SHORT_ONE_IN,
                                     .every_call = full},
                        .left = left};
        if (argc > 3 && strcmp(argv[3], scenarios[i].name) != 0) {
            continue;
        }
        lab_prepare(&l, &scenarios[i]);
        if (!crew_run(crew_size(), work, &j, n)) {
            return 1;
        }
        need(&l, n[COUNT_KILLS] > (full ? 100 : 10), "implausibly few points");
        printf("  %-20s killed at %ld points, %ld disks left; %ld recoveries killed at %ld points, "
               "%ld more disks; %ld showed the edition before, %ld the one after; %.1f s\n",
               scenarios[i].name, n[COUNT_KILLS], n[COUNT_DISTINCT], n[COUNT_WATCHED],
               n[COUNT_POINTS], n[COUNT_AGAIN], n[COUNT_BEFORE], n[COUNT_AFTER], seconds() - start);
        for (int c = 0; c < CREW_COUNTS; c++) {
            all[c] += n[c];
        }
        tried++;
    }
    printf("kill_test: %u scenarios, %ld kills that left %ld disks; kills of %ld recoveries at %ld "
           "points that left %ld more; all recovered, %.1f s\n",
           tried, all[COUNT_KILLS], all[COUNT_DISTINCT], all[COUNT_WATCHED], all[COUNT_POINTS],
           all[COUNT_AGAIN], seconds() - begin);
    lab_destroy(&l);
    return 0;
}
