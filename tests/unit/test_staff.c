/* The staff's model and session: what messages make of it, where the PIN goes, what locks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "kiosk/staff_link.h"
#include "package/reject.h"
#include "screens/staff_names.h"
#include "screens/staff_update.h"
#include "store/history.h"

struct fixture {
    struct clock clock;
    struct terminal *t;
};

static int setup(void **state)
{
    static struct fixture f;
    const struct terminal_config config = {60000, 30000, 60000};
    f.clock = clock_virtual(1795311660);
    if (terminal_create(NULL, &f.clock, &config, NULL, &f.t) != ERR_OK) {
        return -1;
    }
    f.t->visit.stack[0].screen = SCREEN_CONTACT;
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    terminal_destroy(f->t);
    return 0;
}

static void hear(struct fixture *f, const char *line)
{
    struct link_message m;
    assert_int_equal(link_parse(slice_of(line), &m), ERR_OK);
    staff_link_hear(f->t, &m);
}

static void act(struct fixture *f, enum action_id id, int32_t a, int32_t b)
{
    assert_true(staff_act(f->t, (struct action){(uint16_t)id, a, b}));
}

static void type(struct fixture *f, const char *digits)
{
    for (; *digits; digits++) {
        act(f, ACTION_STAFF_DIGIT, *digits - '0', 0);
    }
}

static void unlock(struct fixture *f)
{
    struct staff_request r;
    hear(f, "staff pin=set mode=staff");
    act(f, ACTION_STAFF, 0, 0);
    type(f, "123456");
    act(f, ACTION_STAFF_UNLOCK, 0, 0);
    do {
        assert_true(staff_next_request(f->t->staff, &r));
    } while (r.verb != STAFF_UNLOCK);
    hear(f, "answer verb=unlock ok=1 sentence= wait_s=0");
    assert_true(f->t->staff->unlocked);
}

/* No byte of the staff's state but the queue holds the digits. */
static bool holds(const void *where, size_t n, const char *digits)
{
    const char *p = where;
    size_t len = strlen(digits);
    for (size_t i = 0; i + len <= n; i++) {
        if (memcmp(p + i, digits, len) == 0) {
            return true;
        }
    }
    return false;
}

static void test_messages_fill_the_model(void **state)
{
    struct fixture *f = *state;
    struct staff_model *m = &f->t->staff->model;
    hear(f, "staff pin=set mode=auto");
    assert_true(m->linked && m->pin_known && m->pin_set && m->automatic);
    hear(f, "edition epoch=2 edition=13 kind=current back=0");
    assert_true(m->no_way_back);
    hear(f, "edition epoch=2 edition=14 kind=current back=1");
    assert_false(m->no_way_back);
    hear(f, "stick state=offer label=KINGSTON packages=2 chosen=0 removable=0 sentence=");
    hear(f,
         "package n=0 file=a.gkp bytes=7 epoch=1 edition=13 result=chosen reason=none sentence=");
    hear(f, "package n=1 file=b.gkp bytes=8 epoch=1 edition=12 result=refused reason=older "
            "sentence=旧");
    hear(f,
         "package n=0 file=a.gkp bytes=9 epoch=1 edition=13 result=chosen reason=none sentence=");
    assert_int_equal(m->package_count, 2);
    assert_int_equal(m->packages[0].bytes, 9);
    assert_int_equal(m->packages[1].use, STAFF_REFUSED);
    hear(f, "offer file=a.gkp bytes=18400000 epoch=1 edition=13 from=1-12 built=2026-11-22 "
            "office=role:office review=李 have=2 need=2 delta=1");
    assert_int_equal(m->offer.from, 12);
    assert_int_equal(m->offer.edition, 13);
    assert_true(m->offered && m->offer.delta);
    hear(f, "job state=stage file=a.gkp epoch=1 edition=13 done=5 total=10 left_s=4 source=stick");
    assert_int_equal(m->left_s, 4);
    assert_true(m->offered);
    assert_int_equal(staff_view_of(m), STAFF_VIEW_READING);
    hear(f, "job state=stage file=a.gkp epoch=1 edition=13 done=6 total=10");
    assert_int_equal(m->left_s, -1);
    hear(f, "event time=2026-11-22T09:41:00+08:00 event=applied edition=13 sentence=好");
    assert_int_equal(m->events[0].time_s, 1795311660);
    hear(f, "notice event=keys-refused sentence=没有采用");
    assert_string_equal(m->notice, "没有采用");
    assert_false(m->notice_good);
    hear(f, "notice event=damaged sentence=坏");
    assert_string_equal(m->notice, "没有采用");
    hear(f, "event time=yesterday event=applied");
    assert_int_equal(m->events[1].time_s, 0);
}

