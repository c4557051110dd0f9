/* One JSON file a package file and state of it, so that writing it again after a power cut changes
 * nothing. */
#include "store/receipt.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "package/hash.h"
#include "store/history.h"
#include "store/store.h"

#define RECEIPT_MAX (64u << 10)
#define NAME_KEPT 180 /* bytes of a file name that a receipt's name repeats */

enum history_kind receipt_kind(enum receipt_result r)
{
    static const enum history_kind kinds[] = {
        [RECEIPT_APPLIED] = HISTORY_APPLIED,       [RECEIPT_REFUSED] = HISTORY_REFUSED,
        [RECEIPT_POSTPONED] = HISTORY_POSTPONED,   [RECEIPT_INCOMPLETE] = HISTORY_INCOMPLETE,
        [RECEIPT_TAKEN_BACK] = HISTORY_TAKEN_BACK,
    };
    assert((size_t)r < sizeof kinds / sizeof *kinds);
    return kinds[r];
}

const char *receipt_result_name(enum receipt_result r)
{
    return history_kind_name(receipt_kind(r));
}

enum err receipt_path(const char *root, const char *file, const struct file_identity *identity,
                      char *ret_path)
{
    char text[128];
    char hex[2 * HASH_BYTES + 1];
    char tail[NAME_MAX + 64];
    int n = snprintf(text, sizeof text, "%" PRIu64 ":%" PRIu64 ":%" PRId64, identity->inode,
                     identity->size, identity->mtime_ns);
    struct hash h = hash_of((struct slice){text, (size_t)n});
    hash_hex(&h, hex);
    size_t kept = strlen(file);
    if (kept > NAME_KEPT) {
        kept = NAME_KEPT;
        while (kept > 0 && ((unsigned char)file[kept] & 0xC0) == 0x80) {
            kept--; /* not inside a character */
        }
    }
    (void)snprintf(tail, sizeof tail, "outbox/%.*s.%.8s.json", (int)kept, file, hex);
    return store_path(root, tail, ret_path);
}

static void signers_json(struct json *j, const struct signers *s)
{
    json_key(j, "signers");
    json_open(j, '[');
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (s->count[role] == 0) {
            continue;
        }
        json_open(j, '{');
        json_key(j, "role");
        json_cstr(j, role_name((enum role)role));
        json_key(j, "count");
        json_int(j, s->count[role]);
        json_key(j, "comment");
        json_cstr(j, s->comment[role]);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void receipt_json(const struct receipt *r, struct buf *out)
{
    struct json j;
    char when[32];
    history_time(r->time_s, when);
    json_init(&j, out);
    json_open(&j, '{');
    json_key(&j, "file");
    json_cstr(&j, r->file);
    json_key(&j, "size");
    json_int(&j, (int64_t)r->identity.size);
    json_key(&j, "hash");
    json_cstr(&j, r->hash[0] ? r->hash : NULL);
    json_key(&j, "inode");
    json_int(&j, (int64_t)(r->identity.inode & INT64_MAX));
    json_key(&j, "epoch");
    json_int(&j, (int64_t)r->id.epoch);
    json_key(&j, "edition");
    json_int(&j, (int64_t)r->id.edition);
    json_key(&j, "channel");
    json_cstr(&j, r->channel);
    json_key(&j, "result");
    json_cstr(&j, receipt_result_name(r->result));
    json_key(&j, "reason");
    json_cstr(&j, r->reason);
    json_key(&j, "sentence");
    json_cstr(&j, r->sentence);
    signers_json(&j, &r->signers);
    json_key(&j, "time");
    json_cstr(&j, when);
    json_close(&j, '}');
    buf_append_byte(out, '\n');
}

enum err receipt_write(const char *root, const struct receipt *r, char *ret_path)
{
    char path[PATH_MAX];
    struct buf bytes = {0};
    enum err e = receipt_path(root, r->file, &r->identity, path);
    if (e != ERR_OK) {
        return e;
    }
    receipt_json(r, &bytes);
    e = buf_status(&bytes);
    if (e == ERR_OK) {
        e = file_replace(path, buf_slice(&bytes), 0644);
    }
    buf_finish(&bytes);
    if (e == ERR_OK) {
        memcpy(ret_path, path, strlen(path) + 1);
    }
    return e;
}

bool receipt_says_applied(const char *root, const char *file, const struct file_identity *identity,
                          char *ret_path)
{
    const struct slice says = SLICE_LIT("\"result\":\"applied\"");
    struct buf bytes = {0};
    bool found = receipt_path(root, file, identity, ret_path) == ERR_OK &&
                 file_read(ret_path, RECEIPT_MAX, &bytes) == ERR_OK &&
                 slice_find(buf_slice(&bytes), says, 0) != SIZE_MAX;
    buf_finish(&bytes);
    return found;
}
