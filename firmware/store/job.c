/* From a package's first byte to a sealed edition. Guarantees the order of trust and of syncs that
 * install.h lists: each byte of the source is read once, and what is sealed is what was read back
 * from the medium. */
#include "store/job.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/plant.h"
#include "edition/check.h"
#include "edition/edition.h"
#include "store/roots.h"
#include "store/seal.h"
#include "store/store.h"

#define READ_AHEAD (4u * PACKAGE_FRAME)
#define CHECK_SECONDS 600 /* processor time for the child */

enum { CHILD_GOOD = 0, CHILD_BAD = 1, CHILD_FAILED = 2 };

void job_init(struct job *j, const struct install_config *config,
              const struct install_source *source, bool again, struct box_left *left)
{
    *j = (struct job){.started = true,
                      .config = config,
                      .source = *source,
                      .again = again,
                      .base_fd = -1,
                      .left = left};
}

static void checker_stop(struct job *j)
{
    if (j->checker > 0) {
        (void)kill(j->checker, SIGKILL);
        while (waitpid(j->checker, NULL, 0) < 0 && errno == EINTR) {
        }
        j->checker = 0;
    }
}

void job_finish(struct job *j, bool discard)
{
    checker_stop(j);
    head_close(j->head);
    box_end(j->box, j->left);
    if (discard) {
        stage_discard(j->stage);
    } else {
        stage_close(j->stage);
    }
    package_close(j->package);
    trust_close(j->trust);
    if (j->base_fd >= 0) {
        close(j->base_fd);
    }
    free(j->frame_bytes);
    *j = (struct job){.base_fd = -1};
}

enum reject job_reason(enum err e)
{
    return e == ERR_NOSPACE    ? REJECT_NO_ROOM
           : e == ERR_READONLY ? REJECT_READONLY
           : e == ERR_NOMEM    ? REJECT_NOMEM
                               : REJECT_STORAGE;
}

enum job_step job_refuse(enum reject why, enum reject *ret_why)
{
    assert(why != REJECT_NONE);
    *ret_why = why;
    return JOB_REFUSED;
}

/* --- AUTH --- */

static enum reject trust_load(struct job *j, struct install_report *report)
{
    enum err e = roots_open(j->config->root, &j->trust);
    if (trust_unusable(e)) {
        report->no_trust = true;
        return REJECT_KEY_UNKNOWN;
    }
    if (e != ERR_OK) {
        return job_reason(e);
    }
    j->frame_bytes = malloc(PACKAGE_FRAME);
    return j->frame_bytes ? REJECT_NONE : REJECT_NOMEM;
}

static void head_report(struct job *j, struct install_report *report)
{
    const struct manifest *m = package_manifest(j->package);
    j->id = (struct edition_id){m->epoch, m->edition};
    report->id = j->id;
    report->signers = *package_signers(j->package);
    (void)snprintf(report->channel, sizeof report->channel, "%s", m->channel);
}

static struct edition_id factory_id(const struct install_config *c)
{
    struct edition_id id = {0, 0};
    char path[PATH_MAX];
    struct edition *e = NULL;
    if (c->factory && store_path(c->factory, "content.db", path) == ERR_OK &&
        edition_open(path, &e) == ERR_OK) {
        int64_t epoch = edition_fact_int(e, "epoch", 0);
        int64_t edition = edition_fact_int(e, "edition", 0);
        if (epoch > 0 && edition > 0) {
            id = (struct edition_id){(uint64_t)epoch, (uint64_t)edition};
        }
    }
    edition_close(e);
    return id;
}

struct policy job_policy(const struct install_config *c, const struct trust *t)
{
    return (struct policy){
        .channel = trust_channel(t),
        .required_channel = c->required_channel,
        .epoch = trust_epoch(t),
        .jump_cap = trust_jump_cap(t),
        .schema = EDITION_SCHEMA,
        .app = c->app,
        .factory = factory_id(c),
    };
}

