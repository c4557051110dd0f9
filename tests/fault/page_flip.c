/* Installed content that decays.
 *   page_flip PROGRAMS pages|sample|damages
 *   pages    a byte of every 4 KiB page of the installed edition is changed, one page at a time, and
 *            the screens are walked through: home, catalogue, guide, every document
 *   sample   the same of some forty pages
 *   damages  everything else in the data folder is damaged, one thing at a time
 * What the screens show is held against the three editions there are: each answer must be, to the
 * letter, that of the current edition, of the one before it, or of the factory's. Prints counts;
 * exit 1 when anything else was shown, or when it took more than a second. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/fault/page_flip.h"

#define PAGE 4096
#define SAMPLE 40
#define SECOND_MS 1000.0
#define HANGS_S 20

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Runs a shell script with $B the programs and $W the work folder; false: it failed. */
static bool shell(const struct flip *f, const char *script)
{
    pid_t pid = fork();
    if (pid == 0) {
        (void)setenv("B", f->programs, 1);
        (void)setenv("W", f->work, 1);
        (void)execl("/bin/bash", "bash", "-euc", script, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

/* --- one run of the screens --- */

/* The time of day and the line of the script are not what is compared. */
static void answer_trim(char *s)
{
    const char *rest = strstr(s, "\"command\"");
    if (rest) {
        memmove(s, rest, strlen(rest) + 1);
    }
    for (; s[0] && s[1] && s[2] && s[3] && s[4]; s++) {
        if (s[2] == ':' && s[0] >= '0' && s[0] <= '2' && s[3] >= '0' && s[3] <= '5' &&
            s[1] >= '0' && s[1] <= '9' && s[4] >= '0' && s[4] <= '9') {
            memcpy(s, "00:00", 5);
        }
    }
}

static pid_t kiosk_start(const struct flip *f, const char *root, int *ret_fd)
{
    int ends[2];
    char kiosk[4200];
    char factory[4200];
    char script[4200];
    char log[4200];
    (void)snprintf(kiosk, sizeof kiosk, "%s/gongkai-kiosk", f->programs);
    (void)snprintf(factory, sizeof factory, "%s/factory", f->work);
    (void)snprintf(script, sizeof script, "%s/walk.drv", f->work);
    (void)snprintf(log, sizeof log, "%s/kiosk.log", f->work);
    if (pipe(ends) != 0) {
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        int err = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)dup2(err, STDERR_FILENO);
        (void)close(ends[0]);
        (void)alarm(HANGS_S); /* kept across exec */
        (void)execl(kiosk, kiosk, "--store", root, "--factory", factory, "--headless", "--drive",
                    script, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    *ret_fd = ends[0];
    return pid;
}

static void answer_take(struct walk *w, char *line, double since_ms)
{
    if (w->n == WALK_MAX) {
        return;
    }
    double took = since_ms;
    w->slowest_ms = took > w->slowest_ms ? took : w->slowest_ms;
    answer_trim(line);
    w->answer[w->n++] = strdup(line);
}

bool walk_run(const struct flip *f, const char *root, struct walk *ret_walk)
{
    struct walk *w = ret_walk;
    char *line = NULL;
    size_t room = 0;
    int fd = -1;
    int status = 0;
    memset(w, 0, sizeof *w);
    double last = now_ms();
    pid_t pid = kiosk_start(f, root, &fd);
    FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (pid < 0 || !in) {
        return false;
    }
    while (getline(&line, &room, in) > 0) {
        double now = now_ms();
        answer_take(w, line, now - last);
        last = now;
    }
    free(line);
    (void)fclose(in);
    if (waitpid(pid, &status, 0) != pid) {
        return false;
    }
    w->crashed = !WIFEXITED(status) || WEXITSTATUS(status) > 2;
    w->ended = WIFEXITED(status) && WEXITSTATUS(status) == 2 && w->n == 0; /* it did not start */
    return true;
}

void walk_free(struct walk *w)
{
    for (size_t i = 0; i < w->n; i++) {
        free(w->answer[i]);
    }
    w->n = 0;
}

/* --- judging --- */

static bool is_judged(const char *answer)
{
    return strstr(answer, "\"command\":\"tree\"") || strstr(answer, "\"command\":\"text\"");
}

/* Which edition said exactly this somewhere on its walk? −1: none. */
static int said_by(const struct flip *f, const char *answer)
{
    for (int e = 0; e < EDITIONS; e++) {
        for (size_t i = 0; i < f->reference[e].n; i++) {
            if (strcmp(f->reference[e].answer[i], answer) == 0) {
                return e;
            }
        }
    }
    return -1;
}

enum verdict walk_judge(const struct flip *f, const struct walk *w, bool verbose)
{
    int last = -1;
    int first = -1;
    if (w->crashed || w->n == 0) {
        return VERDICT_CRASH;
    }
    for (size_t i = 0; i < w->n; i++) {
        if (strstr(w->answer[i], "\"ok\":false") || !is_judged(w->answer[i])) {
            continue;
        }
        int e = said_by(f, w->answer[i]);
        /* what is the same in several editions counts as the one before */
        bool same = last >= 0 && i < f->reference[last].n &&
                    strcmp(f->reference[last].answer[i], w->answer[i]) == 0;
        e = same ? last : e;
        if (e < 0) {
            if (verbose) {
                (void)fprintf(stderr, "shown, but of no edition: %.600s\n", w->answer[i]);
            }
            return VERDICT_WRONG;
        }
        first = first < 0 ? e : first;
        last = e;
    }
    if (w->slowest_ms > SECOND_MS) {
        return VERDICT_SLOW;
    }
    return first < 0 ? VERDICT_WRONG : last == EDITION_CURRENT ? VERDICT_CURRENT : VERDICT_FALLBACK;
}

/* --- pages --- */

static bool byte_flip(const char *path, long offset)
{
    unsigned char c;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    bool ok = fd >= 0 && pread(fd, &c, 1, offset) == 1;
    c ^= 0x5A;
    ok = ok && pwrite(fd, &c, 1, offset) == 1;
    if (fd >= 0) {
        (void)close(fd);
    }
    return ok;
}

static int pages_run(const struct flip *f, bool all)
{
    char path[8400];
    char root[4200];
    struct stat st;
    unsigned counts[VERDICT_COUNT] = {0};
    double slowest = 0;
    (void)snprintf(root, sizeof root, "%s/data", f->work);
    (void)snprintf(path, sizeof path, "%s/editions/1-3/content.db", root);
    if (stat(path, &st) != 0 || chmod(path, 0644) != 0) {
        return 1;
    }
    long pages = st.st_size / PAGE;
    long step = all || pages < SAMPLE ? 1 : pages / SAMPLE;
    for (long page = 0; page < pages; page += step) {
        struct walk w;
        long at = page * PAGE + (page * 769 + 11) % PAGE; /* another place in each page */
        bool ok = byte_flip(path, at) && walk_run(f, root, &w) && byte_flip(path, at);
        if (!ok) {
            return 1;
        }
        enum verdict v = walk_judge(f, &w, true);
        if (v > VERDICT_FALLBACK) {
            (void)fprintf(stderr, "page %ld of %ld (byte %ld): %s\n", page, pages, at,
                          verdict_name(v));
        }
        counts[v]++;
        slowest = w.slowest_ms > slowest ? w.slowest_ms : slowest;
        walk_free(&w);
    }
    printf("page_flip: %ld of %ld pages: %u never read, %u replaced by the edition before, "
           "%u crashed, %u wrong, %u too slow; slowest answer %.0f ms\n",
           (pages + step - 1) / step, pages, counts[VERDICT_CURRENT], counts[VERDICT_FALLBACK],
           counts[VERDICT_CRASH], counts[VERDICT_WRONG], counts[VERDICT_SLOW], slowest);
    return counts[VERDICT_CRASH] + counts[VERDICT_WRONG] + counts[VERDICT_SLOW] > 0 ||
           counts[VERDICT_FALLBACK] == 0;
}

/* --- other damages --- */

static int damages_run(const struct flip *f)
{
    char root[4200];
    unsigned bad = 0;
    double slowest = 0;
    size_t n = 0;
    (void)snprintf(root, sizeof root, "%s/copy", f->work);
    for (; damages[n].what; n++) {
        char script[2048];
        struct walk w;
        (void)snprintf(script, sizeof script,
                       "rm -rf \"$W/copy\"; cp -a \"$W/data\" \"$W/copy\"; cd \"$W/copy\"; "
                       "chmod -R u+w .; %s",
                       damages[n].script);
        if (!shell(f, script) || !walk_run(f, root, &w)) {
            return 1;
        }
        enum verdict v = walk_judge(f, &w, true);
        bool right = v == damages[n].expected ||
                     (damages[n].expected == VERDICT_FALLBACK && v == VERDICT_CURRENT &&
                      damages[n].may_stay);
        if (!right) {
            (void)fprintf(stderr, "%s: %s instead of %s, slowest %.0f ms\n", damages[n].what,
                          verdict_name(v), verdict_name(damages[n].expected), w.slowest_ms);
            (void)shell(f, "tail -n 5 \"$W/kiosk.log\" >&2");
        }
        slowest = w.slowest_ms > slowest ? w.slowest_ms : slowest;
        walk_free(&w);
        /* the daemon lives with it too, and afterwards there is still something to show */
        bool lives = shell(f, "timeout 20 \"$B/gongkai-syncd\" --quiet --root \"$W/copy\" --factory "
                              "\"$W/factory\" --config \"$W/syncd.ini\" --once 2>\"$W/syncd.log\" "
                              "|| [ $? = 1 ]") &&
                     walk_run(f, root, &w);
        v = lives ? walk_judge(f, &w, true) : VERDICT_CRASH;
        if (v > VERDICT_FALLBACK) {
            (void)fprintf(stderr, "%s: after the daemon ran: %s\n", damages[n].what,
                          verdict_name(v));
            (void)shell(f, "tail -n 5 \"$W/syncd.log\" >&2");
        }
        bad += !right || v > VERDICT_FALLBACK;
        walk_free(&w);
    }
    printf("page_flip: %zu other damages, %u not survived; slowest answer %.0f ms\n", n, bad,
           slowest);
    return bad > 0;
}

/* --- preparing --- */

static bool prepare(struct flip *f)
{
    static const char *const states[EDITIONS] = {
        [EDITION_CURRENT] = "true",
        [EDITION_PREVIOUS] = "rm -f editions/1-3/content.db",
        [EDITION_FACTORY] = "rm -rf editions/*",
    };
    char root[4200];
    (void)snprintf(root, sizeof root, "%s/copy", f->work);
    if (!shell(f, prepare_script)) {
        (void)fprintf(stderr, "page_flip: the editions could not be made in %s\n", f->work);
        return false;
    }
    for (int e = 0; e < EDITIONS; e++) {
        char script[1024];
        (void)snprintf(script, sizeof script,
                       "rm -rf \"$W/copy\"; cp -a \"$W/data\" \"$W/copy\"; cd \"$W/copy\"; "
                       "chmod -R u+w .; %s",
                       states[e]);
        if (!shell(f, script) || !walk_run(f, root, &f->reference[e]) ||
            f->reference[e].crashed || f->reference[e].n == 0) {
            (void)fprintf(stderr, "page_flip: no reference of edition %d\n", e);
            return false;
        }
        for (size_t i = 0; i < f->reference[e].n; i++) {
            if (strstr(f->reference[e].answer[i], "\"ok\":false")) {
                (void)fprintf(stderr, "page_flip: the walk does not fit: %s",
                              f->reference[e].answer[i]);
                return false;
            }
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct flip f;
    int code = 1;
    if (argc != 3) {
        (void)fprintf(stderr, "usage: page_flip PROGRAMS pages|sample|damages\n");
        return 2;
    }
    f.programs = realpath(argv[1], NULL);
    const char *base = getenv("TMPDIR");
    (void)snprintf(f.work, sizeof f.work, "%s/gongkai-flip-XXXXXX", base ? base : "/tmp");
    if (!f.programs || !mkdtemp(f.work)) {
        return 2;
    }
    if (prepare(&f)) {
        code = strcmp(argv[2], "damages") == 0 ? damages_run(&f)
                                               : pages_run(&f, strcmp(argv[2], "pages") == 0);
    }
    for (int e = 0; e < EDITIONS; e++) {
        walk_free(&f.reference[e]);
    }
    if (!shell(&f, "chmod -R u+w \"$W\"; rm -rf \"$W\"")) {
        code = 1;
    }
    free(f.programs);
    return code;
}
