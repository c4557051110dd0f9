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
#include "edition/check.h"
#include "edition/edition.h"
#include "store/seal.h"
#include "store/store.h"

#define LEAVES_A_FRAME (PACKAGE_FRAME / PACKAGE_LEAF)
#define CHECK_SECONDS 600 /* processor time for the child */

enum { CHILD_GOOD = 0, CHILD_BAD = 1, CHILD_FAILED = 2 };

static enum err source_read(void *user, void *p, size_t n, uint64_t offset)
{
    const struct job *j = user;
    return fd_read_at(j->source.fd, p, n, offset);
}

void job_init(struct job *j, const struct install_source *source, bool again)
{
    *j = (struct job){.started = true, .source = *source, .again = again, .base_fd = -1};
    j->reader = (struct package_source){.read_at = source_read, .user = j, .size = source->size};
}

static enum source_ready want(const struct job *j, uint64_t offset, uint64_t n)
{
    return j->source.want ? j->source.want(j->source.user, offset, n) : SOURCE_READY;
}

static void used(const struct job *j, uint64_t offset, uint64_t n)
{
    if (j->source.used) {
        j->source.used(j->source.user, offset, n);
    }
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
    free(j->base);
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

static enum job_step refuse(enum reject why, enum reject *ret_why)
{
    assert(why != REJECT_NONE);
    *ret_why = why;
    return JOB_REFUSED;
}

/* --- AUTH --- */

static enum reject head_open(struct job *j, const struct install_config *c,
                             struct install_report *report)
{
    char path[PATH_MAX];
    if (store_path(c->root, "trust", path) != ERR_OK || trust_open(path, &j->trust) != ERR_OK) {
        report->no_trust = true;
        return REJECT_KEY_UNKNOWN;
    }
    enum reject why = package_open(&j->reader, j->trust, &j->package);
    if (why != REJECT_NONE) {
        return why;
    }
    const struct manifest *m = package_manifest(j->package);
    j->id = (struct edition_id){m->epoch, m->edition};
    report->id = j->id;
    report->signers = *package_signers(j->package);
    (void)snprintf(report->channel, sizeof report->channel, "%s", m->channel);
    return REJECT_NONE;
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

/* Is the head there? What is no package at all is left to package_open to refuse. */
static enum source_ready head_ready(const struct job *j, uint64_t *ret_n)
{
    char bytes[PACKAGE_HEADER];
    uint64_t n = j->source.size < sizeof bytes ? j->source.size : sizeof bytes;
    enum source_ready ready = want(j, 0, n);
    if (ready == SOURCE_READY && n == sizeof bytes &&
        fd_read_at(j->source.fd, bytes, sizeof bytes, 0) == ERR_OK &&
        package_head_peek((struct slice){bytes, sizeof bytes}, &n) == REJECT_NONE &&
        n <= j->source.size) {
        ready = want(j, 0, n);
    }
    *ret_n = n;
    return ready;
}

enum job_step job_auth(struct job *j, const struct install_config *c, const struct select *s,
                       struct install_report *report, enum reject *ret_why)
{
    uint64_t head_n = 0;
    enum source_ready ready = head_ready(j, &head_n);
    if (ready != SOURCE_READY) {
        return ready == SOURCE_LATER ? JOB_LATER : refuse(REJECT_UNREADABLE, ret_why);
    }
    enum reject why = head_open(j, c, report);
    if (why != REJECT_NONE) {
        return refuse(why, ret_why);
    }
    used(j, 0, head_n);
    if (j->again && edition_id_eq(j->id, s->current) && seal_is_same(c->root, j->id, j->package)) {
        j->was_applied = true;
        return JOB_NEXT;
    }
    const struct policy policy = {
        .channel = trust_channel(j->trust),
        .required_channel = c->required_channel,
        .epoch = trust_epoch(j->trust),
        .jump_cap = trust_jump_cap(j->trust),
        .schema = EDITION_SCHEMA,
        .app = c->app,
        .factory = factory_id(c),
    };
    why = policy_check(&policy, s, package_manifest(j->package));
    if (why != REJECT_NONE) {
        return refuse(why, ret_why);
    }
    assert(!edition_id_eq(j->id, s->current));
    enum err e = stage_clean(c->root, &j->id);
    if (e == ERR_OK && !edition_id_eq(j->id, s->previous)) {
        e = seal_reclaim(c->root, j->package);
    }
    if (e != ERR_OK) {
        return refuse(job_reason(e), ret_why);
    }
    j->frame_bytes = malloc(PACKAGE_FRAME);
    return j->frame_bytes ? JOB_NEXT : refuse(REJECT_NOMEM, ret_why);
}

/* --- BASE --- */

/* Opens the sealed edition of that number, its size in base_size. */
static bool base_open(struct job *j, const char *root, uint64_t number)
{
    struct edition_id ids[STORE_EDITIONS_MAX];
    size_t n = 0;
    char path[PATH_MAX];
    struct stat st;
    if (store_list(root, ids, &n) != ERR_OK) {
        return false;
    }
    for (size_t i = 0; i < n && j->base_fd < 0; i++) {
        if (ids[i].edition == number &&
            store_edition_path(root, ids[i], "content.db", path) == ERR_OK) {
            j->base_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        }
    }
    if (j->base_fd < 0 || fstat(j->base_fd, &st) != 0 || st.st_size <= 0) {
        return false;
    }
    j->base_size = (uint64_t)st.st_size;
    return true;
}

enum job_step job_base(struct job *j, const char *root, struct install_report *report,
                       enum reject *ret_why)
{
    const struct manifest *m = package_manifest(j->package);
    if (m->base_edition == 0) {
        return JOB_NEXT;
    }
    if (!j->base) {
        if (!base_open(j, root, m->base_edition)) {
            return refuse(REJECT_BASE_MISSING, ret_why);
        }
        if (j->base_size > INSTALL_BASE_MAX || !(j->base = malloc((size_t)j->base_size))) {
            return refuse(REJECT_OVERSIZED, ret_why);
        }
        hash_init(&j->hash);
    }
    uint64_t left = j->base_size - j->base_done;
    size_t n = left < PACKAGE_FRAME ? (size_t)left : PACKAGE_FRAME;
    if (fd_read_at(j->base_fd, j->base + j->base_done, n, j->base_done) != ERR_OK) {
        return refuse(REJECT_BASE_MISSING, ret_why);
    }
    hash_update(&j->hash, (struct slice){j->base + j->base_done, n});
    j->base_done += n;
    report->done = j->base_done;
    report->total = j->base_size;
    if (j->base_done < j->base_size) {
        return JOB_MORE;
    }
    struct hash h = hash_final(&j->hash);
    return hash_equal(&h, &m->base_hash) ? JOB_NEXT : refuse(REJECT_BASE_MISSING, ret_why);
}

/* --- STAGE, SYNC, READBACK --- */

/* Are all leaves of this frame what the table says? */
static bool frame_matches(const struct job *j, uint32_t frame, uint32_t size)
{
    for (uint32_t at = 0; at < size; at += PACKAGE_LEAF) {
        uint32_t n = size - at < PACKAGE_LEAF ? size - at : PACKAGE_LEAF;
        struct slice plain = {j->frame_bytes + at, n};
        if (!package_leaf_matches(j->package, frame * LEAVES_A_FRAME + at / PACKAGE_LEAF, plain)) {
            return false;
        }
    }
    return true;
}

static void progress(struct job *j, struct install_report *report)
{
    report->total = package_manifest(j->package)->db_size;
    uint64_t done = (uint64_t)j->frame * PACKAGE_FRAME;
    report->done = done < report->total ? done : report->total;
}

enum job_step job_stage(struct job *j, const char *root, struct install_report *report,
                        enum reject *ret_why)
{
    if (!j->stage) {
        uint64_t db_size = package_manifest(j->package)->db_size;
        enum err e = stage_open(root, j->id, db_size, &j->stage);
        if (e != ERR_OK) {
            return refuse(job_reason(e), ret_why);
        }
    }
    uint32_t size = package_frame_size(j->package, j->frame);
    uint64_t offset = (uint64_t)j->frame * PACKAGE_FRAME;
    bool kept = stage_is_resumed(j->stage) &&
                stage_read(j->stage, j->frame_bytes, size, offset) == ERR_OK &&
                frame_matches(j, j->frame, size);
    if (kept) {
        report->resumed = true;
    } else {
        struct slice base = {j->base, (size_t)j->base_size};
        uint64_t from = 0;
        uint32_t n = 0;
        package_frame_place(j->package, j->frame, &from, &n);
        enum source_ready ready = want(j, from, n);
        if (ready != SOURCE_READY) {
            return ready == SOURCE_LATER ? JOB_LATER : refuse(REJECT_UNREADABLE, ret_why);
        }
        enum reject why = package_frame_read(j->package, j->frame, base, j->frame_bytes);
        if (why != REJECT_NONE) {
            return refuse(why, ret_why);
        }
        used(j, from, n);
        enum err e = stage_write(j->stage, j->frame_bytes, size, offset);
        if (e != ERR_OK) {
            return refuse(job_reason(e), ret_why);
        }
    }
    j->frame++;
    progress(j, report);
    report->source_done = j->frame == package_frame_count(j->package);
    return report->source_done ? JOB_NEXT : JOB_MORE;
}

enum job_step job_sync(struct job *j, enum reject *ret_why)
{
    enum err e = stage_sync(j->stage); /* S1 */
    if (e != ERR_OK) {
        return refuse(job_reason(e), ret_why);
    }
    stage_forget_cache(j->stage);
    j->frame = 0;
    hash_init(&j->hash);
    return JOB_NEXT;
}

enum job_step job_readback(struct job *j, struct install_report *report, enum reject *ret_why)
{
    uint32_t size = package_frame_size(j->package, j->frame);
    uint64_t offset = (uint64_t)j->frame * PACKAGE_FRAME;
    if (stage_read(j->stage, j->frame_bytes, size, offset) != ERR_OK ||
        !frame_matches(j, j->frame, size)) {
        return refuse(REJECT_STORAGE, ret_why);
    }
    hash_update(&j->hash, (struct slice){j->frame_bytes, size});
    j->frame++;
    progress(j, report);
    if (j->frame < package_frame_count(j->package)) {
        return JOB_MORE;
    }
    struct hash h = hash_final(&j->hash);
    return hash_equal(&h, &package_manifest(j->package)->db_hash) ? JOB_NEXT
                                                                  : refuse(REJECT_TABLE, ret_why);
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

static int check_in_child(const char *path, const struct manifest *m)
{
    struct edition *e = NULL;
    enum err r = edition_check(path);
    if (r == ERR_OK) {
        r = edition_open(path, &e);
    }
    if (r == ERR_OK && !facts_agree(e, m)) {
        r = ERR_CORRUPT;
    }
    if (r == ERR_OK) {
        r = smoke_read(e);
    }
    edition_close(e);
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
        struct rlimit cpu = {CHECK_SECONDS, CHECK_SECONDS};
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
        return checker_start(j) ? JOB_LATER : refuse(REJECT_STORAGE, ret_why);
    }
    int status = 0;
    pid_t done = waitpid(j->checker, &status, WNOHANG);
    if (done == 0 || (done < 0 && errno == EINTR)) {
        return JOB_LATER;
    }
    j->checker = 0;
    if (done < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_FAILED)) {
        return refuse(REJECT_NOMEM, ret_why);
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == CHILD_GOOD ? JOB_NEXT
                                                                  : refuse(REJECT_CONTENT, ret_why);
}

enum job_step job_seal(struct job *j, const char *root, enum reject *ret_why)
{
    struct stage *stage = j->stage;
    j->stage = NULL;
    enum err e = seal_make(root, j->package, stage);
    return e == ERR_OK ? JOB_NEXT : refuse(job_reason(e), ret_why);
}