enum job_step job_auth(struct job *j, const struct install_config *c, const struct select *s,
                       struct install_report *report, enum reject *ret_why)
{
    enum reject why = j->trust ? REJECT_NONE : trust_load(j, report);
    if (why != REJECT_NONE) {
        return job_refuse(why, ret_why);
    }
    enum job_step step = job_head(j, ret_why);
    if (step != JOB_NEXT) {
        return step;
    }
    head_report(j, report);
    if (j->again && !PLANT(again_forgotten) && edition_id_eq(j->id, s->current) &&
        seal_is_same(c->root, j->id, j->package)) {
        j->was_applied = true;
        return JOB_NEXT;
    }
    const struct policy policy = job_policy(c, j->trust);
    why = policy_check(&policy, s, package_manifest(j->package));
    if (why != REJECT_NONE) {
        return job_refuse(why, ret_why);
    }
    assert(!edition_id_eq(j->id, s->current));
    enum err e = stage_clean(c->root, &j->id);
    if (e == ERR_OK && !edition_id_eq(j->id, s->previous) && !PLANT(reclaim_left_out)) {
        e = seal_reclaim(c->root, j->package);
    }
    if (e != ERR_OK) {
        return job_refuse(job_reason(e), ret_why);
    }
    return JOB_NEXT;
}

/* --- BASE --- */

/* Opens a sealed edition's database when it is the one that the delta was made from. What its
 * signed manifest says is enough: where the bytes are no longer that, the leaves of the frames made
 * with them do not match. */
static bool base_open(struct job *j, const char *root, struct edition_id id)
{
    char path[PATH_MAX];
    struct stat st;
    struct package *p = NULL;
    bool fits = seal_open(root, id, j->trust, &p) == REJECT_NONE &&
                hash_equal(&package_manifest(p)->db_hash, &package_manifest(j->package)->base_hash);
    if (fits && store_edition_path(root, id, "content.db", path) == ERR_OK) {
        j->base_size = package_manifest(p)->db_size;
        j->base_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        fits =
            j->base_fd >= 0 && fstat(j->base_fd, &st) == 0 && (uint64_t)st.st_size == j->base_size;
    }
    package_close(p);
    return fits;
}

static enum reject base_find(struct job *j, const char *root, uint64_t edition)
{
    struct edition_id ids[STORE_EDITIONS_MAX];
    size_t n = 0;
    if (store_list(root, ids, &n) != ERR_OK) {
        return REJECT_STORAGE;
    }
    for (size_t i = 0; i < n; i++) {
        if (ids[i].edition == edition && base_open(j, root, ids[i])) {
            return REJECT_NONE;
        }
        if (j->base_fd >= 0) {
            close(j->base_fd);
            j->base_fd = -1;
        }
    }
    return REJECT_BASE_MISSING;
}

enum job_step job_base(struct job *j, const char *root, enum reject *ret_why)
{
    const struct manifest *m = package_manifest(j->package);
    if (m->base_edition == 0) {
        return JOB_NEXT;
    }
    enum reject why = base_find(j, root, m->base_edition);
    if (why != REJECT_NONE) { /* one failed call is no reason to ask for a full package */
        why = base_find(j, root, m->base_edition);
    }
    return why == REJECT_NONE ? JOB_NEXT : job_refuse(why, ret_why);
}

/* --- SYNC, READBACK --- */

enum job_step job_sync(struct job *j, enum reject *ret_why)
{
    enum err e = stage_sync(j->stage); /* S1 */
    if (e != ERR_OK) {
        return job_refuse(job_reason(e), ret_why);
    }
    stage_forget_cache(j->stage, (uint64_t)j->proven * PACKAGE_FRAME);
    j->frame = j->proven;
    return JOB_NEXT;
}

bool job_frame_read_back(struct job *j, uint32_t frame)
{
    return stage_read(j->stage, j->frame_bytes, package_frame_size(j->package, frame),
                      (uint64_t)frame * PACKAGE_FRAME) == ERR_OK &&
           job_frame_matches(j, frame);
}

/* The leaves are held against the signed table, which covers each byte: the hash of the whole would
 * say nothing more. What STAGE found out there already is not read again. */
enum job_step job_readback(struct job *j, struct install_report *report, enum reject *ret_why)
{
    if (j->frame == package_frame_count(j->package)) {
        return JOB_NEXT;
    }
    uint32_t size = package_frame_size(j->package, j->frame);
    uint64_t offset = (uint64_t)j->frame * PACKAGE_FRAME;
    /* The medium reads on while this one is hashed. */
    stage_expect(j->stage, READ_AHEAD,
                 j->frame == j->proven ? offset : offset + READ_AHEAD - PACKAGE_FRAME);
    if (!job_frame_read_back(j, j->frame)) {
        return job_refuse(REJECT_STORAGE, ret_why);
    }
    j->frame++;
    report->done = offset + size;
    report->total = package_manifest(j->package)->db_size;
    return j->frame < package_frame_count(j->package) ? JOB_MORE : JOB_NEXT;
}

