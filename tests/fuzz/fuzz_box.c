/* A hostile child: what the importing process makes of the messages and the shared memory of the
 * process that reads packages (store/box.h). The box itself is played here. The first byte chooses
 * the head, a head alone or the frames; then every byte is one event: nothing, the end, an honest
 * message, an honest one with a byte changed, any message at all, or memory changed under the
 * reader. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "pack/keys.h"
#include "package/header.h"
#include "package/root.h"
#include "package/table.h"
#include "store/box_child.h"
#include "store/job.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define DB_SIZE (4u * PACKAGE_FRAME + 70000u) /* zeros, stored as they are */
#define EVENTS_MAX 64

struct box {
    int unused;
};

/* One play. */
static struct {
    struct trust *trust;
    struct buf manifest, signatures, table;
    uint64_t size;
    char root[64];
    struct box box;
    char shared[BOX_SHARED];
    struct slice input;
    bool frames, alone;
    struct box_message asked[BOX_SLOTS];
    uint32_t asks, answers, needs;
    uint64_t used;
} play;

static uint8_t next_byte(void)
{
    uint8_t b = play.input.n > 0 ? (uint8_t)play.input.p[0] : 0;
    play.input = slice_sub(play.input, 1, play.input.n);
    return b;
}

/* --- the box, played --- */

enum err box_start(const struct box_order *order, struct box **ret_box)
{
    (void)order;
    *ret_box = &play.box;
    return ERR_OK;
}

void box_end(struct box *b, struct box_left *left)
{
    (void)b;
    (void)left;
}

void box_reap(struct box_left *left)
{
    (void)left;
}

enum err box_send(struct box *b, const struct box_message *m)
{
    (void)b;
    if (m->kind == BOX_FRAME) {
        assert(m->slot == play.asks % BOX_SLOTS);
        play.asked[play.asks++ % BOX_SLOTS] = *m;
    }
    return ERR_OK;
}

int64_t box_silence_ms(const struct box *b)
{
    (void)b;
    return 0;
}

const char *box_shared(const struct box *b)
{
    (void)b;
    return play.shared;
}

enum reject box_why_ended(struct box *b)
{
    (void)b;
    return REJECT_CRASHED;
}

bool box_child_send(const struct box_room *room, const struct box_message *m)
{
    (void)room;
    (void)m;
    return false;
}

bool box_child_receive(const struct box_room *room, struct box_message *m)
{
    (void)room;
    (void)m;
    return false;
}

static struct box_message honest_head(void)
{
    const uint64_t lengths[] = {PACKAGE_HEADER, play.manifest.n, play.signatures.n, play.table.n};
    struct box_message m = {.kind = BOX_NEED};
    if (play.needs < 4 && !play.alone) {
        for (uint32_t i = 0; i < play.needs; i++) {
            m.offset += lengths[i];
        }
        m.n = lengths[play.needs++];
        return m;
    }
    const struct buf *const parts[] = {&play.manifest, &play.signatures, &play.table};
    char *to = play.shared;
    m = (struct box_message){.kind = BOX_HEAD, .n = play.alone ? play.size : 0};
    for (size_t i = 0; i < 3; i++) {
        memcpy(to, parts[i]->p, parts[i]->n);
        to += parts[i]->n;
        m.lengths[i] = parts[i]->n;
    }
    return m;
}

static struct box_message honest_message(void)
{
    struct box_message m = {0};
    if (!play.frames) {
        return honest_head();
    }
    if (play.answers < play.asks) {
        m = play.asked[play.answers++ % BOX_SLOTS];
        m.kind = BOX_DONE;
    }
    return m;
}

enum box_news box_receive(struct box *b, int wait_ms, struct box_message *ret_message)
{
    (void)b;
    (void)wait_ms;
    struct box_message m = {0};
    char *bytes = (char *)&m;
    switch (next_byte() % 8) {
    case 0:
        return BOX_SILENT;
    case 1:
        return BOX_ENDED;
    case 2: /* any message */
        for (size_t i = 0; i < sizeof m; i++) {
            bytes[i] = (char)next_byte();
        }
        break;
    case 3: { /* one byte of it changed */
        m = honest_message();
        size_t at = next_byte() % sizeof m;
        char value = (char)next_byte();
        bytes[at] = value;
        break;
    }
    case 4: { /* one byte of the memory changed */
        m = honest_message();
        size_t at = ((size_t)next_byte() << 16 | (size_t)next_byte() << 8 | next_byte()) %
                    (play.frames ? BOX_SHARED : 4096);
        play.shared[at] = (char)(play.shared[at] ^ next_byte());
        break;
    }
    default:
        m = honest_message();
        break;
    }
    *ret_message = m;
    return BOX_MESSAGE;
}

