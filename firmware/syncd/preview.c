/* Guarantees that comparing two editions, however large or damaged, costs the loop nothing. */
#include "syncd/preview.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "edition/changes.h"
#include "store/stage.h"
#include "store/store.h"
#include "syncd/inside.h"

#define CHILD_SECONDS 60 /* of processor time */

struct preview {
    struct daemon *d;
    pid_t child; /* 0: none */
    int from_child;
    bool waiting;         /* the machine is in HOLD, and this is known */
    bool known;           /* the comparison has succeeded */
    struct edition_id id; /* of what waits */
    struct changes changes;
};

enum err preview_open(struct daemon *d, void **ret_self)
{
    struct preview *p = calloc(1, sizeof *p);
    if (!p) {
        return ERR_NOMEM;
    }
    p->d = d;
    p->from_child = -1;
    *ret_self = p;
    return ERR_OK;
}

static void child_end(struct preview *p)
{
    if (p->child > 0) {
        (void)kill(p->child, SIGKILL);
        while (waitpid(p->child, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (p->from_child >= 0) {
        close(p->from_child);
    }
    p->child = 0;
    p->from_child = -1;
}

void preview_close(void *self)
{
    child_end(self);
    free(self);
}

static int compare_in_child(const char *staged, const char *current, int to_parent)
{
    struct edition *now = NULL;
    struct edition *old = NULL;
    struct changes changes;
    enum err e = edition_open(staged, &now);
    if (e == ERR_OK && current[0] && edition_open(current, &old) != ERR_OK) {
        old = NULL; /* it cannot be read: everything is new */
    }
    if (e == ERR_OK) {
        e = changes_compare(old, now, &changes);
    }
    if (e == ERR_OK) {
        const char *bytes = (const char *)&changes;
        ssize_t n = 0;
        for (size_t at = 0; n >= 0 && at < sizeof changes; at += (size_t)n) {
            n = write(to_parent, bytes + at, sizeof changes - at);
        }
        e = n < 0 ? ERR_IO : ERR_OK;
    }
    edition_close(old);
    edition_close(now);
    return e == ERR_OK ? 0 : 1;
}

static void child_start(struct preview *p)
{
    char staged[PATH_MAX];
    char current[PATH_MAX] = "";
    int ends[2];
    struct edition_id shown = install_select(p->d->install)->current;
    if (stage_part_path(p->d->o->root, p->id, staged) != ERR_OK ||
        (!edition_id_is_none(shown) &&
         store_edition_path(p->d->o->root, shown, "content.db", current) != ERR_OK) ||
        pipe2(ends, O_CLOEXEC) != 0) {
        return;
    }
    pid_t parent = getpid();
    p->child = fork();
    if (p->child == 0) {
        const struct rlimit cpu = {CHILD_SECONDS, CHILD_SECONDS};
        int out = STDERR_FILENO + 1;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent || dup2(ends[1], out) < 0) {
            _exit(1);
        }
        (void)close_range((unsigned)out + 1, ~0u, 0);
        (void)setrlimit(RLIMIT_CPU, &cpu);
        (void)signal(SIGTERM, SIG_DFL);
        _exit(compare_in_child(staged, current, out));
    }
    close(ends[1]);
    p->from_child = ends[0];
    if (p->child < 0) {
        p->child = 0;
        child_end(p);
    }
}

static void changes_message(const struct preview *p, struct link_message *m)
{
    link_message_init(m, "changes");
    link_add_id(m, p->id);
    link_add_u64(m, "added", p->changes.added);
    link_add(m, "added_text", p->changes.added_text);
    link_add_u64(m, "changed", p->changes.changed);
    link_add(m, "changed_text", p->changes.changed_text);
    link_add_u64(m, "removed", p->changes.removed);
    link_add(m, "removed_text", p->changes.removed_text);
}

/* The child has said all, or ended. It is this program's own code over a database that was
 * verified, yet its texts are ended here. */
static void child_read(struct preview *p)
{
    struct link_message m;
    struct changes got;
    ssize_t n = read(p->from_child, &got, sizeof got); /* less than a pipe holds: all at once */
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    child_end(p);
    if (n != (ssize_t)sizeof got) {
        log_line(p->d->o->log, LOG_LEVEL_WARN, "比较不出这一期改动了什么；不影响装入。");
        return;
    }
    got.added_text[CHANGES_TEXT - 1] = '\0';
    got.changed_text[CHANGES_TEXT - 1] = '\0';
    got.removed_text[CHANGES_TEXT - 1] = '\0';
    p->changes = got;
    p->known = true;
    changes_message(p, &m);
    serve_broadcast(p->d->serve, &m);
}

static bool is_readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 0) > 0;
}

enum install_pace preview_step(void *self, int64_t now_ms)
{
    struct preview *p = self;
    (void)now_ms;
    bool hold = install_state(p->d->install) == INSTALL_HOLD;
    if (!hold) {
        if (p->child > 0) {
            child_end(p);
        }
        p->waiting = false;
        p->known = false;
    } else if (!p->waiting) {
        p->waiting = true;
        p->id = install_report(p->d->install)->id;
        child_start(p);
    } else if (p->child > 0 && is_readable(p->from_child)) {
        child_read(p);
    }
    return INSTALL_AT_REST;
}

size_t preview_poll_fds(const void *self, struct pollfd fds[DUTY_FDS])
{
    const struct preview *p = self;
    if (p->from_child < 0) {
        return 0;
    }
    fds[0] = (struct pollfd){.fd = p->from_child, .events = POLLIN};
    return 1;
}

void preview_tell(const struct daemon *d, struct link *to)
{
    const struct preview *p = d->duty[DUTY_PREVIEW];
    struct link_message m;
    if (p && p->known) {
        changes_message(p, &m);
        if (link_send(to, &m) != ERR_OK) {
            return; /* dropped at the next step */
        }
    }
}
