/* Hostile trust roots. The input is a root text, a NUL, and a signatures section; without a NUL it
 * is a text alone. It is read as it is, and again rightly signed: here the fuzzer holds root keys,
 * so that the rules behind the signatures are reached. "@0@" to "@7@" in a text stand for public
 * keys: 0 and 1 are the root keys in force, 2 the office, 3 the review, 4 to 7 others. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "pack/keys.h"
#include "package/root.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define KEYS 8

struct hall {
    struct secret_key *keys[KEYS]; /* 0, 1: root keys in force; 2: office; 3: review; 4..: others */
    struct trust *trust;
};

static void hall_make(struct hall *h)
{
    struct buf text = {0};
    struct buf signatures = {0};
    struct root root = {.version = 1, .epoch = 3, .jump_cap = 1000, .channel = "fuzz"};
    enum err e = ERR_OK;
    for (size_t i = 0; i < KEYS && e == ERR_OK; i++) {
        e = key_generate(&h->keys[i]);
    }
    assert(e == ERR_OK);
    root.groups[ROLE_OFFICE] = (struct root_group){1, 1, {key_public(h->keys[2])}};
    root.groups[ROLE_REVIEW] = (struct root_group){1, 1, {key_public(h->keys[3])}};
    root.groups[ROOT_GROUP] =
        (struct root_group){2, 2, {key_public(h->keys[0]), key_public(h->keys[1])}};
    e = root_write(&root, &text);
    for (size_t i = 0; i < 2 && e == ERR_OK; i++) {
        e = key_sign(h->keys[i], "root", buf_slice(&text), SLICE_LIT("x"), &signatures);
    }
    assert(e == ERR_OK);
    e = trust_of(buf_slice(&text), buf_slice(&signatures), &h->trust);
    assert(e == ERR_OK);
    buf_finish(&text);
    buf_finish(&signatures);
}

/* Fills in the keys. */
static void expand(const struct hall *h, struct slice in, struct buf *out)
{
    char key[MINISIGN_KEY_TEXT + 1];
    for (size_t i = 0; i < in.n; i++) {
        if (in.n - i >= 3 && in.p[i] == '@' && in.p[i + 2] == '@' && in.p[i + 1] >= '0' &&
            in.p[i + 1] < '0' + KEYS) {
            struct minisign_key public = key_public(h->keys[in.p[i + 1] - '0']);
            minisign_key_format(&public, key);
            buf_append_cstr(out, key);
            i += 2;
        } else {
            buf_append_byte(out, in.p[i]);
        }
    }
}

/* What was accepted is what the rules say. */
static void judge(const struct hall *h, struct slice text, struct slice signatures)
{
    struct root root;
    struct trust *trust = NULL;
    struct buf again = {0};
    if (trust_check_next(h->trust, text, signatures) == ERR_OK) {
        enum err e = root_parse(text, &root);
        assert(e == ERR_OK && root.version == 2 && root.epoch >= 3 &&
               strcmp(root.channel, "fuzz") == 0);
    }
    if (trust_of(text, signatures, &trust) == ERR_OK) {
        for (size_t r = 0; r < ROLE_COUNT; r++) {
            assert(trust_threshold(trust, (enum role)r) >= 1);
        }
        trust_close(trust);
    }
    if (root_parse(text, &root) == ERR_OK) { /* one spelling */
        enum err e = root_write(&root, &again);
        assert(e == ERR_OK && slice_eq(buf_slice(&again), text));
        assert(root.groups[ROOT_GROUP].threshold <= root.groups[ROOT_GROUP].count);
    }
    buf_finish(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct hall hall; /* the fuzzer's process has no other place that lasts */
    struct slice in = {(const char *)data, n};
    struct buf text = {0};
    struct buf signatures = {0};
    if (hall.trust == NULL) {
        hall_make(&hall);
    }
    struct slice head = slice_cut(&in, '\0');
    judge(&hall, head, in);
    expand(&hall, head, &text);
    for (size_t i = 0; i < KEYS && text.n < ROOT_TEXT_MAX; i++) {
        if (i != 2 && i != 3) {
            enum err e =
                key_sign(hall.keys[i], "root", buf_slice(&text), SLICE_LIT("x"), &signatures);
            assert(e == ERR_OK);
        }
    }
    judge(&hall, buf_slice(&text), buf_slice(&signatures));
    judge(&hall, buf_slice(&text), in);
    buf_finish(&text);
    buf_finish(&signatures);
    return 0;
}