static void test_every_state_has_its_view(void **state)
{
    struct fixture *f = *state;
    struct staff_model *m = &f->t->staff->model;
    static const struct {
        const char *line;
        enum staff_view view;
    } steps[] = {
        {"staff pin=set mode=staff", STAFF_VIEW_NONE},
        {"stick state=reading label=A packages=0 removable=0 sentence=", STAFF_VIEW_READING},
        {"stick state=empty label=A packages=0 removable=1 sentence=", STAFF_VIEW_NOTHING},
        {"stick state=failed label=A packages=0 removable=1 sentence=x", STAFF_VIEW_REFUSED},
        {"stick state=none", STAFF_VIEW_NONE},
        {"stick state=offer label=A packages=1 removable=0 sentence=", STAFF_VIEW_READING},
        {"job state=auth source=stick", STAFF_VIEW_READING},
        {"job state=hold edition=13 source=stick", STAFF_VIEW_HOLD},
        {"job state=seal edition=13 source=stick", STAFF_VIEW_SWITCHING},
        {"job state=trial edition=13", STAFF_VIEW_READING}, /* not offered: nothing known of it */
        {"done result=applied edition=13 reason=none sentence=", STAFF_VIEW_APPLIED},
        {"stick state=done label=A packages=1 removable=1 sentence=", STAFF_VIEW_APPLIED},
        {"stick state=none", STAFF_VIEW_APPLIED},
        {"stick state=reading label=A packages=0 removable=0 sentence=", STAFF_VIEW_READING},
        {"job state=stage edition=14 done=1 total=9 source=stick", STAFF_VIEW_READING},
        {"stick state=none", STAFF_VIEW_READING},
        {"done result=incomplete reason=unreadable edition=14 sentence=x", STAFF_VIEW_READING},
        {"job state=idle", STAFF_VIEW_PULLED},
        {"stick state=reading label=A packages=0 removable=0 sentence=", STAFF_VIEW_READING},
        {"job state=auth source=stick", STAFF_VIEW_READING},
        {"done result=refused reason=older edition=12 sentence=x", STAFF_VIEW_READING},
        {"job state=idle", STAFF_VIEW_NOTHING},
        {"job state=auth source=stick", STAFF_VIEW_READING},
        {"done result=refused reason=stopped edition=12 sentence=x", STAFF_VIEW_READING},
        {"job state=idle", STAFF_VIEW_NOT_NOW},
        {"job state=stage edition=14 done=1 total=9 source=stick", STAFF_VIEW_READING},
        {"done result=incomplete reason=unreadable edition=14 sentence=x", STAFF_VIEW_READING},
        {"job state=idle", STAFF_VIEW_REFUSED}, /* it is still there, but cannot be read */
        {"stick state=none", STAFF_VIEW_PULLED},
        {"job state=idle", STAFF_VIEW_PULLED},
        {"job state=stopped sentence=x", STAFF_VIEW_STOPPED},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        hear(f, steps[i].line);
        if (staff_view_of(m) != steps[i].view) {
            print_error("step %zu: %s: view %d\n", i, steps[i].line, (int)staff_view_of(m));
        }
        assert_int_equal(staff_view_of(m), steps[i].view);
    }
}

/* A stick that goes after it was read whole is no mishap. */
static void test_removed_when_allowed_is_not_pulled(void **state)
{
    struct fixture *f = *state;
    hear(f, "stick state=offer label=A packages=1 removable=0 sentence=");
    hear(f, "job state=readback edition=13 done=1 total=2 source=stick");
    hear(f, "stick state=offer label=A packages=1 removable=1 sentence=");
    hear(f, "stick state=none");
    assert_false(f->t->staff->model.pulled);
}

