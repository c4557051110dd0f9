/* What a terminal reports of itself: the texts, the signature, the counters; and what it makes of the
 * time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "package/terminal_key.h"
#include "store/store.h"
#include "store/time_floor.h"
#include "syncd/status.h"

static char root[64];

static int setup(void **state)
{
    (void)state;
    (void)strcpy(root, "/tmp/gongkai-status-XXXXXX");
    assert_non_null(mkdtemp(root));
    return store_create(root) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    return dir_remove(root) == ERR_OK ? 0 : -1;
}

static struct status example(struct counters *c)
{
    memset(c, 0, sizeof *c);
    counters_add(c, "starts");
    counters_add(c, "refused");
    counters_add(c, "refused_key-unknown");
    counters_add(c, "refused_frame");
    counters_add(c, "taken-back");
    counters_add(c, "starts");
    struct status s = {.time_s = 1800000000,
                       .time_trusted = true,
                       .terminal = "0123456789ABCDEF",
                       .shown = "previous",
                       .current = {1, 13},
                       .previous = {1, 12},
                       .floor = {1, 13},
                       .phase = "ok",
                       .health = STATUS_FALLBACK,
                       .job = "idle",
                       .free_mib = 640,
                       .error_count = 1,
                       .counters = c};
    s.errors[0].time_s = 1799999999;
    (void)strcpy(s.errors[0].event, "damaged");
    (void)strcpy(s.errors[0].sentence, "第13期\"内容\"已损坏。");
    return s;
}

static void test_json(void **state)
{
    struct counters c;
    struct status s = example(&c);
    struct buf json = {0};
    struct buf later = {0};
    struct buf text = {0};
    int64_t n = 0;
    (void)state;
    status_json(&s, true, &json);
    assert_true(json_find_str(buf_slice(&json), "health", &text));
    assert_true(slice_eq_cstr(buf_slice(&text), "fallback"));
    assert_true(json_find_int(buf_slice(&json), "edition", &n) && n == 13);
    assert_non_null(strstr(json.p, "\"counters\":{\"refused\":1,\"refused_frame\":1,"
                                   "\"refused_key_unknown\":1,\"starts\":2,\"taken_back\":1}"));
    assert_non_null(strstr(json.p, "第13期\\\"内容\\\"已损坏。"));
    buf_clear(&json);
    status_json(&s, false, &json);
    s.time_s += 1000;
    status_json(&s, false, &later);
    assert_true(slice_eq(buf_slice(&json), buf_slice(&later))); /* time alone is no news */
    buf_finish(&json);
    buf_finish(&later);
    buf_finish(&text);
}

/* --- the text format 0.0.4, as a collector's own checker reads it --- */

struct family {
    char name[64];
    bool help, type, counter;
    unsigned samples;
};
struct exposition {
    size_t n;
    struct family at[32];
    size_t series_count;
    char series[128][160];
};

static struct family *family_of(struct exposition *x, struct slice name, bool make)
{
    for (size_t i = 0; i < x->n; i++) {
        if (slice_eq_cstr(name, x->at[i].name)) {
            return &x->at[i];
        }
    }
    if (!make || x->n == sizeof x->at / sizeof *x->at || name.n >= sizeof x->at[0].name) {
        return NULL;
    }
    struct family *f = &x->at[x->n++];
    (void)snprintf(f->name, sizeof f->name, "%.*s", (int)name.n, name.p);
    return f;
}

static bool name_is_valid(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || c == '_' || c == ':';
        if (!letter && !(i > 0 && c >= '0' && c <= '9')) {
            return false;
        }
    }
    return s.n > 0 && slice_has_prefix(s, SLICE_LIT("gongkai_"));
}

static bool comment_read(struct exposition *x, struct slice line)
{
    struct slice rest = slice_sub(line, 7, line.n);
    struct slice name = slice_cut(&rest, ' ');
    struct family *f = family_of(x, name, true);
    if (!f || !name_is_valid(name) || rest.n == 0 || f->samples > 0) {
        return false; /* a family's comments stand before its samples */
    }
    if (slice_has_prefix(line, SLICE_LIT("# HELP "))) {
        return !f->help && (f->help = true);
    }
    f->counter = slice_eq_cstr(rest, "counter");
    return slice_has_prefix(line, SLICE_LIT("# TYPE ")) && !f->type && (f->type = true) &&
           (f->counter || slice_eq_cstr(rest, "gauge"));
}