/* --- the job --- */

static enum source_ready on_want(void *user, uint64_t offset, uint64_t n)
{
    (void)user;
    assert(n > 0 && offset <= play.size && n <= play.size - offset);
    return SOURCE_READY;
}

static void on_used(void *user, uint64_t offset, uint64_t n)
{
    (void)user;
    assert(offset == play.used); /* each byte once, in order */
    play.used += n;
}

static void head_play(struct job *j)
{
    enum job_step step = JOB_LATER;
    enum reject why = REJECT_NONE;
    for (int i = 0; i < EVENTS_MAX && (step == JOB_LATER || step == JOB_MORE); i++) {
        step = job_head(j, &why);
    }
    assert(step != JOB_REFUSED || (why > REJECT_NONE && why < REJECT_COUNT));
    if (step == JOB_NEXT) { /* then it is the signed one, whatever was said */
        assert(slice_eq(package_manifest_bytes(j->package), buf_slice(&play.manifest)));
        assert(slice_eq(package_table_bytes(j->package), buf_slice(&play.table)));
    }
}

static void alone_play(struct box_left *left)
{
    const struct install_source source = {.fd = -1, .size = play.size - DB_SIZE};
    const struct head_order order = {
        .trust = play.trust, .source = &source, .alone = true, .left = left};
    struct head *h = NULL;
    struct package *p = NULL;
    enum head_step step = HEAD_LATER;
    enum reject why = REJECT_NONE;
    enum err e = head_open(&order, &h);
    assert(e == ERR_OK);
    for (int i = 0; i < EVENTS_MAX && (step == HEAD_LATER || step == HEAD_MORE); i++) {
        step = head_step(h, &p, &why);
    }
    assert(step != HEAD_REFUSED || (why > REJECT_NONE && why < REJECT_COUNT));
    assert((step == HEAD_GOOD) == (p != NULL));
    if (step == HEAD_GOOD) {
        assert(slice_eq(package_manifest_bytes(p), buf_slice(&play.manifest)));
        assert(package_total(p) == play.size);
    }
    package_close(p);
    head_close(h);
}

static void frames_play(struct job *j, const struct install_config *c)
{
    struct install_report report = {0};
    enum job_step step = JOB_LATER;
    enum reject why = REJECT_NONE;
    const struct package_sections s = {buf_slice(&play.manifest), buf_slice(&play.signatures),
                                       buf_slice(&play.table)};
    why = package_open_received(&s, play.size, play.trust, &j->package);
    assert(why == REJECT_NONE);
    j->id = (struct edition_id){1, 2};
    play.used = play.size - DB_SIZE;
    for (int i = 0; i < EVENTS_MAX && (step == JOB_LATER || step == JOB_MORE); i++) {
        step = job_stage(j, c->root, &report, &why);
        assert(report.done <= report.total);
    }
    assert(step != JOB_REFUSED || (why > REJECT_NONE && why < REJECT_COUNT));
    for (uint32_t i = 0; step == JOB_NEXT && i < package_frame_count(j->package); i++) {
        enum err e = stage_read(j->stage, j->frame_bytes, package_frame_size(j->package, i),
                                (uint64_t)i * PACKAGE_FRAME);
        assert(e == ERR_OK && job_frame_matches(j, i)); /* nothing but what was signed */
    }
    assert(step != JOB_NEXT || report.source_done);
}

/* --- an honest package --- */

static void leaves_append(struct buf *table)
{
    static const char zeros[PACKAGE_LEAF];
    for (uint32_t i = 0; i < leaf_count_of(DB_SIZE); i++) {
        struct hash h = hash_of((struct slice){zeros, leaf_plain_size(DB_SIZE, i)});
        buf_append(table, (struct slice){(const char *)h.b, sizeof h.b});
    }
}

