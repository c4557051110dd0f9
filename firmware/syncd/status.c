/* Texts only; nothing here reads a file or a clock. */
#include "syncd/status.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "store/history.h"

static const char *const health_names[] = {
    [STATUS_GOOD] = "good",         [STATUS_UNKNOWN] = "unknown", [STATUS_DAMAGED] = "damaged",
    [STATUS_FALLBACK] = "fallback", [STATUS_EMPTY] = "empty",
};
#define HEALTH_COUNT (sizeof health_names / sizeof *health_names)

const char *status_health_name(enum status_health h)
{
    assert((size_t)h < HEALTH_COUNT);
    return health_names[h];
}

/* --- JSON --- */

static void time_json(struct json *j, const char *key, int64_t utc_s)
{
    char text[32];
    json_key(j, key);
    if (utc_s == 0) {
        json_cstr(j, NULL);
        return;
    }
    history_time(utc_s, text);
    json_cstr(j, text);
}

static void id_json(struct json *j, const char *key, struct edition_id id)
{
    char text[EDITION_ID_TEXT];
    edition_id_format(id, text);
    json_key(j, key);
    json_cstr(j, edition_id_is_none(id) ? NULL : text);
}

static void text_json(struct json *j, const char *key, const char *text)
{
    json_key(j, key);
    json_cstr(j, text);
}

static void errors_json(const struct status *s, struct json *j)
{
    json_key(j, "errors");
    json_open(j, '[');
    for (size_t i = 0; i < s->error_count; i++) {
        json_open(j, '{');
        time_json(j, "time", s->errors[i].time_s);
        text_json(j, "event", s->errors[i].event);
        text_json(j, "sentence", s->errors[i].sentence);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void counters_json(const struct counters *c, struct json *j)
{
    json_key(j, "counters");
    json_open(j, '{');
    for (size_t i = 0; i < c->n; i++) {
        json_key(j, c->at[i].name);
        json_int(j, (int64_t)(c->at[i].value & INT64_MAX));
    }
    json_close(j, '}');
}

void status_json(const struct status *s, bool with_time, struct buf *ret)
{
    struct json j;
    json_init(&j, ret);
    json_open(&j, '{');
    text_json(&j, "program", "gongkai-syncd " GONGKAI_VERSION);
    text_json(&j, "terminal", s->terminal);
    if (with_time) {
        time_json(&j, "time", s->time_s);
        time_json(&j, "last_good", s->last_good_s);
    }
    json_key(&j, "time_trusted");
    json_bool(&j, s->time_trusted);
    json_key(&j, "epoch");
    json_int(&j, (int64_t)s->current.epoch);
    json_key(&j, "edition");
    json_int(&j, (int64_t)s->current.edition);
    text_json(&j, "phase", s->phase);
    text_json(&j, "shown", s->shown);
    text_json(&j, "health", status_health_name(s->health));
    id_json(&j, "previous", s->previous);
    id_json(&j, "floor", s->floor);
    text_json(&j, "job", s->job);
    text_json(&j, "server", s->server);
    json_key(&j, "free_mib");
    json_int(&j, (int64_t)s->free_mib);
    errors_json(s, &j);
    counters_json(s->counters, &j);
    json_close(&j, '}');
    buf_append_byte(ret, '\n');
}

/* --- metrics --- */

static void family(struct buf *b, const char *name, const char *type, const char *help)
{
    buf_printf(b, "# HELP gongkai_%s %s\n# TYPE gongkai_%s %s\n", name, help, name, type);
}

static void gauge(struct buf *b, const char *name, const char *help, uint64_t value)
{
    family(b, name, "gauge", help);
    buf_printf(b, "gongkai_%s %" PRIu64 "\n", name, value);
}

/* One gauge of each state a label can have: 1 for the present one. */
static void health_metric(const struct status *s, struct buf *b)
{
    family(b, "health", "gauge", "1 for the present health of what is shown.");
    for (size_t i = 0; i < HEALTH_COUNT; i++) {
        buf_printf(b, "gongkai_health{state=\"%s\"} %d\n", health_names[i],
                   (size_t)s->health == i);
    }
}

#define REFUSED "refused_"

static void events_metric(const struct counters *c, struct buf *b, bool refused)
{
    const size_t n = sizeof REFUSED - 1;
    bool open = false;
    for (size_t i = 0; i < c->n; i++) {
        const char *name = c->at[i].name;
        if ((strncmp(name, REFUSED, n) == 0) != refused) {
            continue;
        }
        if (!open) {
            family(b, refused ? "refused_total" : "events_total", "counter",
                   refused ? "Packages refused, by reason." : "What happened since the set-up.");
            open = true;
        }
        if (refused) {
            buf_printf(b, "gongkai_refused_total{reason=\"%s\"} ", name + n);
        } else {
            buf_printf(b, "gongkai_events_total{event=\"%s\"} ", name);
        }
        buf_printf(b, "%" PRIu64 "\n", c->at[i].value);
    }
}

void status_metrics(const struct status *s, struct buf *ret)
{
    family(ret, "info", "gauge", "The program; always 1.");
    buf_printf(ret, "gongkai_info{version=\"%s\",terminal=\"%s\"} 1\n", GONGKAI_VERSION,
               s->terminal);
    gauge(ret, "edition", "Number of the selected edition, 0 for none.", s->current.edition);
    gauge(ret, "edition_epoch", "Key epoch of the selected edition.", s->current.epoch);
    gauge(ret, "edition_on_trial", "1 until a screen has drawn the selected edition.",
          strcmp(s->phase, "trial") == 0);
    health_metric(s, ret);
    gauge(ret, "last_good_timestamp_seconds",
          "When every byte of the selected edition was last verified, 0 for never.",
          (uint64_t)(s->last_good_s > 0 ? s->last_good_s : 0));
    gauge(ret, "free_bytes", "Room left on the data disk, in steps of 64 MiB.",
          s->free_mib << 20);
    gauge(ret, "server_failures", "Failed looks at the web server in a row.",
          s->server_failures);
    gauge(ret, "clock_trusted", "1 when the terminal's date can be relied on.", s->time_trusted);
    gauge(ret, "status_timestamp_seconds", "When this was written.",
          (uint64_t)(s->time_s > 0 ? s->time_s : 0));
    events_metric(s->counters, ret, false);
    events_metric(s->counters, ret, true);
}