static bool sample_read(struct exposition *x, struct slice line)
{
    size_t brace = slice_find(line, SLICE_LIT("{"), 0);
    size_t space = slice_find(line, SLICE_LIT(" "), 0);
    size_t end = brace < space ? brace : space;
    struct family *f = family_of(x, slice_sub(line, 0, end), false);
    uint64_t value = 0;
    if (!f || !f->help || !f->type || f != &x->at[x->n - 1] || space == SIZE_MAX ||
        !slice_to_u64(slice_sub(line, space + 1, line.n), &value)) {
        return false;
    }
    if (brace < space && line.p[space - 1] != '}') {
        return false;
    }
    if (f->counter != slice_has_suffix(slice_of(f->name), SLICE_LIT("_total"))) {
        return false;
    }
    for (size_t i = 0; i < x->series_count; i++) {
        if (slice_eq_cstr(slice_sub(line, 0, space), x->series[i])) {
            return false;
        }
    }
    assert_true(x->series_count < 128 && space < 160);
    (void)snprintf(x->series[x->series_count++], 160, "%.*s", (int)space, line.p);
    f->samples++;
    return true;
}

static bool exposition_is_valid(struct slice text, struct exposition *x)
{
    memset(x, 0, sizeof *x);
    if (text.n == 0 || text.p[text.n - 1] != '\n') {
        return false;
    }
    while (text.n > 0) {
        struct slice line = slice_cut(&text, '\n');
        bool good = slice_has_prefix(line, SLICE_LIT("# ")) ? comment_read(x, line)
                                                            : sample_read(x, line);
        if (!good) {
            return false;
        }
    }
    for (size_t i = 0; i < x->n; i++) {
        if (!x->at[i].help || !x->at[i].type || x->at[i].samples == 0) {
            return false;
        }
    }
    return true;
}

static void test_metrics(void **state)
{
    static struct exposition x;
    struct counters c;
    struct status s = example(&c);
    struct buf text = {0};
    (void)state;
    status_metrics(&s, &text);
    assert_true(exposition_is_valid(buf_slice(&text), &x));
    buf_append_byte(&text, '\0');
    assert_non_null(strstr(text.p, "\ngongkai_edition 13\n"));
    assert_non_null(strstr(text.p, "\ngongkai_health{state=\"fallback\"} 1\n"));
    assert_non_null(strstr(text.p, "\ngongkai_health{state=\"good\"} 0\n"));
    assert_non_null(strstr(text.p, "\ngongkai_refused_total{reason=\"key_unknown\"} 1\n"));
    assert_non_null(strstr(text.p, "\ngongkai_events_total{event=\"starts\"} 2\n"));
    buf_clear(&text);
    c.n = 0; /* a new terminal: no family without a sample */
    status_metrics(&s, &text);
    assert_true(exposition_is_valid(buf_slice(&text), &x));
    buf_append_cstr(&text, "gongkai_edition 13\n");
    assert_false(exposition_is_valid(buf_slice(&text), &x)); /* the checker can fail */
    buf_finish(&text);
}

static void test_signature(void **state)
{
    struct terminal_key key;
    struct terminal_key again;
    struct minisign_section section;
    struct buf sig = {0};
    struct buf form = {0};
    uint8_t prehash[MINISIGN_PREHASH];
    char path[PATH_MAX];
    struct stat st;
    (void)state;
    assert_int_equal(store_path(root, "state/terminal.key", path), ERR_OK);
    assert_int_equal(terminal_key_open(path, &key), ERR_OK);
    assert_int_equal(terminal_key_open(path, &again), ERR_OK);
    assert_memory_equal(&key, &again, sizeof key); /* kept */
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    terminal_key_sign(&key, SLICE_LIT("status"), SLICE_LIT("time:now"), &sig);
    /* never a signature that a package could carry; but for its comment of that form */
    assert_int_equal(minisign_section_parse(buf_slice(&sig), &section), ERR_FORMAT);
    const struct slice ours = SLICE_LIT("untrusted comment: gongkai terminal");
    assert_true(slice_has_prefix(buf_slice(&sig), ours));
    buf_append_cstr(&form, "untrusted comment: gongkai office");
    buf_append(&form, slice_sub(buf_slice(&sig), ours.n, sig.n));
    assert_int_equal(minisign_section_parse(buf_slice(&form), &section), ERR_OK);
    assert_int_equal(section.count, 1);
    minisign_prehash(SLICE_LIT("status"), prehash);
    assert_true(minisign_verify(&key.public, &section.at[0], prehash));
    minisign_prehash(SLICE_LIT("statut"), prehash);
    assert_false(minisign_verify(&key.public, &section.at[0], prehash));
    /* a damaged key file gives another key, not a wrong one */
    struct buf bytes = {0};
    assert_int_equal(file_read(path, 100, &bytes), ERR_OK);
    bytes.p[20] = (char)(bytes.p[20] ^ 1);
    assert_int_equal(file_replace(path, buf_slice(&bytes), 0600), ERR_OK);
    assert_int_equal(terminal_key_open(path, &again), ERR_OK);
    assert_memory_not_equal(key.public.id, again.public.id, sizeof key.public.id);
    buf_finish(&bytes);
    buf_finish(&sig);
    buf_finish(&form);
}

