/* An append-only text log with a bound. A line torn by a power cut is left alone: the next one
 * starts afresh. */
#include "store/history.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/json.h"
#include "base/plant.h"
#include "store/store.h"

#define NAME "state/history.jsonl"
#define OLD_NAME "state/history.1.jsonl"

static const struct {
    const char *name;
    bool trouble;
} kinds[HISTORY_KIND_COUNT] = {
    [HISTORY_APPLIED] = {"applied", false},
    [HISTORY_REFUSED] = {"refused", true},
    [HISTORY_POSTPONED] = {"postponed", true},
    [HISTORY_INCOMPLETE] = {"incomplete", true},
    [HISTORY_TAKEN_BACK] = {"taken-back", true},
    [HISTORY_CONFIRMED] = {"confirmed", false},
    [HISTORY_ROLLED_BACK] = {"rolled-back", false},
    [HISTORY_GIVEN_UP] = {"given-up", true},
    [HISTORY_DISPLAY_FAILED] = {"display-failed", true},
    [HISTORY_DAMAGED] = {"damaged", true},
    [HISTORY_REBUILT] = {"rebuilt", true},
    [HISTORY_KEYS] = {"keys", false},
    [HISTORY_KEYS_REFUSED] = {"keys-refused", true},
    [HISTORY_SETTINGS] = {"settings", false},
    [HISTORY_SETTINGS_REFUSED] = {"settings-refused", true},
    [HISTORY_EXPORTED] = {"exported", false},
    [HISTORY_EXPORT_FAILED] = {"export-failed", true},
    [HISTORY_FETCH_FAILED] = {"fetch-failed", true},
    [HISTORY_FETCH_PAUSED] = {"fetch-paused", false},
    [HISTORY_FETCH_RESUMED] = {"fetch-resumed", false},
    [HISTORY_POST_FAILED] = {"post-failed", true},
};

const char *history_kind_name(enum history_kind k)
{
    assert(k >= HISTORY_APPLIED && k < HISTORY_KIND_COUNT);
    return kinds[k].name;
}

bool history_is_trouble(enum history_kind k)
{
    assert(k >= HISTORY_APPLIED && k < HISTORY_KIND_COUNT);
    return kinds[k].trouble;
}

void history_time(int64_t utc_s, char out[32])
{
    struct local_time t = local_time_of(utc_s);
    char day[11];
    date_format_iso(t.date, day);
    (void)snprintf(out, 32, "%sT%02u:%02u:%02u+08:00", day, (unsigned)t.hour, (unsigned)t.minute,
                   (unsigned)t.second);
}

static void event_json(const struct history_event *e, struct buf *out)
{
    struct json j;
    char when[32];
    history_time(e->time_s, when);
    json_init(&j, out);
    json_open(&j, '{');
    json_key(&j, "time");
    json_cstr(&j, when);
    json_key(&j, "event");
    json_cstr(&j, history_kind_name(e->kind));
    if (!edition_id_is_none(e->id)) {
        json_key(&j, "epoch");
        json_int(&j, (int64_t)e->id.epoch);
        json_key(&j, "edition");
        json_int(&j, (int64_t)e->id.edition);
    }
    if (e->file) {
        json_key(&j, "file");
        json_cstr(&j, e->file);
    }
    if (e->reason) {
        json_key(&j, "reason");
        json_cstr(&j, e->reason);
    }
    json_key(&j, "text");
    json_cstr(&j, e->text);
    json_close(&j, '}');
    buf_append_byte(out, '\n');
}

/* Opens for appending; renames a full file away first. *ret_torn: the last line has no end. */
static enum err log_open(const char *root, int *ret_fd, bool *ret_torn)
{
    char path[PATH_MAX];
    char old[PATH_MAX];
    enum err e = store_path(root, NAME, path);
    if (e == ERR_OK) {
        e = store_path(root, OLD_NAME, old);
    }
    if (e != ERR_OK) {
        return e;
    }
    struct stat st;
    if (lstat(path, &st) == 0 && st.st_size >= HISTORY_BYTES && rename(path, old) != 0) {
        return err_of_errno(errno);
    }
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int why = errno;
        if (fd >= 0) {
            close(fd);
        }
        return err_of_errno(why);
    }
    char last = '\n';
    *ret_torn = st.st_size > 0 && fd_read_at(fd, &last, 1, (uint64_t)st.st_size - 1) == ERR_OK &&
                last != '\n';
    *ret_fd = fd;
    return ERR_OK;
}

enum err history_add(const char *root, const struct history_event *event)
{
    struct buf line = {0};
    int fd = -1;
    bool torn = false;
    enum err e = log_open(root, &fd, &torn);
    if (e != ERR_OK) {
        return e;
    }
    if (torn) {
        buf_append_byte(&line, '\n');
    }
    event_json(event, &line);
    e = buf_status(&line);
    if (e == ERR_OK) {
        ssize_t n = write(fd, line.p, line.n);
        e = n < 0 ? err_of_errno(errno) : (size_t)n < line.n ? ERR_NOSPACE : ERR_OK;
    }
    if (e == ERR_OK && !PLANT(history_sync) && fdatasync(fd) != 0) {
        e = err_of_errno(errno);
    }
    close(fd);
    buf_finish(&line);
    return e;
}

static enum err file_add(const char *root, const char *name, struct buf *all)
{
    char path[PATH_MAX];
    enum err e = store_path(root, name, path);
    if (e == ERR_OK) {
        e = file_read(path, 2u * HISTORY_BYTES, all);
    }
    return e == ERR_MISSING ? ERR_OK : e;
}

enum err history_read(const char *root, size_t max_lines, struct buf *ret_lines)
{
    struct buf all = {0};
    enum err e = file_add(root, OLD_NAME, &all);
    if (e == ERR_OK) {
        e = file_add(root, NAME, &all);
    }
    size_t end = all.n;
    while (end > 0 && all.p[end - 1] != '\n') {
        end--; /* a line being written, or torn */
    }
    size_t from = end;
    for (size_t lines = 0; from > 0; from--) {
        if (all.p[from - 1] == '\n' && lines++ == max_lines) {
            break;
        }
    }
    if (e == ERR_OK) {
        buf_append(ret_lines, (struct slice){all.p + from, end - from});
        e = buf_status(ret_lines);
    }
    buf_finish(&all);
    return e;
}