static void test_odd_values_are_bounded(void **state)
{
    struct fixture *f = *state;
    struct staff_model *m = &f->t->staff->model;
    char line[4096];
    char text[3000];
    memset(text, 0, sizeof text);
    for (size_t i = 0; i + 4 < sizeof text; i += 3) {
        memcpy(text + i, "字", 3);
    }
    (void)snprintf(line, sizeof line, "stick state=offer label=%s removable=1", text);
    hear(f, line);
    assert_int_equal(strlen(m->label) % 3, 0);
    assert_true(strlen(m->label) < sizeof m->label);
    hear(f, "stick state=nonsense label=A removable=7");
    assert_int_equal(m->stick, STAFF_STICK_OFFER);
    assert_false(m->removable);
    for (int i = 0; i < STAFF_PACKAGES_MAX + 9; i++) {
        (void)snprintf(line, sizeof line, "package n=%d file=f result=usable", i);
        hear(f, line);
    }
    assert_int_equal(m->package_count, STAFF_PACKAGES_MAX);
    for (int i = 0; i < STAFF_EVENTS_MAX + 9; i++) {
        hear(f, "event time= event=applied");
    }
    assert_int_equal(m->event_count, STAFF_EVENTS_MAX);
    for (int i = 0; i < STAFF_COUNTERS_MAX + 9; i++) {
        (void)snprintf(line, sizeof line, "counters a%d=1 %0100d=2", i, i);
        hear(f, line);
    }
    assert_int_equal(m->counter_count, STAFF_COUNTERS_MAX);
    hear(f, "job state=stage done=18446744073709551615 total=1 left_s=18446744073709551615");
    assert_int_equal(m->left_s, -1);
    hear(f, "answer verb=unlock ok=0 sentence=x wait_s=18446744073709551615");
    assert_false(f->t->staff->unlocked);
    hear(f, "answer verb=unlock ok=1 sentence= wait_s=0"); /* nobody asked */
    assert_false(f->t->staff->unlocked);
}

static void test_pin_is_wiped(void **state)
{
    struct fixture *f = *state;
    struct staff *s = f->t->staff;
    struct staff_request r;
    hear(f, "staff pin=set mode=staff");
    act(f, ACTION_STAFF, 0, 0);
    assert_int_equal(terminal_place(f->t)->screen, SCREEN_STAFF_PIN);
    assert_true(staff_next_request(s, &r));
    assert_int_equal(r.verb, STAFF_STATUS);
    type(f, "864209");
    act(f, ACTION_STAFF_ERASE, 0, 0);
    act(f, ACTION_STAFF_UNLOCK, 0, 0); /* too short */
    assert_false(staff_next_request(s, &r));
    type(f, "9");
    act(f, ACTION_STAFF_UNLOCK, 0, 0);
    assert_int_equal(s->pin_count, 0);
    assert_true(staff_next_request(s, &r));
    assert_string_equal(r.pin, "864209");
    assert_false(holds(s, sizeof *s, "864209"));
    type(f, "1"); /* its answer is awaited */
    assert_int_equal(s->pin_count, 0);
    hear(f, "answer verb=unlock ok=0 sentence=口令不对 wait_s=4");
    type(f, "1");
    assert_int_equal(s->pin_count, 0);
    clock_advance(&f->clock, 4000);
    type(f, "135791357913579"); /* more than a PIN can have */
    assert_int_equal(s->pin_count, STAFF_PIN_MAX);
    staff_moved(f->t, SCREEN_CONTACT);
    assert_false(holds(s, sizeof *s, "13579"));
}

static void test_locked_asks_for_nothing(void **state)
{
    struct fixture *f = *state;
    struct staff_request r;
    hear(f, "staff pin=set mode=auto");
    hear(f, "stick state=offer label=A packages=1 removable=0 sentence=");
    terminal_open(f->t, SCREEN_STAFF);
    act(f, ACTION_STAFF_ASK, STAFF_APPROVE, 0);
    while (staff_next_request(f->t->staff, &r)) {
        assert_int_equal(r.verb, STAFF_STATUS);
    }
    assert_int_equal(terminal_place(f->t)->screen, SCREEN_STAFF_PIN);
}

