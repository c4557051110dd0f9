/* Fills the staff's model from messages. Guarantees that no message, however odd, makes the model
 * inconsistent: unknown words leave it as it is, numbers are bounded, texts are cut at a character.
 */
#include "kiosk/staff_link.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"

static void take_text(char *to, size_t size, const struct link_message *m, const char *key)
{
    struct slice text = slice_of(link_text(m, key));
    size_t n = 0;
    while (n < text.n) {
        size_t next = n;
        (void)utf8_next(text, &next);
        if (next >= size) {
            break;
        }
        n = next;
    }
    if (n > 0) {
        memcpy(to, text.p, n);
    }
    to[n] = '\0';
}

static uint64_t number(const struct link_message *m, const char *key, uint64_t otherwise)
{
    uint64_t v = 0;
    return link_u64(m, key, &v) ? v : otherwise;
}

static uint32_t small(const struct link_message *m, const char *key)
{
    uint64_t v = number(m, key, 0);
    return v > INT32_MAX ? INT32_MAX : (uint32_t)v;
}

/* "E-N" or "N": the edition's number; 0 when there is none. */
static uint64_t edition_number(const char *text)
{
    const char *dash = strchr(text, '-');
    uint64_t v = 0;
    return slice_to_u64(slice_of(dash ? dash + 1 : text), &v) ? v : 0;
}

/* "2010-09-01T08:00:00+08:00" → UTC seconds; 0 on anything else. */
static int64_t time_of(const char *text)
{
    unsigned h = 0;
    unsigned m = 0;
    unsigned s = 0;
    int zone_h = 0;
    unsigned zone_m = 0;
    struct date day;
    struct slice all = slice_of(text);
    if (all.n != 25 || !date_parse(slice_sub(all, 0, 10), &day) ||
        sscanf(text + 10, "T%2u:%2u:%2u%3d:%2u", &h, &m, &s, &zone_h, &zone_m) != 5 || h > 23 ||
        m > 59 || s > 60) {
        return 0;
    }
    int64_t zone_s = (int64_t)zone_h * 3600 + (zone_h < 0 ? -1 : 1) * (int64_t)zone_m * 60;
    return (int64_t)date_to_days(day) * 86400 + h * 3600 + m * 60 + s - zone_s;
}

/* Place of the word in names, `otherwise` when it is none of them. */
static int place_of(const char *text, const char *const *names, int n, int otherwise)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(text, names[i]) == 0) {
            return i;
        }
    }
    return otherwise;
}

static void forget_package(struct staff_model *m)
{
    m->offered = false;
    m->compared = false;
    m->result = STAFF_RESULT_NONE;
    m->result_edition = 0;
    m->reason[0] = '\0';
    m->result_sentence[0] = '\0';
}

static void hear_staff(struct staff_model *to, const struct link_message *m)
{
    to->pin_known = true;
    to->pin_set = strcmp(link_text(m, "pin"), "set") == 0;
    to->automatic = strcmp(link_text(m, "mode"), "auto") == 0;
}

static bool reads_source(const struct staff_model *m)
{
    return m->job >= STAFF_JOB_AUTH && m->job <= STAFF_JOB_STAGE;
}

/* True: a stick was plugged in. */
static bool hear_stick(struct staff_model *to, const struct link_message *m)
{
    static const char *const names[] = {"none", "reading", "offer", "empty", "failed", "done"};
    enum staff_stick before = to->stick;
    enum staff_stick now = (enum staff_stick)place_of(link_text(m, "state"), names, 6, (int)before);
    bool plugged = before == STAFF_STICK_NONE && now != STAFF_STICK_NONE;
    if (plugged) {
        to->pulled = false;
        to->notice[0] = '\0';
        if (to->job == STAFF_JOB_IDLE || to->job >= STAFF_JOB_TRIAL) {
            forget_package(to);
        }
    }
    if (now == STAFF_STICK_NONE && before != STAFF_STICK_NONE) {
        to->pulled = before <= STAFF_STICK_OFFER && to->result == STAFF_RESULT_NONE &&
                     !to->removable && (before == STAFF_STICK_READING || reads_source(to));
    }
    to->package_count = 0; /* they follow */
    to->stick = now;
    take_text(to->label, sizeof to->label, m, "label");
    take_text(to->stick_sentence, sizeof to->stick_sentence, m, "sentence");
    to->package_total = small(m, "packages");
    to->removable = small(m, "removable") == 1;
    return plugged;
}

