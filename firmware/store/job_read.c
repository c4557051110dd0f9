/* What a job reads through the box: the head in AUTH (head.h), the frames in STAGE. Guarantees that
 * nothing the child says is used before it was verified here, that each byte of the source is asked
 * for once, in ascending order, and that a child or source that hangs ends the job and not the
 * daemon. */
#include "store/job.h"

#include <assert.h>
#include <string.h>

#include "base/plant.h"
#include "store/box_child.h"
#include "store/head.h"

#define WAIT_MS 5         /* for an answer within a step */
#define PROOF_DISTANCE 12 /* frames behind the one being written */

static const struct box_runs real_runs = {box_run_head, box_run_frames};

static enum source_ready want(const struct job *j, uint64_t offset, uint64_t n)
{
    return j->source.want ? j->source.want(j->source.user, offset, n) : SOURCE_READY;
}

static void used(const struct job *j, uint64_t offset, uint64_t n)
{
    if (j->source.used && n > 0) {
        j->source.used(j->source.user, offset, n);
    }
}

/* Starts the child of STAGE. */
static enum reject child_start(struct job *j, box_run run, void *task)
{
    const struct box_order order = {.run = run,
                                    .task = task,
                                    .source = j->source.fd,
                                    .base = j->base_fd,
                                    .base_size = j->base_size};
    memset(&j->reading, 0, sizeof j->reading);
    return box_start(&order, &j->box) == ERR_OK ? REJECT_NONE : REJECT_NOMEM;
}

static void child_end(struct job *j)
{
    box_end(j->box, j->left);
    j->box = NULL;
}

/* No message: later, or the end. */
static enum job_step no_message(struct job *j, enum box_news news, enum reject *ret_why)
{
    enum reject why = head_no_message(j->box, news, j->config->box_limit_ms);
    return why == REJECT_NONE ? JOB_LATER : job_refuse(why, ret_why);
}

/* --- AUTH --- */

enum job_step job_head(struct job *j, enum reject *ret_why)
{
    const struct box_runs *runs = j->config->box ? j->config->box : &real_runs;
    if (!j->head) {
        const struct head_order order = {.trust = j->trust,
                                         .source = &j->source,
                                         .run = runs->head,
                                         .wait_ms = WAIT_MS,
                                         .limit_ms = j->config->box_limit_ms,
                                         .left = j->left};
        if (head_open(&order, &j->head) != ERR_OK) {
            return job_refuse(REJECT_NOMEM, ret_why);
        }
    }
    switch (head_step(j->head, &j->package, ret_why)) {
    case HEAD_MORE:
        return JOB_MORE;
    case HEAD_LATER:
        return JOB_LATER;
    case HEAD_GOOD:
        head_close(j->head);
        j->head = NULL;
        return JOB_NEXT;
    case HEAD_REFUSED:
        break;
    }
    return JOB_REFUSED;
}

/* --- STAGE --- */

bool job_frame_matches(const struct job *j, uint32_t frame)
{
    const struct slice plain = {j->frame_bytes, package_frame_size(j->package, frame)};
    return PLANT(leaf_unchecked) || package_leaves_match(j->package, frame, plain);
}

static enum reject frame_reason(uint32_t why)
{
    bool possible = why == REJECT_TRUNCATED || why == REJECT_UNREADABLE ||
                    why == REJECT_BASE_MISSING || why == REJECT_NOMEM;
    return possible ? (enum reject)why : REJECT_FRAME;
}

/* Is the frame there from an earlier attempt? */
static bool frame_kept(struct job *j, uint32_t frame)
{
    return stage_is_resumed(j->stage) && job_frame_read_back(j, frame);
}

/* While the source is slow: reads back, from the medium, what was written some time ago, so that
 * READBACK has little left. What does not match now is READBACK's to refuse. */
static void prove_one(struct job *j)
{
    const struct job_reading *r = &j->reading;
    uint32_t staged = j->frame - (r->asked - r->taken);
    if (j->proven + PROOF_DISTANCE < staged &&
        stage_is_out(j->stage, PACKAGE_FRAME, (uint64_t)j->proven * PACKAGE_FRAME) &&
        job_frame_read_back(j, j->proven)) {
        j->proven++;
    }
}

