#include "recovery.h"

#include <sys/wait.h>

#include "trace.h"
#include "tree.h"

#define DISKS_MAX 1024
#define LIMIT_S 300

struct watch {
    const struct recovery *r;
    const struct lab *l;
    long at[DISKS_MAX]; /* points at which the disk is new */
    long points, disks;
};

bool recovery_begin(const struct recovery *r, struct lab *l, long k)
{
    const struct trace_plan plan = {.kill_at = k, .only_changes = !r->every_call};
    l->point = k;
    lab_reset(l);
    struct trace_end end = trace_run(l, r->s, &plan);
    need(l, !end.timeout, "hangs");
    need(l, end.reached || (WIFEXITED(end.status) && WEXITSTATUS(end.status) <= 1),
         "the run that was not killed failed");
    return end.reached;
}

void recover(struct lab *l, const struct scenario *s)
{
    need(l, lab_run(l, s) >= 0, "the daemon after the kill was ended by a signal");
    lab_check_end(l, s);
}

/* The daemon stands before a call, and something may have changed since the last one. */
static void on_point(void *user)
{
    struct watch *w = user;
    uint64_t hash = tree_hash(w->l->f.root) ^ w->r->salt;
    if (hash / 4096 % w->r->one_in == 0 && seen_add(w->r->met, hash)) {
        need(w->l, w->disks < DISKS_MAX, "a recovery with more disks than it can have");
        w->at[w->disks++] = w->points;
    }
    w->points++;
}

struct recovery_count recovery_kill(const struct recovery *r, struct lab *l, long k)
{
    struct watch w = {.r = r, .l = l};
    const struct trace_plan watched = {.kill_at = -1,
                                       .only_changes = true,
                                       .on_point = on_point,
                                       .user = &w,
                                       .timeout_s = LIMIT_S};
    (void)recovery_begin(r, l, k);
    struct trace_end end = trace_run(l, r->s, &watched);
    need(l, !end.timeout, "the recovery hangs");
    lab_check_end(l, r->s);
    for (long i = 0; i < w.disks; i++) {
        const struct trace_plan killed = {.kill_at = w.at[i], .only_changes = true};
        (void)recovery_begin(r, l, k);
        end = trace_run(l, r->s, &killed);
        need(l, !end.timeout, "the recovery hangs");
        (void)lab_check(l, r->s);
        recover(l, r->s);
    }
    return (struct recovery_count){.points = w.points, .disks = w.disks};
}
