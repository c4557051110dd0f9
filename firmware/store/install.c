/* The state machine of install.h. Guarantees: whatever happens at whatever moment, select.bin names
 * complete editions, and the floor only rises. Does not know where packages come from nor whom to
 * tell. */
#include "store/install.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/plant.h"
#include "store/job.h"
#include "store/roots.h"
#include "store/seal.h"
#include "store/store.h"

struct install {
    struct install_config config;
    enum install_state state;
    struct select select; /* as on disk */
    struct job job;       /* in AUTH..COMMIT */
    struct install_report report;
    struct box_left left; /* children of past jobs that have not ended yet */
    bool approved;
    struct edition_id drawn; /* told by the screen; kept while the disk refuses the confirmation */
    unsigned confirm_pause;  /* INSTALL_LATER steps to wait before confirming is tried again */
};

#define CONFIRM_PAUSE 500

static const struct {
    const char *name;
    const char *zh;
} state_names[INSTALL_STATE_COUNT] = {
    [INSTALL_IDLE] = {"idle", "空闲"},       [INSTALL_AUTH] = {"auth", "核对签名"},
    [INSTALL_BASE] = {"base", "核对基础期"}, [INSTALL_STAGE] = {"stage", "写入"},
    [INSTALL_SYNC] = {"sync", "存盘"},       [INSTALL_READBACK] = {"readback", "读回核对"},
    [INSTALL_CHECK] = {"check", "检查内容"}, [INSTALL_HOLD] = {"hold", "等待批准"},
    [INSTALL_SEAL] = {"seal", "封存"},       [INSTALL_COMMIT] = {"commit", "切换"},
    [INSTALL_TRIAL] = {"trial", "试用"},     [INSTALL_CONFIRM] = {"confirm", "确认"},
    [INSTALL_PRUNE] = {"prune", "清理旧期"},
};

const char *install_state_name(enum install_state s)
{
    assert(s >= INSTALL_IDLE && s < INSTALL_STATE_COUNT);
    return state_names[s].name;
}

const char *install_state_name_zh(enum install_state s)
{
    assert(s >= INSTALL_IDLE && s < INSTALL_STATE_COUNT);
    return state_names[s].zh;
}

static bool has_job(const struct install *in)
{
    return in->state >= INSTALL_AUTH && in->state <= INSTALL_COMMIT;
}

/* Where the machine rests between jobs: the trial is on disk, so that a restart finds it again. */
static enum install_state rest_state(const struct install *in)
{
    return in->select.phase == SELECT_TRIAL ? INSTALL_TRIAL : INSTALL_IDLE;
}

static void check_invariants(const struct install *in)
{
    assert(in->state != INSTALL_IDLE || in->select.phase == SELECT_OK);
    assert(in->state != INSTALL_TRIAL || in->select.phase == SELECT_TRIAL);
    assert(in->select.phase != SELECT_TRIAL || !edition_id_is_none(in->select.current));
    assert(has_job(in) == in->job.started);
    assert(in->job.stage == NULL || (in->state >= INSTALL_STAGE && in->state <= INSTALL_SEAL));
    (void)in;
}

/* Writes the record; afterwards in->select is what the disk says, also after a failure. */
static enum err select_change(struct install *in, const struct select *next)
{
    struct select s = *next;
    enum err e = select_write(in->config.root, &s);
    if (e == ERR_OK) {
        assert(edition_id_cmp(s.floor, in->select.floor) >= 0);
        in->select = s;
        return ERR_OK;
    }
    struct select found;
    if (select_read(in->config.root, &found) == ERR_OK) {
        in->select = found;
    }
    return e;
}

/* When it cannot be told, it is: who reads it finds out, and goes on to the next best. */
static bool is_sealed(const struct install *in, struct edition_id id)
{
    char path[PATH_MAX];
    struct stat st;
    return !edition_id_is_none(id) &&
           store_edition_path(in->config.root, id, "content.db", path) == ERR_OK &&
           (stat(path, &st) == 0 || err_of_errno(errno) != ERR_MISSING);
}

/* What to show when the current edition is given up: previous, else the best sealed one, else none
 * (factory). */
static struct edition_id next_best(const struct install *in, const struct select *s)
{
    struct edition_id ids[STORE_EDITIONS_MAX];
    size_t n = 0;
    if (!edition_id_eq(s->previous, s->current) && !select_is_bad(s, s->previous) &&
        is_sealed(in, s->previous)) {
        return s->previous;
    }
    enum err e = store_list(in->config.root, ids, &n);
    if (e != ERR_OK) { /* one failed call does not make a terminal empty */
        e = store_list(in->config.root, ids, &n);
    }
    if (e == ERR_OK) {
        for (size_t i = 0; i < n; i++) {
            if (!edition_id_eq(ids[i], s->current) && !select_is_bad(s, ids[i]) &&
                edition_id_cmp(ids[i], s->floor) >= 0) {
                return ids[i];
            }
        }
    }
    return (struct edition_id){0, 0};
}

