/* Guarantees that no file is lost and that each gets its receipt, even when power goes between any
 * two steps: the receipt's name depends on the file alone, and the file leaves the drop folder only
 * after its receipt is on disk. */
#include "syncd/transfer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/history.h"
#include "store/store.h"
#include "syncd/tidy.h"

#define HASH_BYTES_A_STEP (1u << 20)
#define HASHED_MAX (PACKAGE_DB_MAX + (64ull << 20)) /* larger files are refused unhashed */

enum phase { TRANSFER_IDLE = 0, TRANSFER_INSTALL, TRANSFER_HASH, TRANSFER_FINISH };

struct transfer {
    struct transfer_context c;
    enum phase phase;
    bool from_drop;
    int fd;
    struct drop_file file;
    bool opened; /* the install machine has it */
    enum reject reject;
    struct hash_state hash;
    uint64_t hashed;
    char hex[2 * HASH_BYTES + 1];
    char *bytes; /* HASH_BYTES_A_STEP */
    unsigned failures;
};

enum err transfer_create(const struct transfer_context *c, struct transfer **ret_transfer)
{
    struct transfer *t = calloc(1, sizeof *t);
    if (!t) {
        return ERR_NOMEM;
    }
    t->c = *c;
    t->fd = -1;
    t->bytes = malloc(HASH_BYTES_A_STEP);
    if (!t->bytes) {
        free(t);
        return ERR_NOMEM;
    }
    *ret_transfer = t;
    return ERR_OK;
}

static void file_close(struct transfer *t)
{
    if (t->fd >= 0) {
        close(t->fd);
    }
    t->fd = -1;
}

void transfer_destroy(struct transfer *t)
{
    if (!t) {
        return;
    }
    file_close(t);
    free(t->bytes);
    free(t);
}

bool transfer_is_idle(const struct transfer *t)
{
    return t->phase == TRANSFER_IDLE;
}

const char *transfer_file(const struct transfer *t)
{
    return t->phase == TRANSFER_IDLE ? "" : t->file.name;
}

unsigned transfer_failures(const struct transfer *t)
{
    return t->failures;
}

/* --- the record of the file under way --- */

static enum err record_text(const struct transfer *t, char path[PATH_MAX], char name[PATH_MAX])
{
    enum err e = store_path(t->c.root, "state/job", path);
    return e == ERR_OK ? receipt_path(t->c.root, t->file.name, &t->file.identity, name) : e;
}

/* Was this very file under way when the program last ended? */
static bool record_matches(const struct transfer *t)
{
    char path[PATH_MAX];
    char name[PATH_MAX];
    struct buf found = {0};
    bool same = record_text(t, path, name) == ERR_OK &&
                file_read(path, PATH_MAX, &found) == ERR_OK &&
                slice_eq_cstr(buf_slice(&found), name);
    buf_finish(&found);
    return same;
}

static enum err record_write(const struct transfer *t)
{
    char path[PATH_MAX];
    char name[PATH_MAX];
    enum err e = record_text(t, path, name);
    return e == ERR_OK ? file_replace(path, slice_of(name), 0644) : e;
}

static void record_remove(const struct transfer *t)
{
    char path[PATH_MAX];
    if (store_path(t->c.root, "state/job", path) == ERR_OK) {
        (void)unlink(path); /* one that stays does no harm: its file is no longer there */
    }
}

/* --- taking a file --- */

static void decide(struct transfer *t, enum reject why)
{
    t->reject = why;
    t->hex[0] = '\0';
    t->hashed = 0;
    hash_init(&t->hash);
    t->phase = t->fd >= 0 && t->file.identity.size <= HASHED_MAX ? TRANSFER_HASH : TRANSFER_FINISH;
}

static void start(struct transfer *t, bool again)
{
    const struct install_source source = {.fd = t->fd, .size = t->file.identity.size};
    enum err e = install_start(t->c.install, &source, again);
    assert(e == ERR_OK); /* the caller waits for the machine to be at rest */
    (void)e;
    t->opened = true;
    t->phase = TRANSFER_INSTALL;
}

