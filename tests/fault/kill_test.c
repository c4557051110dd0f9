/* kill_test SYNCD [short | full] [SCENARIO]: the real daemon killed in every scenario (ptrace).
 *   short  before each call (of an update; else every third one) that finds the disk changed; the
 *          recovery of every eighth such state is itself killed, at a point that moves through it
 *   full   before every single call; the recovery is killed at many points
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
#include "trace.h"

#define POINTS_MAX 20000

enum { COUNT_KILLS, COUNT_AGAIN, COUNT_BEFORE, COUNT_AFTER };

struct job {
    struct lab *l;
    const struct scenario *s;
    bool full;
    bool all; /* short form: every point, not every third one */
};

static void recover(struct lab *l, const struct scenario *s)
{
    need(l, lab_run(l, s) >= 0, "the daemon after the kill was ended by a signal");
    lab_check_end(l, s);
}

/* Killed at k; false when the scenario ended before. */
static bool kill_at(struct lab *l, const struct scenario *s, bool full, long k)
{
    struct trace_plan plan = {.kill_at = k, .only_changes = !full};
    l->point = k;
    lab_reset(l);
    struct trace_end end = trace_run(l, s, &plan);
    need(l, !end.timeout, "hangs");
    need(l, end.reached || (WIFEXITED(end.status) && WEXITSTATUS(end.status) <= 1),
         "the run that was not killed failed");
    return end.reached;
}

static void count_shown(const struct crew *c, const struct scenario *s, uint64_t shown)
{
    crew_add(c, COUNT_BEFORE, shown == s->before);
    crew_add(c, COUNT_AFTER, shown == s->after);
}

/* The recovery of point k is killed at `again` and recovered from; false when it ended before. */
static bool kill_again(struct lab *l, const struct scenario *s, const struct job *j, long k,
                       long again)
{
    const struct trace_plan second = {.kill_at = again, .only_changes = true};
    (void)kill_at(l, s, j->full, k);
    struct trace_end end = trace_run(l, s, &second);
    need(l, !end.timeout, "the recovery hangs");
    (void)lab_check(l, s);
    recover(l, s);
    return end.reached;
}

static void work(void *user, struct crew *c)
{
    const struct job *j = user;
    struct lab l = lab_own(j->l, "", c->me);
    const struct scenario *s = j->s;
    long every = j->full || j->all ? 1 : 3;
    for (long k = (long)c->me * every; k < POINTS_MAX; k += (long)c->size * every) {
        bool killed = kill_at(&l, s, j->full, k);
        count_shown(c, s, lab_check(&l, s));
        if (!killed) {
            lab_check_end(&l, s);
            break;
        }
        crew_add(c, COUNT_KILLS, 1);
        recover(&l, s);
        if (k % (j->full ? 4 : 8) != 0) {
            continue; /* neighbouring points mostly leave the same disk */
        }
        long stride = j->full ? 13 : POINTS_MAX;
        for (long again = (k * 7) % (j->full ? stride : 60);; again += stride) {
            if (!kill_again(&l, s, j, k, again)) {
                break;
            }
            crew_add(c, COUNT_AGAIN, 1);
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
    long all = 0;
    long all_again = 0;
    unsigned tried = 0;
    lab_create(&l, argv[1]);
    for (size_t i = 0; i < scenario_count(); i++) {
        long n[CREW_COUNTS];
        double start = seconds();
        struct job j = {.l = &l, .s = &scenarios[i], .full = full, .all = i == 1};
        if (argc > 3 && strcmp(argv[3], scenarios[i].name) != 0) {
            continue;
        }
        lab_prepare(&l, &scenarios[i]);
        if (!crew_run(crew_size(), work, &j, n)) {
            return 1;
        }
        need(&l, n[COUNT_KILLS] > (full ? 100 : 10), "implausibly few points");
        printf("  %-20s killed at %ld points, %ld more in recovery; %ld showed the edition before, "
               "%ld the one after; %.1f s\n",
               scenarios[i].name, n[COUNT_KILLS], n[COUNT_AGAIN], n[COUNT_BEFORE], n[COUNT_AFTER],
               seconds() - start);
        all += n[COUNT_KILLS];
        all_again += n[COUNT_AGAIN];
        tried++;
    }
    printf("kill_test: %u scenarios, %ld kills, %ld kills of a recovery, all recovered, %.1f s\n",
           tried, all, all_again, seconds() - begin);
    lab_destroy(&l);
    return 0;
}