/* Asks the child for the next frame, which is not kept. JOB_NEXT: asked. */
static enum job_step frame_ask(struct job *j, enum reject *ret_why)
{
    uint64_t offset = 0;
    uint32_t n = 0;
    struct job_reading *r = &j->reading;
    const struct box_runs *runs = j->config->box ? j->config->box : &real_runs;
    package_frame_place(j->package, j->frame, &offset, &n);
    enum source_ready ready = want(j, offset, n);
    if (ready != SOURCE_READY) {
        return ready == SOURCE_LATER ? JOB_LATER : job_refuse(REJECT_UNREADABLE, ret_why);
    }
    if (!j->box) {
        enum reject why = child_start(j, runs->frames, j->package);
        if (why != REJECT_NONE) {
            return job_refuse(why, ret_why);
        }
    }
    const struct box_message m = {
        .kind = BOX_FRAME, .frame = j->frame, .slot = r->asked % BOX_SLOTS};
    if (box_send(j->box, &m) != ERR_OK) {
        return job_refuse(REJECT_STORAGE, ret_why);
    }
    r->frame[m.slot] = j->frame;
    r->asked++;
    j->frame++;
    return JOB_NEXT;
}

/* An answer: the oldest frame asked for, and nothing else. */
static enum job_step frame_take(struct job *j, const struct box_message *m, enum reject *ret_why)
{
    struct job_reading *r = &j->reading;
    uint32_t slot = r->taken % BOX_SLOTS;
    uint32_t frame = r->frame[slot];
    uint32_t size = package_frame_size(j->package, frame);
    uint64_t offset = 0;
    uint32_t n = 0;
    if (m->kind == BOX_REFUSED) {
        return job_refuse(frame_reason(m->why), ret_why);
    }
    if (m->kind != BOX_DONE || m->slot != slot || m->frame != frame) {
        return job_refuse(REJECT_FRAME, ret_why);
    }
    package_frame_place(j->package, frame, &offset, &n);
    used(j, offset, n);
    memcpy(j->frame_bytes, box_shared(j->box) + (size_t)slot * PACKAGE_FRAME, size);
    r->taken++;
    if (!job_frame_matches(j, frame)) {
        bool delta = package_frame_is_delta(j->package, frame);
        return job_refuse(delta ? REJECT_BASE_MISSING : REJECT_FRAME, ret_why);
    }
    enum err e = stage_write(j->stage, j->frame_bytes, size, (uint64_t)frame * PACKAGE_FRAME);
    return e == ERR_OK ? JOB_MORE : job_refuse(job_reason(e), ret_why);
}

static void progress(struct job *j, struct install_report *report)
{
    uint64_t done = (uint64_t)(j->frame - (j->reading.asked - j->reading.taken)) * PACKAGE_FRAME;
    report->total = package_manifest(j->package)->db_size;
    report->done = done < report->total ? done : report->total;
}

/* Keeps the child busy, then takes one frame. */
static enum job_step frames_step(struct job *j, struct install_report *report, enum reject *ret_why)
{
    struct box_message m;
    struct job_reading *r = &j->reading;
    enum job_step step = JOB_NEXT;
    while (step == JOB_NEXT && r->asked - r->taken < BOX_SLOTS &&
           j->frame < package_frame_count(j->package)) {
        if (frame_kept(j, j->frame)) {
            report->resumed = true;
            j->frame++;
            return JOB_MORE; /* that was work enough for a step */
        }
        step = frame_ask(j, ret_why);
    }
    if (r->asked == r->taken) { /* refused, waiting for the source, or all done */
        if (step == JOB_LATER) {
            prove_one(j);
        }
        return step;
    }
    /* A refusal waits too: what has been read is worth keeping, and it will be asked again. */
    enum box_news news = box_receive(j->box, WAIT_MS, &m);
    if (news == BOX_SILENT) {
        prove_one(j);
    }
    return news == BOX_MESSAGE ? frame_take(j, &m, ret_why) : no_message(j, news, ret_why);
}

enum job_step job_stage(struct job *j, const char *root, struct install_report *report,
                        enum reject *ret_why)
{
    if (!j->stage) {
        uint64_t db_size = package_manifest(j->package)->db_size;
        enum err e = stage_open(root, j->id, db_size, &j->stage);
        if (e != ERR_OK) {
            return job_refuse(job_reason(e), ret_why);
        }
    }
    enum job_step step = frames_step(j, report, ret_why);
    progress(j, report);
    if (step == JOB_NEXT) {
        child_end(j);
        report->source_done = true;
    }
    return step;
}