static void test_counters(void **state)
{
    struct counters c;
    struct counters again;
    char name[8];
    (void)state;
    counters_read(root, &c);
    assert_int_equal(c.n, 0);
    counters_add(&c, "applied");
    counters_add(&c, "given-up");
    counters_add(&c, "Not A Name");
    counters_add(&c, "");
    assert_int_equal(c.n, 2);
    assert_true(c.changed);
    assert_int_equal(counters_write(root, &c), ERR_OK);
    counters_read(root, &again);
    assert_int_equal(counters_value(&again, "given_up"), 1);
    for (unsigned i = 0; i < 2 * COUNTERS_MAX; i++) {
        (void)snprintf(name, sizeof name, "x%u", i);
        counters_add(&again, name);
    }
    assert_int_equal(again.n, COUNTERS_MAX);
    assert_int_equal(counters_value(&again, "applied"), 1);
    assert_int_equal(counters_write(root, &again), ERR_OK);
    char path[PATH_MAX];
    assert_int_equal(store_path(root, "state/counters", path), ERR_OK);
    assert_int_equal(file_replace(path, SLICE_LIT("applied x\n\xff\nstarts 7\nlast"), 0644), ERR_OK);
    counters_read(root, &c);
    assert_int_equal(c.n, 1);
    assert_int_equal(counters_value(&c, "starts"), 7);
}

#define YEARS(n) ((n) * INT64_C(366) * 86400)
#define NOW_S INT64_C(1790000000)

static void test_clock(void **state)
{
    (void)state;
    struct clock c = clock_virtual(NOW_S);
    assert_true(clock_is_trusted(&c));
    c.adrift = true;
    assert_false(clock_is_trusted(&c)); /* nothing says that it is right */
    c.floor_s = NOW_S - YEARS(1);
    assert_true(clock_is_trusted(&c));
    c.wall_base = NOW_S + YEARS(20);
    assert_false(clock_is_trusted(&c));
    assert_int_equal(clock_wall_s(&c), NOW_S + YEARS(20));
    c.adrift = false;
    assert_true(clock_is_trusted(&c)); /* the network says so */
    c.wall_base = NOW_S - YEARS(20);
    assert_false(clock_is_trusted(&c));
    assert_int_equal(clock_wall_s(&c), c.floor_s);
    clock_advance(&c, 90000);
    assert_int_equal(clock_wall_s(&c), c.floor_s + 90); /* and it goes on */
}

static void test_time_floor(void **state)
{
    struct select s = {.current = {1, 1}, .time_floor_s = NOW_S};
    char path[PATH_MAX];
    (void)state;
    assert_int_equal(time_floor_read(root), 0);
    assert_int_equal(select_write(root, &s), ERR_OK);
    assert_int_equal(time_floor_read(root), NOW_S);
    assert_int_equal(time_floor_write(root, NOW_S + 5), ERR_OK);
    assert_int_equal(time_floor_read(root), NOW_S + 5);
    assert_int_equal(store_path(root, "state/time_floor", path), ERR_OK);
    assert_int_equal(file_replace(path, SLICE_LIT("99999999999999\n"), 0644), ERR_OK);
    assert_int_equal(time_floor_read(root), NOW_S); /* beyond belief: left out */
    assert_int_equal(time_floor_write(root, NOW_S + YEARS(4)), ERR_OK);
    assert_int_equal(time_floor_read(root), NOW_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_metrics),
        cmocka_unit_test_setup_teardown(test_signature, setup, teardown),
        cmocka_unit_test_setup_teardown(test_counters, setup, teardown),
        cmocka_unit_test(test_clock),
        cmocka_unit_test_setup_teardown(test_time_floor, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
