/* Editions for the screens. The store is only read here; syncd is the one writer, and the screens
 * live without it. */
#include "kiosk/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "store/link.h"
#include "store/proof.h"
#include "store/store.h"

#define RETRY_FIRST_MS 1000
#define RETRY_LAST_MS 60000

struct source {
    const char *file; /* --edition */
    const char *root, *factory;
    struct store_choice shown;
    struct store_tried tried;   /* did not open, or could not be proven */
    struct store_tried damaged; /* did not open */
    struct link *link;
    int64_t retry_at_ms, retry_after_ms;
    bool drawn;
    bool file_failed; /* the only file there is turned out damaged */
    source_hear_fn hear;
    void *user;
};

enum err source_of_file(const char *path, struct source **ret_source)
{
    struct source *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return ERR_NOMEM;
    }
    s->file = path;
    *ret_source = s;
    return ERR_OK;
}

static void greet(struct source *s)
{
    struct link_message hello;
    link_message_init(&hello, "hello");
    link_add(&hello, "program", "kiosk");
    if (link_send(s->link, &hello) != ERR_OK) {
        link_close(s->link);
        s->link = NULL;
    }
}

static void try_connect(struct source *s, int64_t now_ms)
{
    if (link_connect(s->root, &s->link) == ERR_OK) {
        s->retry_after_ms = RETRY_FIRST_MS;
        s->drawn = false;
        greet(s);
        return;
    }
    s->link = NULL;
    s->retry_at_ms = now_ms + s->retry_after_ms;
    s->retry_after_ms =
        s->retry_after_ms * 2 > RETRY_LAST_MS ? RETRY_LAST_MS : s->retry_after_ms * 2;
}

enum err source_of_store(const char *root, const char *factory, struct source **ret_source)
{
    struct source *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return ERR_NOMEM;
    }
    s->root = root;
    s->factory = factory;
    s->retry_after_ms = RETRY_FIRST_MS;
    *ret_source = s;
    return ERR_OK;
}

void source_close(struct source *s)
{
    if (s == NULL) {
        return;
    }
    link_close(s->link);
    free(s);
}

/* Signature lines that syncd kept beside the edition: minisign's trusted comment, "trusted comment:
 * role:office …". */
static void read_signers(const char *db_path, struct edition_status *st)
{
    char path[PATH_MAX];
    const char *slash = strrchr(db_path, '/');
    int n = slash ? snprintf(path, sizeof path, "%.*s/sigs", (int)(slash - db_path), db_path) : -1;
    struct buf text = {0};
    if (n > 0 && (size_t)n < sizeof path && file_read(path, 64u * 1024, &text) == ERR_OK) {
        struct slice rest = buf_slice(&text);
        const struct slice mark = SLICE_LIT("trusted comment: ");
        while (rest.n && st->signer_count < 4) {
            struct slice line = slice_cut(&rest, '\n');
            if (slice_has_prefix(line, mark)) {
                struct signer_line *to = &st->signers[st->signer_count++];
                struct slice comment = slice_sub(line, mark.n, line.n);
                size_t role = slice_find(comment, SLICE_LIT("role:review"), 0);
                (void)snprintf(to->role, sizeof to->role, "%s",
                               role != SIZE_MAX ? "保密审查" : "办公室");
                (void)snprintf(to->comment, sizeof to->comment, "%.*s", (int)comment.n, comment.p);
            }
        }
    }
    buf_finish(&text);
}

static void describe(const struct store_choice *c, const struct edition *e,
                     struct edition_status *st)
{
    *st = (struct edition_status){.trial = c->trial, .fallback = c->kind != STORE_CURRENT};
    (void)snprintf(st->note, sizeof st->note, "%s", c->reason);
    st->epoch = (uint64_t)edition_fact_int(e, "epoch", 0);
    st->number = (uint64_t)edition_fact_int(e, "edition", 0);
    read_signers(c->path, st);
}

static enum err open_file(struct source *s, struct edition **ret_edition,
                          struct edition_status *ret_status)
{
    enum err e = edition_open(s->file, ret_edition);
    if (e == ERR_OK) {
        struct store_choice c = {.kind = STORE_CURRENT};
        (void)snprintf(c.path, sizeof c.path, "%s", s->file);
        describe(&c, *ret_edition, ret_status);
    }
    return e;
}

static void tell_failed(struct source *s, const struct store_choice *c, const char *reason)
{
    if (s->link) {
        struct link_message m;
        link_message_init(&m, "failed");
        link_add_id(&m, c->id);
        link_add(&m, "reason", reason);
        (void)!link_send(s->link, &m);
    }
}

/* Every byte of an installed edition is held against its signed table when it is first read; the
 * factory edition is part of the read-only system. ERR_DENIED: whole, but nobody known signed it. */
