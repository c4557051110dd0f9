/* What became of a file. Guarantees that no file is lost and that each gets its receipt, even when
 * power goes between any two steps: the receipt's name depends on the file alone, and the file
 * leaves the drop folder only after its receipt is on disk. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/plant.h"
#include "store/history.h"
#include "store/store.h"
#include "syncd/tidy.h"
#include "syncd/transfer_inside.h"

#define QUOTA_WINDOW_MS 60000
#define QUOTA_TOLD_MAX 20 /* receipts in that time */

/* --- the record of the file under way --- */

static enum err record_text(const struct transfer *t, char path[PATH_MAX], char name[PATH_MAX])
{
    enum err e = store_path(t->c.root, "state/job", path);
    return e == ERR_OK ? receipt_path(t->c.root, t->file.name, &t->file.identity, name) : e;
}

/* Was this very file under way when the program last ended? When the record is there and cannot be
 * read, it is taken for so: an edition that is in place already is then called applied, not old. */
bool transfer_record_matches(const struct transfer *t)
{
    char path[PATH_MAX];
    char name[PATH_MAX];
    struct buf found = {0};
    enum err e = record_text(t, path, name);
    e = e == ERR_OK ? file_read(path, PATH_MAX, &found) : e;
    bool same = e == ERR_OK ? slice_eq_cstr(buf_slice(&found), name) : e == ERR_IO;
    buf_finish(&found);
    return same;
}

enum err transfer_record_write(const struct transfer *t)
{
    char path[PATH_MAX];
    char name[PATH_MAX];
    enum err e = record_text(t, path, name);
    return e == ERR_OK ? file_replace(path, slice_of(name), 0644) : e;
}

void transfer_record_remove(const struct transfer *t)
{
    char path[PATH_MAX];
    if (store_path(t->c.root, "state/job", path) == ERR_OK) {
        (void)unlink(path); /* one that stays does no harm: its file is no longer there */
    }
}

/* --- the result --- */

static bool is_storage(enum reject why)
{
    return why == REJECT_NO_ROOM || why == REJECT_READONLY || why == REJECT_STORAGE ||
           why == REJECT_NOMEM;
}

/* What a stick or a server did not give to the end may still come. */
static bool is_incomplete(const struct transfer *t)
{
    bool remote = t->origin == TRANSFER_STICK || t->origin == TRANSFER_HTTPS;
    return t->source_gone ||
           (remote && (t->reject == REJECT_UNREADABLE || t->reject == REJECT_TRUNCATED ||
                       t->reject == REJECT_CRASHED));
}

/* The very file that brought the edition in use: given again, or left in the drop folder when it
 * could not be moved away. */
static bool is_known(const struct transfer *t)
{
    char path[PATH_MAX];
    return t->reject == REJECT_SAME &&
           receipt_says_applied(t->c.root, t->file.name, &t->file.identity, path);
}

static enum receipt_result result_of(const struct transfer *t)
{
    bool no_trust = t->opened && install_report(t->c.install)->no_trust;
    return t->reject == REJECT_NONE || is_known(t) ? RECEIPT_APPLIED
           : is_incomplete(t)                      ? RECEIPT_INCOMPLETE
           : is_storage(t->reject) || no_trust     ? RECEIPT_POSTPONED
                                                   : RECEIPT_REFUSED;
}

static const char *refusal_sentence(const struct transfer *t)
{
    const char *own = t->says      ? t->says
                      : t->refusal ? t->refusal(t->refusal_user, t->reject)
                                   : NULL;
    return own ? own : reject_sentence(t->reject);
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
        .reason = reject_name(t->source_gone ? REJECT_UNREADABLE : t->reject),
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
        (void)snprintf(sentence, 512, "%s", refusal_sentence(t));
    }
    r->sentence = sentence;
}

static bool is_same(const struct receipt *r)
{
    return strcmp(r->reason, reject_name(REJECT_SAME)) == 0;
}