/* Leaves the current edition for the next best one. */
static enum err fall_back(struct install *in, bool bad_list)
{
    struct select next = in->select;
    if (bad_list && !PLANT(bad_list_forgotten)) {
        select_add_bad(&next, next.current);
    }
    next.current = next_best(in, &next);
    next.previous = (struct edition_id){0, 0};
    next.phase = SELECT_OK;
    next.tries = 0;
    enum err e = select_change(in, &next);
    if (e == ERR_OK) {
        e = select_backup(in->config.root, &in->select);
    }
    if (!has_job(in)) {
        in->state = rest_state(in);
    }
    return e;
}

/* --- opening --- */

/* No record is readable although there was one: the highest editions whose heads verify. An error
 * when they cannot be looked at now: a record that forgets them is never written. What the medium
 * does not give counts for the floor all the same. */
static enum err select_derive(const struct install *in, struct select *s)
{
    struct edition_id ids[STORE_EDITIONS_MAX];
    size_t n = 0;
    struct trust *trust = NULL;
    enum err e = store_list(in->config.root, ids, &n);
    if (e != ERR_OK || n == 0) {
        return e;
    }
    e = roots_open(in->config.root, &trust);
    for (size_t i = 0; e == ERR_OK && i < n && edition_id_is_none(s->previous); i++) {
        struct package *p = NULL;
        enum reject why = seal_open(in->config.root, ids[i], trust, &p);
        if (why == REJECT_NONE) {
            *(edition_id_is_none(s->current) ? &s->current : &s->previous) = ids[i];
        }
        bool counts = why == REJECT_NONE || why == REJECT_UNREADABLE;
        if (counts && edition_id_is_none(s->floor) && !PLANT(rebuild_forgets_floor)) {
            s->floor = ids[i];
        }
        e = why == REJECT_NOMEM ? ERR_NOMEM : ERR_OK;
        package_close(p);
    }
    select_forget_older_epochs(s);
    trust_close(trust);
    return e;
}

/* One start of a trial. */
static enum err trial_count(struct install *in, struct install_start_up *found)
{
    struct select next = in->select;
    if (next.phase != SELECT_TRIAL) {
        return ERR_OK;
    }
    if (next.tries > 0) {
        next.tries -= PLANT(tries_not_counted) ? 0 : 1;
        return select_change(in, &next); /* S6 */
    }
    if (edition_id_is_none(next_best(in, &next))) {
        return ERR_OK; /* nothing better to show: the trial goes on */
    }
    found->trial_given_up = true;
    found->given_up = next.current;
    return fall_back(in, false);
}

enum err install_open(const struct install_config *c, struct install **ret_install,
                      struct install_start_up *ret_found)
{
    struct install_start_up found = {0};
    struct install *in = calloc(1, sizeof *in);
    if (!in) {
        return ERR_NOMEM;
    }
    in->config = *c;
    in->job.base_fd = -1;
    enum err e = select_read(c->root, &in->select);
    if (e == ERR_CORRUPT || e == ERR_MISSING) {
        struct select fresh = {0};
        struct edition_id ids[STORE_EDITIONS_MAX];
        size_t n = 0;
        found.rebuilt = e == ERR_CORRUPT || (store_list(c->root, ids, &n) == ERR_OK && n > 0);
        e = select_derive(in, &fresh);
        if (e == ERR_OK) {
            e = select_change(in, &fresh);
        }
    }
    struct select backup;
    if (e == ERR_OK && select_read_backup(c->root, &backup) == ERR_OK &&
        edition_id_cmp(backup.floor, in->select.floor) > 0) {
        in->select.floor = backup.floor; /* the floor is kept twice and never falls */
        select_forget_older_epochs(&in->select);
    }
    if (e == ERR_OK) {
        e = trial_count(in, &found);
    }
    if (e != ERR_OK) {
        free(in);
        return e;
    }
    in->state = rest_state(in);
    check_invariants(in);
    stage_sweep(c->root);
    *ret_found = found;
    *ret_install = in;
    return ERR_OK;
}

void install_close(struct install *in)
{
    if (!in) {
        return;
    }
    job_finish(&in->job, false);
    box_reap(&in->left);
    free(in);
}

/* --- the job --- */

enum err install_start(struct install *in, const struct install_source *source, bool again)
{
    if (in->state != INSTALL_IDLE && in->state != INSTALL_TRIAL) {
        return ERR_BUSY;
    }
    memset(&in->report, 0, sizeof in->report);
    in->approved = false;
    job_init(&in->job, &in->config, source, again, &in->left);
    in->state = INSTALL_AUTH;
    check_invariants(in);
    return ERR_OK;
}