static enum err open_choice(const struct source *s, const struct store_choice *c, bool any_signer,
                            struct edition **ret_edition)
{
    struct proof *proof = NULL;
    if (c->kind == STORE_FACTORY) {
        return edition_open(c->path, ret_edition);
    }
    enum err e = proof_open(s->root, c->id, &proof);
    if (e != ERR_OK) {
        return e;
    }
    if (!proof_is_signed(proof) && !any_signer) {
        proof_close(proof);
        return ERR_DENIED;
    }
    struct edition_proof reads = proof_take_reads(proof);
    return edition_open_verified(c->path, &reads, ret_edition);
}

/* The first of the chain that opens. */
static enum err open_first(struct source *s, bool any_signer, struct edition **ret_edition,
                           struct edition_status *ret_status)
{
    for (;;) {
        struct store_choice c;
        enum err e = store_choose(s->root, s->factory, &s->tried, &c);
        if (e != ERR_OK) {
            return e;
        }
        e = open_choice(s, &c, any_signer, ret_edition);
        if (e == ERR_OK) {
            s->shown = c;
            s->drawn = false;
            describe(&c, *ret_edition, ret_status);
            return ERR_OK;
        }
        store_tried_add(&s->tried, &c);
        if (e != ERR_DENIED) {
            tell_failed(s, &c, err_name(e));
            store_tried_add(&s->damaged, &c);
        }
    }
}

enum err source_open(struct source *s, struct edition **ret_edition,
                     struct edition_status *ret_status)
{
    if (s->file) {
        return s->file_failed ? ERR_MISSING : open_file(s, ret_edition, ret_status);
    }
    enum err e = open_first(s, false, ret_edition, ret_status);
    if (e == ERR_MISSING && s->tried.n > s->damaged.n) {
        /* better than an empty screen: what was accepted once and is whole */
        s->tried = s->damaged;
        e = open_first(s, true, ret_edition, ret_status);
        if (e == ERR_OK) {
            ret_status->fallback = true;
            (void)snprintf(ret_status->note, sizeof ret_status->note,
                           "本机的根证书（trust 文件夹）缺失或已更换，无法核对内容的签名；"
                           "请技术人员重新放入 root.1 和 root.1.sigs。");
        }
    }
    return e;
}

void source_failed(struct source *s, const char *reason)
{
    s->file_failed = s->file != NULL;
    if (s->file == NULL) {
        tell_failed(s, &s->shown, reason);
        store_tried_add(&s->tried, &s->shown);
        store_tried_add(&s->damaged, &s->shown);
    }
}

void source_drawn(struct source *s)
{
    if (s->drawn || s->link == NULL || s->shown.kind == STORE_FACTORY) {
        return;
    }
    struct link_message m;
    link_message_init(&m, "drawn");
    link_add_id(&m, s->shown.id);
    s->drawn = link_send(s->link, &m) == ERR_OK;
}

void source_listen(struct source *s, source_hear_fn hear, void *user)
{
    s->hear = hear;
    s->user = user;
}

enum err source_send(struct source *s, const struct link_message *m)
{
    return s->link ? link_send(s->link, m) : ERR_MISSING;
}

int source_fd(const struct source *s)
{
    return s->link ? link_fd(s->link) : -1;
}

/* Does this announcement name another edition than the one shown? */
static bool is_news(struct source *s, const struct link_message *m)
{
    struct edition_id id = link_id(m);
    if (strcmp(m->verb, "edition") != 0 || edition_id_eq(id, s->shown.id)) {
        return false;
    }
    s->tried = (struct store_tried){0}; /* what failed before may have been healed */
    s->damaged = (struct store_tried){0};
    return true;
}

bool source_poll(struct source *s, int64_t now_ms)
{
    bool news = false;
    if (s->file) {
        return false;
    }
    if (s->link == NULL && now_ms >= s->retry_at_ms) {
        try_connect(s, now_ms);
    }
    while (s->link) {
        struct link_message m;
        if (link_poll(s->link, &m) != ERR_OK) {
            link_close(s->link);
            s->link = NULL;
            s->retry_at_ms = now_ms + s->retry_after_ms;
            if (s->hear) {
                s->hear(s->user, NULL);
            }
        } else if (m.verb[0] == '\0') {
            break;
        } else {
            news = is_news(s, &m) || news;
            if (s->hear) {
                s->hear(s->user, &m);
            }
        }
    }
    return news;
}

int32_t source_next_ms(const struct source *s, int64_t now_ms)
{
    if (s->file || s->link) {
        return -1;
    }
    return s->retry_at_ms > now_ms ? (int32_t)(s->retry_at_ms - now_ms) : 0;
}