enum err transfer_announce(struct transfer *t, const struct receipt *r, enum transfer_origin origin)
{
    char path[PATH_MAX] = "";
    struct link_message m;
    char text[600];
    bool told = r->result == RECEIPT_APPLIED && is_same(r); /* receipt and history have it */
    enum err e = told ? receipt_path(t->c.root, r->file, &r->identity, path)
                      : receipt_write(t->c.root, r, path);
    if (e != ERR_OK && origin != TRANSFER_DROP) { /* there the file waits for its receipt */
        e = receipt_write(t->c.root, r, path);
    }
    (void)snprintf(text, sizeof text, "%s%s", r->sentence,
                   origin == TRANSFER_STICK   ? "（来自U盘）"
                   : origin == TRANSFER_HTTPS ? "（来自网络）"
                                              : "");
    const struct history_event event = {
        .time_s = r->time_s,
        .kind = receipt_kind(r->result),
        .id = r->id,
        .file = r->file,
        .reason = r->reason,
        .text = text,
    };
    enum err h = told ? ERR_OK : history_add(t->c.root, &event);
    log_line(t->c.log, r->result == RECEIPT_APPLIED || is_same(r) ? LOG_LEVEL_INFO : LOG_LEVEL_WARN,
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
    if (lstat(from, &st) != 0) {
        e = err_of_errno(errno);
        return e == ERR_MISSING ? ERR_OK : e; /* it is known again by the record */
    }
    if (st.st_ino != t->file.identity.inode ||
        (S_ISREG(st.st_mode) && (uint64_t)st.st_size != t->file.identity.size)) {
        return ERR_OK; /* another file, or another state of it, which gets its own turn */
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
    tidy_folder(target_folder, (size_t)t->c.config->keep_files,
                (uint64_t)t->c.config->drop_max_mib << 20);
    return e;
}

static void put_off(struct transfer *t, const struct receipt *r)
{
    bool first = false;
    int64_t until = clock_ms(t->c.clock) + t->c.config->retry_s * 1000;
    drop_put_off(t->c.drop, t->file.name, until, (int)r->result * REJECT_COUNT + (int)t->reject + 1,
                 &first);
    if (first) {
        (void)transfer_announce(t, r, t->origin);
    }
}

void transfer_finish(struct transfer *t)
{
    struct receipt r;
    struct transfer_end *end = &t->last;
    receipt_fill(t, &r, end->sentence);
    end->serial++;
    end->origin = t->origin;
    end->reject = t->reject;
    end->result = r.result;
    end->id = r.id;
    t->failures += r.result != RECEIPT_APPLIED && t->reject != REJECT_SAME;
    t->phase = TRANSFER_IDLE;
    if (t->origin == TRANSFER_HTTPS && r.result == RECEIPT_INCOMPLETE) {
        /* Lines break off all the time: the fetcher says so in its own words, once. */
    } else if (t->origin != TRANSFER_DROP) {
        (void)transfer_announce(t, &r, t->origin);
    } else if (r.result == RECEIPT_POSTPONED) {
        put_off(t, &r);
    } else {
        const char *folder = r.result == RECEIPT_APPLIED ? "done" : "refused";
        enum err e =
            PLANT(move_before_receipt) ? move_away(t, folder) : transfer_announce(t, &r, t->origin);
        if (e == ERR_OK) {
            e = PLANT(move_before_receipt) ? transfer_announce(t, &r, t->origin)
                                           : move_away(t, folder);
        }
        if (e == ERR_OK) {
            transfer_record_remove(t);
            drop_forget(t->c.drop, t->file.name);
        } else {
            bool first;
            int64_t until = clock_ms(t->c.clock) + t->c.config->retry_s * 1000;
            drop_put_off(t->c.drop, t->file.name, until, -1, &first);
            log_line(t->c.log, LOG_LEVEL_ERROR, "%s：回执写不了或文件移不走：%s", t->file.name,
                     err_sentence(e));
        }
    }
    transfer_close_file(t);
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
    (void)transfer_announce(t, &r, TRANSFER_DROP);
}

void transfer_tell_over_quota(struct transfer *t, const struct drop_file *file)
{
    char drop[PATH_MAX];
    char path[PATH_MAX];
    char sentence[256];
    (void)snprintf(sentence, sizeof sentence,
                   "drop 文件夹已满（最多 %" PRId64 " 个文件、%" PRId64
                   " MiB），这个文件没有处理，已删除；请等前面的文件处理完再放。",
                   t->c.config->drop_max_files, t->c.config->drop_max_mib);
    const struct receipt r = {
        .file = file->name,
        .identity = file->identity,
        .hash = "",
        .channel = "",
        .result = RECEIPT_REFUSED,
        .reason = "quota",
        .sentence = sentence,
        .time_s = clock_wall_s(t->c.clock),
    };
    t->failures++;
    int64_t now_ms = clock_ms(t->c.clock);
    if (now_ms - t->quota_since_ms > QUOTA_WINDOW_MS) {
        t->quota_since_ms = now_ms;
        t->quota_told = 0;
    }
    /* First the room, then the words: there may be none left for a receipt. */
    if (store_path(t->c.root, "drop", drop) == ERR_OK &&
        store_path(drop, file->name, path) == ERR_OK) {
        (void)unlink(path);
    }
    if (t->quota_told++ < QUOTA_TOLD_MAX) { /* a flood must not fill the outbox either */
        (void)transfer_announce(t, &r, TRANSFER_DROP);
    }
}
