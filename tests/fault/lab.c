/* The hall, its daemon and the preparation of scenarios. */
#include "lab.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "pack/rekey.h"
#include "store/link.h"
#include "store/store.h"
#include "tree.h"

#define FILLER_KB 1100 /* two frames */
#define CLIENT_S 40    /* of the client's patience */

/* The data folder and the daemon's log, for whoever has to find out why. */
static void tree_show(const struct lab *l)
{
    char command[1400];
    (void)snprintf(command, sizeof command,
                   "cd '%s' && find . -type f -printf '    %%P %%s\\n' | sort >&2; "
                   "tail -n 8 '%s' >&2; tail -n 8 state/history.jsonl >&2",
                   l->f.root, l->log);
    if (system(command) != 0) {
        fputs("    (no data folder)\n", stderr);
    }
}

void need(const struct lab *l, bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "FAIL %s, point %ld: %s\n", l->where, l->point, what);
        tree_show(l);
        exit(1);
    }
}

double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void config_write(const struct lab *l, const char *path, const char *confirm)
{
    char text[256];
    (void)snprintf(
        text, sizeof text,
        "settle_ms = 0\ntrial_confirm = %s\npoll_s = 1\nretry_s = 1\nstick_apply = auto\n",
        confirm);
    need(l, file_replace(path, slice_of(text), 0644) == ERR_OK, "config");
}

static void packages_make(struct lab *l)
{
    static const struct {
        enum lab_package p;
        const char *name;
        uint64_t edition;
        const char *channel;
        bool delta;
    } wanted[] = {
        {PACKAGE_ONE, "one", 1, NULL, false},
        {PACKAGE_TWO, "two", 2, NULL, false},
        {PACKAGE_THREE, "three", 3, NULL, false},
        {PACKAGE_DELTA, "delta", 2, NULL, true},
        {PACKAGE_OTHER, "other", 2, "hall-other", false},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const struct fixture_edition e = {
            .edition = wanted[i].edition,
            .filler_kb = FILLER_KB,
            .roles = FIXTURE_BOTH,
            .channel = wanted[i].channel,
            .base = wanted[i].delta ? l->package[PACKAGE_ONE] : NULL,
        };
        fixture_package(&l->f, &e, wanted[i].name, l->package[wanted[i].p]);
    }
    (void)snprintf(l->package[PACKAGE_FLIPPED], sizeof l->package[0], "%s/flipped.gkp", l->f.dir);
    fixture_copy(l->package[PACKAGE_TWO], l->package[PACKAGE_FLIPPED]);
    fixture_flip(l->package[PACKAGE_FLIPPED], -100, 1);
}

/* The office changes its review key, as planned: nothing that was signed before is doubted. */
static void keys_rotate(struct lab *l)
{
    const struct fixture_edition e = {
        .edition = 2, .filler_kb = FILLER_KB, .roles = FIXTURE_OFFICE};
    const struct rekey_options rekey = {
        .dir = l->f.dir, .replace = {[KEY_REVIEW] = true}, .keep_epoch = true, .no_password = true};
    struct buf problem = {0};
    FILE *nowhere = fopen("/dev/null", "w");
    need(l, nowhere && rekey_run(&rekey, nowhere, &problem) == ERR_OK, "rekey");
    fclose(nowhere);
    buf_finish(&problem);
    fixture_package(&l->f, &e, "rotated", l->package[PACKAGE_ROTATED]);
    fixture_sign(&l->f, l->package[PACKAGE_ROTATED], "review.2.key", ROLE_REVIEW);
}

static void stick_make(struct lab *l)
{
    char stick[700];
    char file[800];
    (void)snprintf(l->sticks, sizeof l->sticks, "%s/sticks", l->f.dir);
    (void)snprintf(stick, sizeof stick, "%s/KINGSTON", l->sticks);
    (void)snprintf(file, sizeof file, "%s/two.gkp", stick);
    need(l, dir_make(stick, 0755) == ERR_OK, "dir_make");
    fixture_copy(l->package[PACKAGE_TWO], file);
}