/* Is what was staged worth keeping for the next attempt? Only when nothing was wrong with the bytes
 * or the disk. */
static bool part_is_kept(enum reject why)
{
    return why == REJECT_TRUNCATED || why == REJECT_UNREADABLE || why == REJECT_STOPPED ||
           PLANT(part_always_kept);
}

static void job_end(struct install *in, enum reject why)
{
    job_finish(&in->job, !part_is_kept(why));
    in->report.source_done = true;
    in->report.reject = why;
    in->report.finished = true;
    in->state = rest_state(in);
}

static enum job_step hold_step(const struct install *in)
{
    return in->approved ? JOB_NEXT : JOB_LATER;
}

/* The order of the enum, but that without approval to wait for nobody sees HOLD. */
static enum install_state state_after(const struct install *in)
{
    return in->state == INSTALL_CHECK && in->config.auto_apply
               ? INSTALL_SEAL
               : (enum install_state)(in->state + 1);
}

static enum job_step commit_step(struct install *in, enum reject *ret_why)
{
    struct select next = in->select;
    if (next.phase == SELECT_OK || PLANT(previous_of_trial)) {
        next.previous = next.current; /* of an unconfirmed trial the one before it stays */
    }
    next.current = in->job.id;
    if (PLANT(commit_forgets_previous)) {
        next.previous = (struct edition_id){0, 0};
    }
    if (PLANT(commit_raises_floor)) {
        next.floor = next.current;
    }
    next.phase = SELECT_TRIAL;
    next.tries = INSTALL_TRIES;
    enum err e = select_change(in, &next); /* S5 */
    if (e == ERR_OK) {
        in->drawn = (struct edition_id){0, 0}; /* an edition that is repaired is drawn anew */
        return JOB_NEXT;
    }
    *ret_why = job_reason(e);
    return JOB_REFUSED;
}

static enum job_step job_work(struct install *in, enum reject *ret_why)
{
    struct job *j = &in->job;
    const char *root = in->config.root;
    switch (in->state) {
    case INSTALL_AUTH:
        return job_auth(j, &in->config, &in->select, &in->report, ret_why);
    case INSTALL_BASE:
        return job_base(j, root, ret_why);
    case INSTALL_STAGE:
        return job_stage(j, root, &in->report, ret_why);
    case INSTALL_SYNC:
        return job_sync(j, ret_why);
    case INSTALL_READBACK:
        return job_readback(j, &in->report, ret_why);
    case INSTALL_CHECK:
        return job_check(j, ret_why);
    case INSTALL_HOLD:
        return hold_step(in);
    case INSTALL_SEAL:
        return job_seal(j, root, ret_why);
    case INSTALL_COMMIT:
        return commit_step(in, ret_why);
    case INSTALL_IDLE:
    case INSTALL_TRIAL:
    case INSTALL_CONFIRM:
    case INSTALL_PRUNE:
    case INSTALL_STATE_COUNT:
        break;
    }
    assert(false); /* a state without a job */
    return JOB_REFUSED;
}

static enum install_pace job_advance(struct install *in)
{
    enum reject why = REJECT_NONE;
    enum job_step step = job_work(in, &why);
    if (step == JOB_LATER) {
        return INSTALL_LATER;
    }
    if (step == JOB_REFUSED) {
        job_end(in, why);
    } else if (step == JOB_NEXT && (in->job.was_applied || in->state == INSTALL_COMMIT)) {
        job_end(in, REJECT_NONE);
    } else if (step == JOB_NEXT) {
        in->state = state_after(in);
        in->report.done = 0;
    }
    return INSTALL_AT_ONCE;
}

/* --- trial, confirmation, pruning --- */

static enum err confirm(struct install *in)
{
    char path[PATH_MAX];
    struct select next = in->select;
    struct buf bytes = {0};
    struct manifest m;
    assert(next.phase == SELECT_TRIAL);
    next.phase = SELECT_OK;
    next.tries = 0;
    if (edition_id_cmp(next.current, next.floor) > 0 && !PLANT(confirm_keeps_floor)) {
        next.floor = next.current;
    }
    select_forget_older_epochs(&next);
    if (store_edition_path(in->config.root, next.current, "manifest", path) == ERR_OK &&
        file_read(path, MANIFEST_MAX, &bytes) == ERR_OK &&
        manifest_parse(buf_slice(&bytes), &m) == ERR_OK) {
        int64_t built_s = (int64_t)date_to_days(m.built) * 86400;
        next.time_floor_s = built_s > next.time_floor_s ? built_s : next.time_floor_s;
    }
    buf_finish(&bytes);
    enum err e = select_change(in, &next); /* S7 */
    if (e == ERR_OK) {
        e = select_backup(in->config.root, &in->select); /* S8 */
    }
    return e;
}

