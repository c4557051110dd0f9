/* alloc_test SYNCD FAIL_ALLOC.SO [short | full] [once | ever]: every allocation of an update by the
 * real daemon and its children fails, once, and then that one and all after it. The daemon must
 * never crash, nothing wrong may be shown or kept, and an undisturbed run must then apply the
 * package; only where all after it failed too there may be a receipt that says why not. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "crew.h"
#include "fail_alloc.h"
#include "lab.h"

#define SHORT_POINTS 60
#define LIMIT_S 60

enum { COUNT_FAILED, COUNT_ENDED, COUNT_REFUSED };

struct job {
    struct lab *l;
    const struct scenario *s;
    const char *library;
    long points, stride;
    bool ever;
};

static struct fail_alloc *shared_open(struct lab *l, unsigned me, char path[700])
{
    (void)snprintf(path, 700, "%s/alloc%u", l->f.dir, me);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    need(l, fd >= 0 && ftruncate(fd, sizeof(struct fail_alloc)) == 0, "file");
    void *p = mmap(NULL, sizeof(struct fail_alloc), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    need(l, p != MAP_FAILED, "mmap");
    close(fd);
    return p;
}

/* The status of waitpid. */
static int run(struct lab *l, const struct job *j, const char *file)
{
    int status = 0;
    double end = seconds() + LIMIT_S;
    pid_t child = fork();
    need(l, child >= 0, "fork");
    if (child == 0) {
        (void)setenv("FAIL_ALLOC_FILE", file, 1);
        (void)setenv("LD_PRELOAD", j->library, 1);
        lab_exec(l, j->s);
    }
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (seconds() > end) {
            (void)kill(child, SIGKILL);
            (void)waitpid(child, &status, 0);
            need(l, false, "hangs");
        }
        (void)usleep(1000);
    }
    return status;
}

static void settle(struct lab *l, const struct job *j, const struct crew *c)
{
    (void)lab_check(l, j->s);
    need(l, lab_run(l, j->s) >= 0, "the daemon afterwards was ended by a signal");
    if (lab_files(l, "drop/refused") == 0) {
        lab_check_end(l, j->s);
        crew_add(c, COUNT_ENDED, 1);
        return;
    }
    (void)lab_check(l, j->s);
    need(l, lab_has_receipt(l, "refused", NULL), "refused without a receipt");
    need(l, j->ever, "refused for what it is not after one failed allocation");
    crew_add(c, COUNT_REFUSED, 1);
}

static void work(void *user, struct crew *c)
{
    const struct job *j = user;
    char file[700];
    struct lab l = lab_own(j->l, "", c->me);
    struct fail_alloc *shared = shared_open(&l, c->me, file);
    l.where = j->ever ? "allocations fail for ever" : "an allocation fails";
    for (long k = (long)c->me * j->stride; k < j->points; k += (long)c->size * j->stride) {
        l.point = k;
        lab_reset(&l);
        *shared = (struct fail_alloc){.at = k, .ever = j->ever};
        int status = run(&l, j, file);
        need(&l, WIFEXITED(status), "ended by a signal");
        crew_add(c, COUNT_FAILED, shared->reached);
        settle(&l, j, c);
    }
    need(&l, dir_remove(l.f.root) == ERR_OK, "dir_remove");
}

int main(int argc, char **argv)
{
    struct lab l;
    char file[700];
    if (argc < 3 || access(argv[1], X_OK) != 0 || access(argv[2], R_OK) != 0) {
        fputs(
            "usage: alloc_test PATH-OF-GONGKAI-SYNCD FAIL_ALLOC.SO [short | full] [once | ever]\n",
            stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    bool full = argc > 3 && strcmp(argv[3], "full") == 0;
    double start = seconds();
    lab_create(&l, argv[1]);
    struct job j = {.l = &l, .s = &scenarios[1], .library = argv[2]};
    lab_prepare(&l, j.s);
    struct fail_alloc *shared = shared_open(&l, 99, file);
    *shared = (struct fail_alloc){.at = -1};
    need(&l, run(&l, &j, file) == 0, "the undisturbed run failed");
    j.points = shared->count;
    need(&l, j.points > 100, "implausibly few allocations");
    j.stride = full || j.points < SHORT_POINTS ? 1 : j.points / SHORT_POINTS;
    for (int ever = 0; ever < 2; ever++) {
        long n[CREW_COUNTS];
        j.ever = ever == 1;
        if (argc > 4 && strcmp(argv[4], j.ever ? "ever" : "once") != 0) {
            continue;
        }
        if (!crew_run(crew_size(), work, &j, n)) {
            return 1;
        }
        need(&l, n[COUNT_FAILED] > 10, "implausibly few allocations failed");
        printf(
            "alloc_test: %ld of %ld allocations failed %s: %ld came to the end, %ld refused with "
            "a receipt, 0 crashes; %.1f s\n",
            n[COUNT_FAILED], j.points, ever ? "with all after it" : "once", n[COUNT_ENDED],
            n[COUNT_REFUSED], seconds() - start);
    }
    lab_destroy(&l);
    return 0;
}