static void test_what_locks(void **state)
{
    struct fixture *f = *state;
    struct staff *s = f->t->staff;
    struct staff_request r;
    unlock(f);
    act(f, ACTION_STAFF_ASK, STAFF_TAKE, 3);
    assert_true(staff_next_request(s, &r));
    assert_int_equal(r.verb, STAFF_TAKE);
    assert_int_equal(r.n, 3);
    hear(f, "answer verb=take ok=0 locked=1 sentence=x"); /* syncd forgot us */
    assert_false(s->unlocked);
    assert_int_equal(terminal_place(f->t)->screen, SCREEN_STAFF_PIN);
    while (staff_next_request(s, &r)) {
    }
    unlock(f);
    staff_moved(f->t, SCREEN_CONTACT);
    assert_false(s->unlocked);
    assert_true(staff_next_request(s, &r));
    assert_int_equal(r.verb, STAFF_LOCK);
    unlock(f);
    staff_disconnected(f->t);
    assert_false(s->unlocked);
    assert_false(s->model.linked);
    assert_false(staff_next_request(s, &r));
    unlock(f);
    clock_advance(&f->clock, 600000); /* as long as syncd keeps it */
    act(f, ACTION_STAFF_ASK, STAFF_ROLLBACK, 0);
    assert_false(s->unlocked);
}

static void test_idle_leaves_but_not_while_work_goes_on(void **state)
{
    struct fixture *f = *state;
    bool over;
    bool call;
    unlock(f);
    hear(f, "job state=stage edition=13 done=1 total=9 source=stick");
    for (int i = 0; i < 30; i++) {
        clock_advance(&f->clock, 10000);
        hear(f, "job state=stage edition=13 done=2 total=9 source=stick");
        (void)staff_tick(f->t, clock_ms(&f->clock), &over, &call);
        assert_false(over);
    }
    hear(f, "job state=hold edition=13 source=stick");
    clock_advance(&f->clock, 119000);
    (void)staff_tick(f->t, clock_ms(&f->clock), &over, &call);
    assert_false(over);
    clock_advance(&f->clock, 1001);
    (void)staff_tick(f->t, clock_ms(&f->clock), &over, &call);
    assert_true(over);
}

/* A resident at the catalogue sees nothing of a running job, and no frame is built for it. */
static void test_progress_builds_no_frame_for_residents(void **state)
{
    struct fixture *f = *state;
    hear(f, "stick state=offer label=A packages=1 removable=0 sentence=");
    assert_true(f->t->dirty); /* the notice */
    f->t->dirty = false;
    hear(f, "job state=auth source=stick");
    hear(f, "job state=stage edition=13 done=1 total=9 left_s=4 source=stick");
    hear(f, "job state=stage edition=13 done=2 total=9 left_s=3 source=stick");
    assert_false(f->t->dirty);
    terminal_open(f->t, SCREEN_STAFF_PIN);
    f->t->dirty = false;
    hear(f, "job state=stage edition=13 done=3 total=9 left_s=2 source=stick");
    assert_true(f->t->dirty);
}

static void test_comes_by_itself_when_nobody_is_there(void **state)
{
    struct fixture *f = *state;
    bool over;
    bool call;
    f->t->visit.touched = true;
    hear(f, "stick state=reading label=A packages=0 removable=0 sentence=");
    clock_advance(&f->clock, 60000);
    (void)staff_tick(f->t, clock_ms(&f->clock), &over, &call);
    assert_false(call); /* somebody is reading */
    f->t->visit.touched = false;
    f->t->last_touch_ms = clock_ms(&f->clock);
    assert_int_equal(staff_tick(f->t, clock_ms(&f->clock), &over, &call), 5000);
    clock_advance(&f->clock, 5000);
    (void)staff_tick(f->t, clock_ms(&f->clock), &over, &call);
    assert_true(call);
    assert_int_equal(staff_entry_screen(f->t), SCREEN_STAFF_PIN);
    hear(f, "staff pin=set mode=auto");
    assert_int_equal(staff_entry_screen(f->t), SCREEN_STAFF);
    hear(f, "stick state=none");
    (void)staff_tick(f->t, clock_ms(&f->clock), &over, &call);
    assert_false(call);
}

/* Whatever order and values messages come in, the model's counts stay within its arrays, its texts
 * end, and every view can be named. */