static void hear_package(struct staff_model *to, const struct link_message *m)
{
    static const char *const uses[] = {"chosen", "usable", "refused"};
    uint32_t index = small(m, "n");
    size_t i = 0;
    while (i < to->package_count && to->packages[i].index != index) {
        i++;
    }
    if (i == STAFF_PACKAGES_MAX) {
        return;
    }
    struct staff_package *p = &to->packages[i];
    to->package_count = i == to->package_count ? i + 1 : to->package_count;
    *p = (struct staff_package){
        .index = index, .bytes = number(m, "bytes", 0), .edition = number(m, "edition", 0)};
    p->use = (enum staff_use)place_of(link_text(m, "result"), uses, 3, STAFF_REFUSED);
    take_text(p->file, sizeof p->file, m, "file");
    take_text(p->sentence, sizeof p->sentence, m, "sentence");
}

static void hear_offer(struct staff_model *to, const struct link_message *m)
{
    to->offered = true;
    to->compared = false;
    to->result = STAFF_RESULT_NONE;
    to->reason[0] = '\0';
    to->offer.bytes = number(m, "bytes", 0);
    to->offer.edition = number(m, "edition", 0);
    to->offer.from = edition_number(link_text(m, "from"));
    to->offer.have = small(m, "have");
    to->offer.need = small(m, "need");
    to->offer.delta = small(m, "delta") == 1;
    take_text(to->offer.built, sizeof to->offer.built, m, "built");
    take_text(to->offer.office, sizeof to->offer.office, m, "office");
    take_text(to->offer.review, sizeof to->offer.review, m, "review");
}

static void hear_changes(struct staff_model *to, const struct link_message *m)
{
    static const char *const counts[3] = {"added", "changed", "removed"};
    static const char *const texts[3] = {"added_text", "changed_text", "removed_text"};
    to->compared = true;
    for (int i = 0; i < 3; i++) {
        to->changes.count[i] = small(m, counts[i]);
        take_text(to->changes.text[i], sizeof to->changes.text[i], m, texts[i]);
    }
}

static void hear_job(struct staff_model *to, const struct link_message *m)
{
    static const char *const names[STAFF_JOB_COUNT] = {
        "idle", "auth", "base",   "stage", "sync",    "readback", "check",
        "hold", "seal", "commit", "trial", "confirm", "prune",    "stopped"};
    enum staff_job before = to->job;
    uint64_t left = 0;
    to->job = (enum staff_job)place_of(link_text(m, "state"), names, STAFF_JOB_COUNT, (int)before);
    bool rested = before == STAFF_JOB_IDLE || before >= STAFF_JOB_TRIAL;
    if (rested && to->job >= STAFF_JOB_AUTH && to->job < STAFF_JOB_TRIAL) {
        bool same = to->offered && to->offer.edition == number(m, "edition", 0) &&
                    to->result == STAFF_RESULT_NONE;
        if (!same) { /* offered already when the link came up in the middle of a job */
            forget_package(to);
        }
        to->pulled = false;
    }
    if (*link_text(m, "source") != '\0' || rested) {
        take_text(to->source, sizeof to->source, m, "source");
    }
    if (to->source[0] != '\0') {
        to->from_stick = strcmp(to->source, "stick") == 0;
    }
    to->done = number(m, "done", 0);
    to->total = number(m, "total", 0);
    to->job_edition = number(m, "edition", 0);
    to->left_s = link_u64(m, "left_s", &left) && left < INT32_MAX ? (int32_t)left : -1;
    if (to->job == STAFF_JOB_STOPPED) {
        take_text(to->stick_sentence, sizeof to->stick_sentence, m, "sentence");
    }
}

static void hear_done(struct staff_model *to, const struct link_message *m, int64_t wall_s)
{
    static const char *const names[] = {"", "applied", "refused", "postponed", "incomplete"};
    to->result = (enum staff_result)place_of(link_text(m, "result"), names, 5, 0);
    to->result_edition = number(m, "edition", 0);
    to->result_s = wall_s;
    take_text(to->reason, sizeof to->reason, m, "reason");
    take_text(to->result_sentence, sizeof to->result_sentence, m, "sentence");
}