static void package_prepare(const struct secret_key *office, const struct secret_key *review)
{
    static const uint8_t any[HASH_BYTES];
    struct manifest m = {.product = "gongkai",
                         .channel = "fuzz",
                         .epoch = 1,
                         .edition = 2,
                         .schema = 1,
                         .min_app = 10000,
                         .built = {2026, 9, 1},
                         .db_size = DB_SIZE,
                         .leaf = PACKAGE_LEAF,
                         .frame = PACKAGE_FRAME};
    buf_u32le(&play.table, frame_count_of(DB_SIZE));
    buf_u32le(&play.table, leaf_count_of(DB_SIZE));
    for (uint32_t i = 0; i < frame_count_of(DB_SIZE); i++) {
        buf_u32le(&play.table, frame_plain_size(DB_SIZE, i));
        buf_u32le(&play.table, FRAME_RAW);
        buf_append(&play.table, (struct slice){(const char *)any, sizeof any});
    }
    leaves_append(&play.table);
    m.table_hash = hash_of(buf_slice(&play.table));
    enum err e = manifest_write(&m, &play.manifest);
    e = e == ERR_OK ? key_sign(office, "office", buf_slice(&play.manifest), SLICE_LIT("x"),
                               &play.signatures)
                    : e;
    e = e == ERR_OK ? key_sign(review, "review", buf_slice(&play.manifest), SLICE_LIT("x"),
                               &play.signatures)
                    : e;
    assert(e == ERR_OK);
    play.size = PACKAGE_HEADER + play.manifest.n + play.signatures.n + play.table.n + DB_SIZE;
}

static void root_remove(void)
{
    enum err e = dir_remove(play.root);
    (void)e;
}

static void prepare(void)
{
    struct secret_key *key[3] = {NULL};
    struct buf text = {0};
    struct buf signatures = {0};
    struct root root = {.version = 1, .epoch = 1, .jump_cap = 1000, .channel = "fuzz"};
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < 3; i++) {
        e = key_generate(&key[i]);
    }
    assert(e == ERR_OK);
    root.groups[ROLE_OFFICE] = (struct root_group){1, 1, {key_public(key[0])}};
    root.groups[ROLE_REVIEW] = (struct root_group){1, 1, {key_public(key[1])}};
    root.groups[ROOT_GROUP] = (struct root_group){1, 1, {key_public(key[2])}};
    e = root_write(&root, &text);
    e = e == ERR_OK ? key_sign(key[2], "root", buf_slice(&text), SLICE_LIT("x"), &signatures) : e;
    e = e == ERR_OK ? trust_of(buf_slice(&text), buf_slice(&signatures), &play.trust) : e;
    assert(e == ERR_OK);
    package_prepare(key[0], key[1]);
    (void)strcpy(play.root, "/tmp/gongkai-fuzz-XXXXXX");
    e = mkdtemp(play.root) ? store_create(play.root) : ERR_IO;
    assert(e == ERR_OK);
    (void)atexit(root_remove);
    for (size_t i = 0; i < 3; i++) {
        key_destroy(key[i]);
    }
    buf_finish(&text);
    buf_finish(&signatures);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct job j;
    struct box_left left = {0};
    if (play.trust == NULL) {
        prepare();
    }
    if (n == 0) {
        return 0;
    }
    play.input = (struct slice){(const char *)data + 1, n - 1};
    play.frames = data[0] % 2 != 0;
    play.alone = !play.frames && data[0] % 4 != 0;
    play.asks = play.answers = play.needs = 0;
    play.used = 0;
    memset(play.shared, 0, sizeof play.shared);
    const struct install_config c = {.root = play.root};
    const struct install_source source = {
        .fd = -1, .size = play.size, .want = on_want, .used = on_used};
    job_init(&j, &c, &source, false, &left);
    j.trust = play.trust;
    j.frame_bytes = malloc(PACKAGE_FRAME);
    assert(j.frame_bytes != NULL);
    if (play.alone) {
        alone_play(&left);
    } else if (play.frames) {
        frames_play(&j, &c);
    } else {
        head_play(&j);
    }
    j.trust = NULL; /* stays for the next input */
    job_finish(&j, true);
    return 0;
}