static bool may_confirm(const struct install *in)
{
    return in->config.auto_confirm || edition_id_eq(in->drawn, in->select.current);
}

static enum install_pace trial_step(struct install *in)
{
    if (!may_confirm(in)) {
        return INSTALL_AT_REST;
    }
    if (in->confirm_pause > 0) {
        in->confirm_pause--;
        return INSTALL_LATER;
    }
    in->state = INSTALL_CONFIRM;
    return INSTALL_AT_ONCE;
}

static enum install_pace confirm_step(struct install *in)
{
    enum err e = in->select.phase == SELECT_TRIAL ? confirm(in) : ERR_OK;
    in->state = e == ERR_OK ? INSTALL_PRUNE : rest_state(in);
    in->confirm_pause = e == ERR_OK ? 0 : CONFIRM_PAUSE;
    return e == ERR_OK ? INSTALL_AT_ONCE : INSTALL_LATER;
}

static enum install_pace prune_step(struct install *in)
{
    struct edition_id ids[STORE_EDITIONS_MAX];
    size_t n = 0;
    assert(in->select.phase == SELECT_OK);
    enum err e = store_list(in->config.root, ids, &n);
    for (size_t i = 0; e == ERR_OK && i < n; i++) {
        if (!edition_id_eq(ids[i], in->select.current) &&
            (!edition_id_eq(ids[i], in->select.previous) || PLANT(prune_takes_previous))) {
            if (seal_remove(in->config.root, ids[i]) == ERR_OK) {
                return INSTALL_AT_ONCE;
            }
            break; /* the disk refuses: leave the rest for the next time */
        }
    }
    if (e == ERR_OK) {
        e = seal_sweep(in->config.root);
    }
    if (e == ERR_OK) {
        e = stage_clean(in->config.root, NULL);
    }
    in->state = INSTALL_IDLE; /* what could not be deleted goes next time */
    return INSTALL_AT_ONCE;
}

enum install_pace install_step(struct install *in)
{
    enum install_pace pace = INSTALL_AT_REST;
    check_invariants(in);
    box_reap(&in->left);
    if (has_job(in)) {
        pace = job_advance(in);
    } else if (in->state == INSTALL_TRIAL) {
        pace = trial_step(in);
    } else if (in->state == INSTALL_CONFIRM) {
        pace = confirm_step(in);
    } else if (in->state == INSTALL_PRUNE) {
        pace = prune_step(in);
    }
    check_invariants(in);
    return pace;
}

/* --- what others see and decide --- */

enum install_state install_state(const struct install *in)
{
    return in->state;
}

const struct install_report *install_report(const struct install *in)
{
    return &in->report;
}

const struct select *install_select(const struct install *in)
{
    return &in->select;
}

struct policy install_policy(const struct install *in, const struct trust *t)
{
    return job_policy(&in->config, t);
}

bool install_has_readers(const struct install *in)
{
    for (size_t i = 0; i < sizeof in->left.pid / sizeof *in->left.pid; i++) {
        if (in->left.pid[i] != 0) {
            return true;
        }
    }
    return false;
}

enum err install_approve(struct install *in)
{
    if (in->state != INSTALL_HOLD) {
        return ERR_USAGE;
    }
    in->approved = true;
    return ERR_OK;
}

enum err install_reject(struct install *in)
{
    if (!has_job(in)) {
        return ERR_USAGE;
    }
    job_end(in, REJECT_STOPPED);
    return ERR_OK;
}

enum err install_drawn(struct install *in, struct edition_id id)
{
    if (in->select.phase != SELECT_TRIAL || !edition_id_eq(id, in->select.current)) {
        return ERR_OK;
    }
    in->drawn = id;
    in->confirm_pause = 0;
    return has_job(in) ? confirm(in) : ERR_OK; /* a job goes on; pruning waits for its end */
}

enum err install_failed(struct install *in, struct edition_id id)
{
    if (in->select.phase != SELECT_TRIAL || !edition_id_eq(id, in->select.current)) {
        return ERR_USAGE;
    }
    return fall_back(in, true);
}

bool install_can_roll_back(const struct install *in)
{
    return is_sealed(in, in->select.previous) && !select_is_bad(&in->select, in->select.previous);
}

enum err install_rollback(struct install *in)
{
    if (!is_sealed(in, in->select.previous) || has_job(in)) {
        return ERR_USAGE;
    }
    return fall_back(in, true);
}

enum err install_damaged(struct install *in, struct edition_id id)
{
    if (edition_id_is_none(id) || !edition_id_eq(id, in->select.current) || has_job(in)) {
        return ERR_USAGE;
    }
    return fall_back(in, false);
}

void install_prune(struct install *in)
{
    if (in->state == INSTALL_IDLE) {
        in->state = INSTALL_PRUNE;
    }
}