/* New keys and settings, which are no package; the rest stands in the history. */
static void hear_notice(struct staff_model *to, const struct link_message *m)
{
    static const char *const events[] = {"keys", "settings", "keys-refused", "settings-refused"};
    int i = place_of(link_text(m, "event"), events, 4, -1);
    if (i >= 0) {
        to->notice_good = i < 2;
        take_text(to->notice, sizeof to->notice, m, "sentence");
    }
}

static void hear_event(struct staff_model *to, const struct link_message *m)
{
    if (to->event_count == STAFF_EVENTS_MAX) {
        return;
    }
    struct staff_event *e = &to->events[to->event_count++];
    *e = (struct staff_event){.time_s = time_of(link_text(m, "time")),
                              .edition = number(m, "edition", 0)};
    take_text(e->event, sizeof e->event, m, "event");
    take_text(e->file, sizeof e->file, m, "file");
    take_text(e->sentence, sizeof e->sentence, m, "sentence");
}

static void hear_counters(struct staff_model *to, const struct link_message *m)
{
    for (size_t i = 0; i < m->count; i++) {
        const char *key = m->text + m->pair[i].key;
        size_t at = 0;
        while (at < to->counter_count && strcmp(to->counters[at].key, key) != 0) {
            at++;
        }
        if (at == STAFF_COUNTERS_MAX || strlen(key) >= sizeof to->counters[at].key) {
            continue;
        }
        to->counter_count = at == to->counter_count ? at + 1 : to->counter_count;
        memcpy(to->counters[at].key, key, strlen(key) + 1);
        take_text(to->counters[at].value, sizeof to->counters[at].value, m, key);
    }
}

static void hear_answer(struct terminal *t, const struct link_message *m)
{
    uint64_t wait_s = number(m, "wait_s", 0);
    const struct staff_answer a = {.ok = small(m, "ok") == 1,
                                   .locked = small(m, "locked") == 1,
                                   .wait_s = wait_s > 86400 ? 86400 : (int64_t)wait_s,
                                   .sentence = link_text(m, "sentence")};
    for (int v = 0; v < STAFF_VERB_COUNT; v++) {
        if (strcmp(link_text(m, "verb"), staff_verb_name((enum staff_verb)v)) == 0) {
            staff_answered(t, (enum staff_verb)v, &a);
        }
    }
}

void staff_link_hear(struct terminal *t, const struct link_message *m)
{
    struct staff_model *to = &t->staff->model;
    int strip = staff_strip(t->staff);
    bool plugged = false;
    to->linked = true;
    if (strcmp(m->verb, "staff") == 0) {
        hear_staff(to, m);
    } else if (strcmp(m->verb, "edition") == 0) {
        to->no_way_back = strcmp(link_text(m, "back"), "0") == 0;
    } else if (strcmp(m->verb, "stick") == 0) {
        plugged = hear_stick(to, m);
    } else if (strcmp(m->verb, "package") == 0) {
        hear_package(to, m);
    } else if (strcmp(m->verb, "offer") == 0) {
        hear_offer(to, m);
    } else if (strcmp(m->verb, "changes") == 0) {
        hear_changes(to, m);
    } else if (strcmp(m->verb, "job") == 0) {
        hear_job(to, m);
    } else if (strcmp(m->verb, "done") == 0) {
        hear_done(to, m, clock_wall_s(t->clock));
    } else if (strcmp(m->verb, "notice") == 0) {
        hear_notice(to, m);
    } else if (strcmp(m->verb, "event") == 0) {
        hear_event(to, m);
    } else if (strcmp(m->verb, "counters") == 0) {
        hear_counters(to, m);
    } else if (strcmp(m->verb, "answer") == 0) {
        hear_answer(t, m);
        return;
    } else {
        return;
    }
    staff_changed(t, strip, plugged);
}

void staff_link_say(const struct staff_request *r, struct link_message *ret_message)
{
    link_message_init(ret_message, staff_verb_name(r->verb));
    if (r->verb == STAFF_UNLOCK) {
        link_add(ret_message, "pin", r->pin);
    } else if (r->verb == STAFF_TAKE) {
        link_add_u64(ret_message, "n", r->n);
    } else if (r->verb == STAFF_HISTORY) {
        link_add_u64(ret_message, "max", r->n);
    }
}