void lab_create(struct lab *l, const char *syncd)
{
    char keys[600];
    *l = (struct lab){.where = "preparing"};
    fixture_create(&l->f);
    (void)snprintf(l->syncd, sizeof l->syncd, "%s/gongkai-syncd", l->f.dir);
    file_copy(syncd, l->syncd); /* a build meanwhile changes nothing here */
    (void)snprintf(l->config_auto, sizeof l->config_auto, "%s/auto.ini", l->f.dir);
    (void)snprintf(l->config_kiosk, sizeof l->config_kiosk, "%s/kiosk.ini", l->f.dir);
    (void)snprintf(l->log, sizeof l->log, "%s/log", l->f.dir);
    config_write(l, l->config_auto, "auto");
    config_write(l, l->config_kiosk, "kiosk");
    packages_make(l);
    keys_rotate(l);
    stick_make(l);
    (void)snprintf(keys, sizeof keys, "%s/empty", l->f.dir);
    tree_copy(l->f.root, keys); /* a root that knows the hall's keys alone */
}

void lab_destroy(struct lab *l)
{
    fixture_destroy(&l->f);
}

struct lab lab_own(const struct lab *l, const char *root_tail, unsigned number)
{
    struct lab own = *l;
    int n = snprintf(own.f.root, sizeof own.f.root, "%.480s/m%u%.20s", l->f.dir, number, root_tail);
    need(l, n > 0 && n < (int)sizeof own.f.root, "path too long");
    (void)snprintf(own.log, sizeof own.log, "%s/log%u", l->f.dir, number);
    return own;
}

void lab_prepare(struct lab *l, const struct scenario *s)
{
    char empty[600];
    l->where = s->name;
    l->point = -1;
    (void)snprintf(empty, sizeof empty, "%s/empty", l->f.dir);
    need(l, dir_remove(l->f.root) == ERR_OK, "dir_remove");
    tree_copy(empty, l->f.root);
    s->prepare(l);
    (void)snprintf(l->template, sizeof l->template, "%s/before-%s", l->f.dir, s->name);
    need(l, dir_remove(l->template) == ERR_OK, "dir_remove");
    tree_copy(l->f.root, l->template);
}

void lab_reset(struct lab *l)
{
    need(l, dir_remove(l->f.root) == ERR_OK, "dir_remove");
    tree_copy(l->template, l->f.root);
}

/* --- the daemon --- */

