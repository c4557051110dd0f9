/* The acceptance rules, one line a rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/policy.h"

struct rule {
    const char *what;
    struct edition_id current, floor, bad, factory, candidate;
    const char *channel, *required;
    uint32_t schema, min_app;
    enum reject expected;
};

#define NONE                                                                                       \
    {                                                                                              \
        0, 0                                                                                       \
    }
static const struct rule rules[] = {
    {"first", NONE, NONE, NONE, NONE, {1, 400}, "hall", "", 1, 10000, REJECT_NONE},
    {"next", {1, 12}, {1, 12}, NONE, NONE, {1, 13}, "hall", "", 1, 10000, REJECT_NONE},
    {"same", {1, 12}, {1, 12}, NONE, NONE, {1, 12}, "hall", "", 1, 10000, REJECT_SAME},
    {"older", {1, 12}, {1, 12}, NONE, NONE, {1, 11}, "hall", "", 1, 10000, REJECT_OLDER},
    {"trial", {1, 14}, {1, 12}, NONE, NONE, {1, 13}, "hall", "", 1, 10000, REJECT_OLDER},
    {"repair", {1, 11}, {1, 12}, NONE, NONE, {1, 12}, "hall", "", 1, 10000, REJECT_NONE},
    {"below floor", {1, 10}, {1, 12}, NONE, NONE, {1, 11}, "hall", "", 1, 10000, REJECT_OLDER},
    {"repair from none", NONE, {1, 12}, NONE, NONE, {1, 12}, "hall", "", 1, 10000, REJECT_NONE},
    {"rolled back",
     {1, 11},
     {1, 12},
     {1, 12},
     NONE,
     {1, 12},
     "hall",
     "",
     1,
     10000,
     REJECT_BAD_LISTED},
    {"after rollback", {1, 11}, {1, 12}, {1, 12}, NONE, {1, 13}, "hall", "", 1, 10000, REJECT_NONE},
    {"factory newer", NONE, NONE, NONE, {1, 20}, {1, 19}, "hall", "", 1, 10000, REJECT_OLDER},
    {"factory same", NONE, NONE, NONE, {1, 20}, {1, 20}, "hall", "", 1, 10000, REJECT_SAME},
    {"factory newer than shown",
     {1, 11},
     {1, 11},
     NONE,
     {1, 20},
     {1, 20},
     "hall",
     "",
     1,
     10000,
     REJECT_OLDER},
    {"on trial", {1, 14}, {1, 12}, NONE, NONE, {1, 14}, "hall", "", 1, 10000, REJECT_SAME},
    {"factory older", NONE, NONE, NONE, {1, 20}, {1, 21}, "hall", "", 1, 10000, REJECT_NONE},
    {"jump at cap", {1, 12}, {1, 12}, NONE, NONE, {1, 112}, "hall", "", 1, 10000, REJECT_NONE},
    {"jump", {1, 12}, {1, 12}, NONE, NONE, {1, 113}, "hall", "", 1, 10000, REJECT_JUMP},
    {"huge jump", {1, 12}, {1, 12}, NONE, NONE, {1, UINT64_MAX}, "hall", "", 1, 10000, REJECT_JUMP},
    {"other hall", {1, 12}, {1, 12}, NONE, NONE, {1, 13}, "else", "", 1, 10000, REJECT_CHANNEL},
    {"configured", {1, 12}, {1, 12}, NONE, NONE, {1, 13}, "hall", "hall", 1, 10000, REJECT_NONE},
    {"configured other",
     {1, 12},
     {1, 12},
     NONE,
     NONE,
     {1, 13},
     "hall",
     "x",
     1,
     10000,
     REJECT_CHANNEL},
    {"schema", {1, 12}, {1, 12}, NONE, NONE, {1, 13}, "hall", "", 2, 10000, REJECT_FUTURE_FORMAT},
    {"program", {1, 12}, {1, 12}, NONE, NONE, {1, 13}, "hall", "", 1, 10001, REJECT_FUTURE_FORMAT},
    {"later epoch", {1, 12}, {1, 12}, NONE, NONE, {2, 1}, "hall", "", 1, 10000, REJECT_EPOCH},
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct rule *r = &rules[i];
        struct select s = {.current = r->current, .floor = r->floor};
        select_add_bad(&s, r->bad);
        struct manifest m = {.product = "gongkai",
                             .epoch = r->candidate.epoch,
                             .edition = r->candidate.edition,
                             .schema = r->schema,
                             .min_app = r->min_app};
        (void)snprintf(m.channel, sizeof m.channel, "%s", r->channel);
        const struct policy p = {.channel = "hall",
                                 .required_channel = r->required,
                                 .epoch = 1,
                                 .jump_cap = 100,
                                 .schema = 1,
                                 .app = 10000,
                                 .factory = r->factory};
        enum reject got = policy_check(&p, &s, &m);
        if (got != r->expected) {
            print_error("%s: %s\n", r->what, reject_name(got));
        }
        assert_int_equal(got, r->expected);
    }
}

static void test_new_epoch(void **state)
{
    (void)state;
    struct select s = {.current = {1, 900}, .floor = {1, 900}};
    struct manifest m = {
        .product = "gongkai", .channel = "hall", .epoch = 2, .edition = 1, .schema = 1};
    struct policy p = {.channel = "hall", .epoch = 2, .jump_cap = 100, .schema = 1, .app = 10000};
    assert_int_equal(policy_check(&p, &s, &m), REJECT_NONE); /* numbers may start again */
    m.epoch = 1;
    m.edition = 901;
    assert_int_equal(policy_check(&p, &s, &m), REJECT_EPOCH); /* the old keys are out of use */
    s.current = s.floor = (struct edition_id){2, 1};
    assert_int_equal(policy_check(&p, &s, &m), REJECT_OLDER);
    m.product[0] = 'G';
    assert_int_equal(policy_check(&p, &s, &m), REJECT_PRODUCT);
}

static void test_app_version(void **state)
{
    (void)state;
    assert_int_equal(policy_app_version("1.0.0"), 10000);
    assert_int_equal(policy_app_version("2.13.4"), 21304);
    assert_int_equal(policy_app_version("1.0"), 0);
    assert_int_equal(policy_app_version("1.0.0.1"), 0);
    assert_int_equal(policy_app_version("1.100.0"), 0);
    assert_true(policy_app_version(GONGKAI_VERSION) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_new_epoch),
        cmocka_unit_test(test_app_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
