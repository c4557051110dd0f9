/* The staff's PIN and its lock-out. Guarantees that no try is free: it is counted on the disk
 * before it is looked at, a restart does not shorten a wait, and a damaged file opens nothing. What
 * it does not do: keep anybody out who can write the data folder. */
#include "syncd/pin.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "package/hash.h"
#include "package/secret.h"
#include "store/store.h"

#define TRIES_MAX 1000000u
#define TRIES_AFTER_DAMAGE 7u /* a minute: a count that cannot be read is not a fresh start */
#define TRIES_FILE_MAX 256
#define PIN_TEXT_MAX 64 /* longer is wrong without being looked at */

struct pin {
    char path[PATH_MAX];       /* state/pin */
    char tries_path[PATH_MAX]; /* state/pin.tries */
    char settings[SECRET_TEXT];
    bool settings_bad;
    char last[SECRET_TEXT]; /* what the failures were counted against, "" before the first try */
    uint32_t failures;      /* in a row */
    int64_t free_ms;        /* when the next try is allowed */
};

static int64_t wait_of(uint32_t failures)
{
    if (failures == 0) {
        return 0;
    }
    int64_t wait = failures > 12 ? PIN_WAIT_MAX_S : (int64_t)1 << (failures - 1);
    return wait < PIN_WAIT_MAX_S ? wait : PIN_WAIT_MAX_S;
}

/* --- the count on the disk: `failures=N pin=HASH`, and a hash of that line --- */

/* Which PIN a count belongs to: a new PIN starts with a count of its own. */
static void line_of(uint32_t failures, const char *text, char out[TRIES_FILE_MAX])
{
    char of_pin[2 * HASH_BYTES + 1];
    char of_line[2 * HASH_BYTES + 1];
    struct hash h = hash_of(slice_of(text));
    hash_hex(&h, of_pin);
    int n = snprintf(out, TRIES_FILE_MAX, "failures=%u pin=%.16s\n", failures, of_pin);
    h = hash_of((struct slice){out, (size_t)n});
    hash_hex(&h, of_line);
    (void)snprintf(out + n, TRIES_FILE_MAX - (size_t)n, "hash=%s\n", of_line);
}

static uint32_t tries_read(const char *path, const char *text)
{
    char expected[TRIES_FILE_MAX];
    struct buf b = {0};
    enum err e = file_read(path, TRIES_FILE_MAX, &b);
    uint32_t failures = e == ERR_MISSING ? 0 : TRIES_AFTER_DAMAGE;
    uint64_t v = 0;
    struct slice rest = buf_slice(&b);
    struct slice number = slice_cut(&rest, ' ');
    if (e == ERR_OK && slice_has_prefix(number, SLICE_LIT("failures=")) &&
        slice_to_u64(slice_sub(number, 9, number.n), &v) && v <= TRIES_MAX) {
        line_of((uint32_t)v, text, expected);
        if (slice_eq_cstr(buf_slice(&b), expected)) {
            failures = (uint32_t)v;
        } else { /* of another PIN, when its own hash is right; else damaged */
            struct slice line = buf_slice(&b);
            size_t n = slice_find(line, SLICE_LIT("\n"), 0);
            char hex[2 * HASH_BYTES + 1];
            struct hash h = hash_of(slice_sub(line, 0, n == SIZE_MAX ? line.n : n + 1));
            hash_hex(&h, hex);
            failures = slice_find(line, slice_of(hex), 0) == n + 6 ? 0 : TRIES_AFTER_DAMAGE;
        }
    }
    buf_finish(&b);
    return failures;
}

/* A disk that refuses does not free the try: the count goes on in memory. */
static void tries_write(const struct pin *p)
{
    char line[TRIES_FILE_MAX];
    enum err e = ERR_OK;
    if (p->failures == 0) {
        (void)unlink(p->tries_path);
        return;
    }
    line_of(p->failures, p->last, line);
    e = file_replace(p->tries_path, slice_of(line), 0600);
    (void)e;
}

/* --- which PIN is in force --- */

enum held { HELD_NONE, HELD_TEXT, HELD_DAMAGED, HELD_NO_MEMORY };

static enum held pin_held(const struct pin *p, char ret_text[SECRET_TEXT])
{
    if (p->settings_bad) {
        return HELD_DAMAGED;
    }
    if (strcmp(p->settings, "none") == 0) {
        return HELD_NONE;
    }
    if (p->settings[0] != '\0') {
        memcpy(ret_text, p->settings, SECRET_TEXT);
        return HELD_TEXT;
    }
    enum err e = secret_file_read(p->path, ret_text);
    return e == ERR_OK        ? HELD_TEXT
           : e == ERR_MISSING ? HELD_NONE
           : e == ERR_NOMEM   ? HELD_NO_MEMORY
                              : HELD_DAMAGED;
}