void lab_exec(const struct lab *l, const struct scenario *s)
{
    const char *config = s->kiosk ? l->config_kiosk : l->config_auto;
    const char *more[4] = {0};
    size_t n = 0;
    if (s->stick) {
        more[n++] = "--sticks";
        more[n++] = l->sticks;
    }
    more[n] = s->say ? NULL : "--once";
    int fd = open(l->log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || dup2(fd, STDERR_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0) {
        _exit(126);
    }
    close(fd);
    execl(l->syncd, l->syncd, "--root", l->f.root, "--config", config, more[0], more[1], more[2],
          (char *)NULL);
    _exit(127);
}

enum talk { TALK_OVER, TALK_BUSY, TALK_BROKEN, TALK_LATE };

/* An import ends with the edition confirmed or the package refused; anything else with its answer.
 */
static enum talk talk_until_end(struct link *link, bool import, double end)
{
    while (seconds() < end) {
        struct link_message m;
        struct pollfd p = {.fd = link_fd(link), .events = POLLIN};
        (void)poll(&p, 1, 10);
        do {
            if (link_poll(link, &m) != ERR_OK) {
                return TALK_BROKEN;
            }
            bool answer = strcmp(m.verb, "answer") == 0;
            if (answer && (!import || strcmp(link_text(&m, "ok"), "0") == 0)) {
                return import ? TALK_BUSY : TALK_OVER;
            }
            bool done = strcmp(m.verb, "done") == 0;
            bool confirmed =
                strcmp(m.verb, "notice") == 0 && strcmp(link_text(&m, "event"), "confirmed") == 0;
            bool new = strcmp(link_text(&m, "result"), "applied") == 0 &&
                       strcmp(link_text(&m, "reason"), "same") != 0; /* to be confirmed yet */
            if (import && (confirmed || (done && !new))) {
                return TALK_OVER;
            }
        } while (m.verb[0] != '\0');
    }
    return TALK_LATE;
}

/* Says it, again as long as the daemon is busy, as staff would; and when the connection breaks,
 * which it does when the socket was that of a daemon that is just being ended. */
static enum talk talk(const char *root, pid_t daemon, const char *say)
{
    const double end = seconds() + CLIENT_S;
    enum talk t = TALK_LATE;
    while (seconds() < end && kill(daemon, 0) == 0) {
        struct link_message m;
        struct link *link = NULL;
        if (link_connect(root, &link) == ERR_OK) {
            t = link_parse(slice_of(say), &m) == ERR_OK && link_send(link, &m) == ERR_OK
                    ? talk_until_end(link, strncmp(say, "import", 6) == 0, end)
                    : TALK_BROKEN;
            link_close(link);
            if (t == TALK_OVER || t == TALK_LATE) {
                return t;
            }
        }
        (void)usleep(5000);
    }
    return t;
}

pid_t lab_client(const struct lab *l, const struct scenario *s, pid_t daemon)
{
    if (!s->say) {
        return 0;
    }
    char say[2048];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(say, sizeof say, s->say, l->package[PACKAGE_TWO]);
#pragma GCC diagnostic pop
    pid_t child = fork();
    need(l, child >= 0, "fork");
    if (child > 0) {
        return child;
    }
    enum talk t = talk(l->f.root, daemon, say);
    if (t == TALK_BUSY || t == TALK_LATE) {
        fprintf(stderr, "client: %s\n", t == TALK_BUSY ? "always busy" : "no answer");
    }
    (void)kill(daemon, SIGTERM);
    _exit(0);
}

void lab_client_end(pid_t client)
{
    if (client > 0) {
        (void)kill(client, SIGKILL);
        (void)waitpid(client, NULL, 0);
    }
}

static int ended(struct lab *l, pid_t child)
{
    int status = 0;
    need(l, waitpid(child, &status, 0) == child, "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int lab_run(struct lab *l, const struct scenario *s)
{
    pid_t child = fork();
    need(l, child >= 0, "fork");
    if (child == 0) {
        lab_exec(l, s);
    }
    pid_t client = lab_client(l, s, child);
    int code = ended(l, child);
    need(l, code <= 1, "the daemon ended with a code that it does not have");
    lab_client_end(client);
    return code;
}

/* --- preparing --- */

void lab_drop(const struct lab *l, enum lab_package p, const char *name)
{
    char tail[NAME_MAX + 8];
    char path[PATH_MAX];
    (void)snprintf(tail, sizeof tail, "drop/%s", name);
    need(l, store_path(l->f.root, tail, path) == ERR_OK, "path");
    fixture_copy(l->package[p], path);
}

void lab_drop_root(const struct lab *l)
{
    static const char *const names[] = {"root.2", "root.2.sigs"};
    for (size_t i = 0; i < 2; i++) {
        char from[700];
        char tail[32];
        char to[PATH_MAX];
        (void)snprintf(from, sizeof from, "%s/trust/%s", l->f.dir, names[i]);
        (void)snprintf(tail, sizeof tail, "drop/%s", names[i]);
        need(l, store_path(l->f.root, tail, to) == ERR_OK, "path");
        fixture_copy(from, to);
    }
}

static void empty_folder(const struct lab *l, const char *name)
{
    char path[PATH_MAX];
    need(l,
         store_path(l->f.root, name, path) == ERR_OK && dir_remove(path) == ERR_OK &&
             dir_make(path, 0755) == ERR_OK,
         name);
}

void lab_install(struct lab *l, enum lab_package p, bool confirm)
{
    const struct scenario once = {.kiosk = !confirm};
    if (p != PACKAGE_COUNT) {
        lab_drop(l, p, "earlier.gkp");
    }
    need(l, lab_run(l, &once) >= 0, "the daemon of the preparation was ended by a signal");
    empty_folder(l, "outbox");
    empty_folder(l, "drop/done");
}