static void test_random_messages(void **state)
{
    static const char *const verbs[] = {"staff", "stick",    "package", "offer",  "changes", "job",
                                        "done",  "counters", "event",   "answer", "notice"};
    static const char *const keys[] = {"state", "n",      "label",  "result", "edition", "from",
                                       "done",  "total",  "left_s", "time",   "verb",    "ok",
                                       "pin",   "source", "reason", "event",  "packages"};
    static const char *const values[] = {"none",
                                         "reading",
                                         "offer",
                                         "done",
                                         "idle",
                                         "auth",
                                         "stage",
                                         "hold",
                                         "trial",
                                         "stopped",
                                         "0",
                                         "1",
                                         "99999999999999999",
                                         "-1",
                                         "x-y",
                                         "stick",
                                         "applied",
                                         "incomplete",
                                         "unlock",
                                         "take",
                                         "keys",
                                         "2026-11-22T09:41:00+99:99",
                                         "%E5%AD"};
    struct fixture *f = *state;
    const struct staff_model *m = &f->t->staff->model;
    struct staff_request r;
    uint32_t seed = 1;
    for (int i = 0; i < 30000; i++) {
        char line[512];
        int n = snprintf(line, sizeof line, "%s",
                         verbs[(seed = seed * 1664525u + 1013904223u) / 65536u % 11u]);
        for (int k = 0; k < 6; k++) {
            const char *key = keys[(seed = seed * 1664525u + 1013904223u) / 65536u % 17u];
            const char *value = values[(seed = seed * 1664525u + 1013904223u) / 65536u % 23u];
            n += snprintf(line + n, sizeof line - (size_t)n, " %s=%s", key, value);
        }
        hear(f, line);
        assert_true(m->package_count <= STAFF_PACKAGES_MAX && m->event_count <= STAFF_EVENTS_MAX &&
                    m->counter_count <= STAFF_COUNTERS_MAX);
        assert_true(memchr(m->label, 0, sizeof m->label) && memchr(m->reason, 0, sizeof m->reason));
        assert_in_range(staff_view_of(m), STAFF_VIEW_NONE, STAFF_VIEW_STOPPED);
        assert_in_range(m->job, STAFF_JOB_IDLE, STAFF_JOB_STOPPED);
        assert_false(f->t->staff->unlocked);
        while (staff_next_request(f->t->staff, &r)) {
        }
    }
}

/* As counters write a name. */
static struct slice counted(const char *name, char out[64])
{
    (void)snprintf(out, 64, "%s", name);
    for (char *c = out; *c; c++) {
        *c = *c == '-' ? '_' : *c;
    }
    return slice_of(out);
}

/* Nothing that syncd may say is shown by its English name. */
static void test_names(void **state)
{
    char name[64];
    (void)state;
    for (int k = 0; k < HISTORY_KIND_COUNT; k++) {
        const char *event = history_kind_name((enum history_kind)k);
        if (staff_event_word(slice_of(event)) == W_COUNT ||
            staff_counter_word(counted(event, name)) == W_COUNT) {
            fail_msg("no word for the event %s", event);
        }
    }
    for (int r = REJECT_NONE + 1; r < REJECT_COUNT; r++) {
        const char *reason = reject_name((enum reject)r);
        if (staff_reason_word(counted(reason, name)) == W_COUNT) {
            fail_msg("no word for the reason %s", reason);
        }
    }
    assert_int_not_equal(staff_reason_word(SLICE_LIT("quota")), W_COUNT);
    assert_int_equal(staff_event_word(SLICE_LIT("other")), W_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_messages_fill_the_model, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_state_has_its_view, setup, teardown),
        cmocka_unit_test_setup_teardown(test_removed_when_allowed_is_not_pulled, setup, teardown),
        cmocka_unit_test_setup_teardown(test_odd_values_are_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_random_messages, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pin_is_wiped, setup, teardown),
        cmocka_unit_test_setup_teardown(test_locked_asks_for_nothing, setup, teardown),
        cmocka_unit_test(test_names),
        cmocka_unit_test_setup_teardown(test_what_locks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_idle_leaves_but_not_while_work_goes_on, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_progress_builds_no_frame_for_residents, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_comes_by_itself_when_nobody_is_there, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