/* --- CHECK, SEAL --- */

static bool facts_agree(const struct edition *e, const struct manifest *m)
{
    char built[11];
    date_format_iso(m->built, built);
    return edition_fact_int(e, "epoch", -1) == (int64_t)m->epoch &&
           edition_fact_int(e, "edition", -1) == (int64_t)m->edition &&
           slice_eq_cstr(edition_fact(e, "channel"), m->channel) &&
           slice_eq_cstr(edition_fact(e, "built"), built);
}

/* A few reads as the screens do them. */
static enum err smoke_read(struct edition *e)
{
    struct arena a;
    struct item *items = NULL;
    struct hit *hits = NULL;
    size_t n = 0;
    uint32_t count = 0;
    struct item_filter all = {0};
    arena_init(&a, 64 * 1024);
    enum err r = edition_item_count(e, &all, &count);
    if (r == ERR_OK) {
        r = edition_items(e, &all, 0, 20, &a, &items, &n);
    }
    if (r == ERR_OK && n > 0) {
        struct item again;
        r = edition_item(e, items[0].id, &a, &again);
    }
    if (r == ERR_OK) {
        r = edition_search(e, SLICE_LIT("公开"), 20, &a, &hits, &n, &count);
    }
    arena_finish(&a);
    return r;
}

static enum err content_check(const char *path, const struct manifest *m)
{
    struct edition *e = NULL;
    enum err r = edition_check(path);
    if (r == ERR_OK) {
        r = edition_open(path, &e);
    }
    if (r == ERR_OK && !facts_agree(e, m) && !PLANT(facts_unchecked)) {
        r = ERR_CORRUPT;
    }
    if (r == ERR_OK) {
        r = smoke_read(e);
    }
    edition_close(e);
    return r;
}

/* What one failed read or allocation made look wrong is looked at again. */
static int check_in_child(const char *path, const struct manifest *m)
{
    enum err r = content_check(path, m);
    r = r == ERR_OK ? r : content_check(path, m);
    return r == ERR_OK ? CHILD_GOOD : r == ERR_NOMEM ? CHILD_FAILED : CHILD_BAD;
}

/* In a process of its own: a database that makes the reader crash or loop is then merely refused.
 */
static bool checker_start(struct job *j)
{
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) {
            _exit(CHILD_FAILED);
        }
        (void)close_range(STDERR_FILENO + 1, ~0u, 0); /* locks and sockets end with the parent */
        const struct rlimit cpu = {CHECK_SECONDS, CHECK_SECONDS + 60}; /* SIGXCPU, not SIGKILL */
        (void)setrlimit(RLIMIT_CPU, &cpu);
        (void)signal(SIGTERM, SIG_DFL);
        _exit(check_in_child(stage_file(j->stage), package_manifest(j->package)));
    }
    j->checker = child;
    return child > 0;
}

enum job_step job_check(struct job *j, enum reject *ret_why)
{
    if (j->checker == 0) {
        return checker_start(j) ? JOB_LATER : job_refuse(REJECT_STORAGE, ret_why);
    }
    int status = 0;
    pid_t done = waitpid(j->checker, &status, WNOHANG);
    if (done == 0 || (done < 0 && errno == EINTR)) {
        return JOB_LATER;
    }
    j->checker = 0;
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; /* as box_why_ended */
    if (done < 0 || killed || (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_FAILED)) {
        return job_refuse(REJECT_NOMEM, ret_why);
    }
    return (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_GOOD) || PLANT(check_ignored)
               ? JOB_NEXT
               : job_refuse(REJECT_CONTENT, ret_why);
}

enum job_step job_seal(struct job *j, const char *root, enum reject *ret_why)
{
    struct stage *stage = j->stage;
    j->stage = NULL;
    enum err e = seal_make(root, j->package, stage);
    return e == ERR_OK ? JOB_NEXT : job_refuse(job_reason(e), ret_why);
}