/* Failures count against one PIN: when it has been set anew, from the start. */
static void tries_follow(struct pin *p, const char *text, int64_t now_ms)
{
    if (strcmp(p->last, text) == 0) {
        return;
    }
    memcpy(p->last, text, strlen(text) + 1);
    p->failures = tries_read(p->tries_path, text);
    p->free_ms = now_ms + wait_of(p->failures) * 1000;
}

enum err pin_open(const char *root, int64_t now_ms, struct pin **ret_pin)
{
    char text[SECRET_TEXT];
    struct pin *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return ERR_NOMEM;
    }
    enum err e = store_path(root, "state/pin", p->path);
    e = e == ERR_OK ? store_path(root, "state/pin.tries", p->tries_path) : e;
    if (e != ERR_OK) {
        free(p);
        return e;
    }
    if (pin_held(p, text) == HELD_TEXT) {
        tries_follow(p, text, now_ms);
    }
    *ret_pin = p;
    return ERR_OK;
}

void pin_close(struct pin *p)
{
    free(p);
}

void pin_use(struct pin *p, const char *text)
{
    size_t n = strlen(text);
    bool none = n == 0 || strcmp(text, "none") == 0;
    p->settings_bad = !none && !secret_text_valid((struct slice){text, n});
    memcpy(p->settings, p->settings_bad ? "" : text, p->settings_bad ? 1 : n + 1);
}

bool pin_is_set(const struct pin *p)
{
    char text[SECRET_TEXT];
    return pin_held(p, text) != HELD_NONE;
}

static int64_t seconds_left(const struct pin *p, int64_t now_ms)
{
    int64_t left_ms = p->free_ms - now_ms;
    return left_ms > 0 ? (left_ms + 999) / 1000 : 0;
}

static enum pin_result pin_compare(struct pin *p, const char *text, struct slice pin)
{
    bool same = false;
    if (pin.n == 0 || pin.n > PIN_TEXT_MAX) {
        return PIN_WRONG;
    }
    enum err e = secret_verify(text, pin, &same);
    if (e != ERR_OK) {
        return e == ERR_NOMEM ? PIN_NO_MEMORY : PIN_DAMAGED;
    }
    if (same) {
        p->failures = 0;
        tries_write(p);
    }
    return same ? PIN_RIGHT : PIN_WRONG;
}

enum pin_result pin_check(struct pin *p, const char *pin, int64_t now_ms, int64_t *ret_wait_s)
{
    char text[SECRET_TEXT] = "";
    *ret_wait_s = 0;
    switch (pin_held(p, text)) {
    case HELD_NONE:
        return PIN_UNSET;
    case HELD_DAMAGED:
        return PIN_DAMAGED;
    case HELD_NO_MEMORY:
        return PIN_NO_MEMORY;
    case HELD_TEXT:
        break;
    }
    tries_follow(p, text, now_ms);
    *ret_wait_s = seconds_left(p, now_ms);
    if (*ret_wait_s > 0) {
        return PIN_WAIT;
    }
    p->failures += p->failures < TRIES_MAX ? 1 : 0;
    p->free_ms = now_ms + wait_of(p->failures) * 1000;
    tries_write(p);
    enum pin_result r = pin_compare(p, text, slice_of(pin));
    if (r == PIN_RIGHT) {
        p->free_ms = now_ms;
    }
    *ret_wait_s = seconds_left(p, now_ms);
    return r;
}

void pin_sentence(enum pin_result result, int64_t wait_s, char out[160])
{
    char after[64] = "";
    if (wait_s >= 120) {
        (void)snprintf(after, sizeof after, "请在约 %lld 分钟后再试",
                       (long long)(wait_s + 59) / 60);
    } else if (wait_s > 0) {
        (void)snprintf(after, sizeof after, "请在 %lld 秒后再试", (long long)wait_s);
    }
    switch (result) {
    case PIN_RIGHT:
        (void)snprintf(out, 160, "口令正确。");
        break;
    case PIN_WRONG:
        (void)snprintf(out, 160, "口令不对，%s。", wait_s > 0 ? after : "请重新输入");
        break;
    case PIN_WAIT:
        (void)snprintf(out, 160, "刚才口令输错了，%s。", wait_s > 0 ? after : "请重新输入");
        break;
    case PIN_UNSET:
        (void)snprintf(out, 160,
                       "还没有设置工作人员口令；请技术人员在终端上运行 gongkaictl pin 设置。");
        break;
    case PIN_DAMAGED:
        (void)snprintf(out, 160,
                       "口令文件已损坏，不能解锁；请技术人员运行 gongkaictl pin 重新设置。");
        break;
    case PIN_NO_MEMORY:
        (void)snprintf(out, 160, "内存不足，没有核对口令；请稍后再试。");
        break;
    }
}