void transfer_take(struct transfer *t, const struct drop_file *file)
{
    assert(t->phase == TRANSFER_IDLE);
    char path[PATH_MAX];
    char name[PATH_MAX];
    struct stat st;
    t->from_drop = true;
    t->opened = false;
    t->file = *file;
    int n = snprintf(name, sizeof name, "drop/%s", file->name);
    if (!file->regular || n < 0 || (size_t)n >= sizeof name ||
        store_path(t->c.root, name, path) != ERR_OK) {
        decide(t, REJECT_UNREADABLE);
        return;
    }
    t->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (t->fd < 0 && errno == ENOENT) {
        return; /* taken away again */
    }
    if (t->fd < 0 || fstat(t->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        file_close(t);
        decide(t, REJECT_UNREADABLE);
        return;
    }
    if (st.st_ino != file->identity.inode || (uint64_t)st.st_size != file->identity.size) {
        file_close(t); /* another file by now: the next look finds it */
        return;
    }
    bool again = record_matches(t);
    enum err e = again ? ERR_OK : record_write(t);
    if (e != ERR_OK) {
        decide(t, e == ERR_NOSPACE    ? REJECT_NO_ROOM
                  : e == ERR_READONLY ? REJECT_READONLY
                                      : REJECT_STORAGE);
        return;
    }
    start(t, again);
}

enum err transfer_import(struct transfer *t, const char *path)
{
    assert(t->phase == TRANSFER_IDLE);
    struct stat st;
    const char *slash = strrchr(path, '/');
    if (path[0] != '/' || strlen(slash + 1) >= sizeof t->file.name || slash[1] == '\0') {
        return ERR_USAGE;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return errno == ENOENT ? ERR_MISSING : ERR_IO;
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return ERR_FORMAT;
    }
    t->from_drop = false;
    t->fd = fd;
    memset(&t->file, 0, sizeof t->file);
    memcpy(t->file.name, slash + 1, strlen(slash + 1) + 1);
    t->file.regular = true;
    t->file.identity = (struct file_identity){
        .device = st.st_dev,
        .inode = st.st_ino,
        .size = (uint64_t)st.st_size,
        .mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
    };
    start(t, false);
    return ERR_OK;
}

/* --- the result --- */

static bool is_storage(enum reject why)
{
    return why == REJECT_NO_ROOM || why == REJECT_READONLY || why == REJECT_STORAGE ||
           why == REJECT_NOMEM;
}

static enum receipt_result result_of(const struct transfer *t)
{
    bool no_trust = t->opened && install_report(t->c.install)->no_trust;
    return t->reject == REJECT_NONE            ? RECEIPT_APPLIED
           : is_storage(t->reject) || no_trust ? RECEIPT_POSTPONED
                                               : RECEIPT_REFUSED;
}

static void receipt_fill(const struct transfer *t, struct receipt *r, char sentence[512])
{
    const struct install_report *report = install_report(t->c.install);
    *r = (struct receipt){
        .file = t->file.name,
        .identity = t->file.identity,
        .hash = t->hex,
        .channel = "",
        .result = result_of(t),
        .reason = reject_name(t->reject),
        .time_s = clock_wall_s(t->c.clock),
    };
    if (t->opened) {
        r->id = report->id;
        r->channel = report->channel;
        r->signers = report->signers;
    }
    if (t->reject == REJECT_NONE) {
        (void)snprintf(sentence, 512, "第%" PRIu64 "期内容已装入并切换。", r->id.edition);
    } else if (t->opened && report->no_trust) {
        (void)snprintf(sentence, 512,
                       "终端的 trust 文件夹里没有可用的根证书，无法核对签名；"
                       "请技术人员放入 root.1 和 root.1.sigs，更新包会自动重试。");
    } else {
        (void)snprintf(sentence, 512, "%s", reject_sentence(t->reject));
    }
    r->sentence = sentence;
}

/* Receipt, history, log and message. The error is that of the receipt. */
static enum err announce(struct transfer *t, const struct receipt *r)
{
    char path[PATH_MAX] = "";
    struct link_message m;
    enum err e = receipt_write(t->c.root, r, path);
    const struct history_event event = {
        .time_s = r->time_s,
        .event = receipt_result_name(r->result),
        .id = r->id,
        .file = r->file,
        .reason = r->reason,
        .text = r->sentence,
    };
    enum err h = history_add(t->c.root, &event);
    log_line(t->c.log, r->result == RECEIPT_APPLIED ? LOG_LEVEL_INFO : LOG_LEVEL_WARN,
             "%s：%s（%s%s）", r->file, r->sentence, r->reason,
             e == ERR_OK && h == ERR_OK ? "" : "；回执或记录未能写入磁盘");
    link_message_init(&m, "done");
    link_add(&m, "file", r->file);
    link_add(&m, "result", receipt_result_name(r->result));
    link_add(&m, "reason", r->reason);
    link_add(&m, "sentence", r->sentence);
    link_add(&m, "receipt", path);
    link_add_id(&m, r->id);
    t->c.on_done(t->c.user, &m);
    return e;
}

/* drop/NAME → drop/done/NAME or drop/refused/NAME, with a number behind when that is taken. */
static enum err move_away(const struct transfer *t, const char *folder)
{
    char drop[PATH_MAX];
    char target_folder[PATH_MAX];
    char from[PATH_MAX];
    char to[PATH_MAX];
    struct stat st;
    enum err e = store_path(t->c.root, "drop", drop);
    if (e == ERR_OK) {
        e = store_path(drop, folder, target_folder);
    }
    if (e == ERR_OK) {
        e = store_path(drop, t->file.name, from);
    }
    if (e == ERR_OK) {
        e = store_path(target_folder, t->file.name, to);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (lstat(from, &st) != 0 || st.st_ino != t->file.identity.inode) {
        return ERR_OK; /* replaced by another file meanwhile, which gets its own turn */
    }
    for (unsigned k = 1; path_exists(to); k++) {
        int n = snprintf(to, sizeof to, "%s/%s.%u", target_folder, t->file.name, k);
        if (n < 0 || (size_t)n >= sizeof to) {
            return ERR_LIMIT;
        }
    }
    if (rename(from, to) != 0) {
        return err_of_errno(errno);
    }
    e = dir_sync(target_folder);
    if (e == ERR_OK) {
        e = dir_sync(drop);
    }
    tidy_folder(target_folder, (size_t)t->c.config->keep_files);
    return e;
}

static void put_off(struct transfer *t, const struct receipt *r)
{
    bool first = false;
    int64_t until = clock_ms(t->c.clock) + t->c.config->retry_s * 1000;
    drop_put_off(t->c.drop, t->file.name, until, (int)r->result * REJECT_COUNT + (int)t->reject + 1,
                 &first);
    if (first) {
        (void)announce(t, r); /* the log line is the least that always works */
    }
}

static void finish(struct transfer *t)
{
    struct receipt r;
    char sentence[512];
    receipt_fill(t, &r, sentence);
    t->failures += r.result != RECEIPT_APPLIED;
    t->phase = TRANSFER_IDLE;
    if (!t->from_drop) {
        (void)announce(t, &r);
    } else if (r.result == RECEIPT_POSTPONED) {
        put_off(t, &r);
    } else {
        enum err e = announce(t, &r);
        if (e == ERR_OK) {
            e = move_away(t, r.result == RECEIPT_APPLIED ? "done" : "refused");
        }
        if (e == ERR_OK) {
            record_remove(t);
            drop_forget(t->c.drop, t->file.name);
        } else {
            bool first;
            int64_t until = clock_ms(t->c.clock) + t->c.config->retry_s * 1000;
            drop_put_off(t->c.drop, t->file.name, until, -1, &first);
            log_line(t->c.log, LOG_LEVEL_ERROR, "%s：回执写不了或文件移不走：%s", t->file.name,
                     err_sentence(e));
        }
    }
    file_close(t);
}

/* The whole file's hash, for comparing with the office's own; a file that ends early or cannot be
 * read has none. */
static void hash_step(struct transfer *t)
{
    uint64_t left = t->file.identity.size - t->hashed;
    size_t n = left < HASH_BYTES_A_STEP ? (size_t)left : HASH_BYTES_A_STEP;
    if (n > 0 && fd_read_at(t->fd, t->bytes, n, t->hashed) != ERR_OK) {
        t->phase = TRANSFER_FINISH;
        return;
    }
    hash_update(&t->hash, (struct slice){t->bytes, n});
    t->hashed += n;
    if (t->hashed == t->file.identity.size) {
        struct hash h = hash_final(&t->hash);
        hash_hex(&h, t->hex);
        t->phase = TRANSFER_FINISH;
    }
}

enum install_pace transfer_step(struct transfer *t)
{
    enum install_pace pace = INSTALL_AT_ONCE;
    switch (t->phase) {
    case TRANSFER_IDLE:
        return INSTALL_AT_REST;
    case TRANSFER_INSTALL:
        if (!install_report(t->c.install)->finished) {
            pace = install_step(t->c.install);
        }
        if (install_report(t->c.install)->finished) {
            decide(t, install_report(t->c.install)->reject);
        }
        break;
    case TRANSFER_HASH:
        hash_step(t);
        break;
    case TRANSFER_FINISH:
        finish(t);
        break;
    }
    return pace;
}

void transfer_tell_incomplete(struct transfer *t, const struct drop_file *file)
{
    char path[PATH_MAX];
    if (receipt_path(t->c.root, file->name, &file->identity, path) == ERR_OK && path_exists(path)) {
        return; /* told before the last restart */
    }
    const struct receipt r = {
        .file = file->name,
        .identity = file->identity,
        .hash = "",
        .channel = "",
        .result = RECEIPT_INCOMPLETE,
        .reason = reject_name(REJECT_TRUNCATED),
        .sentence = reject_sentence(REJECT_TRUNCATED),
        .time_s = clock_wall_s(t->c.clock),
    };
    t->failures++;
    (void)announce(t, &r);
}
