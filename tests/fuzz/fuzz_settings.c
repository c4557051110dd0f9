/* Hostile settings files: the input as it is, and its text rightly signed by the office, so that
 * what lies behind the signatures is reached. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "pack/keys.h"
#include "package/root.h"
#include "package/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct hall {
    struct secret_key *office, *review, *root;
    struct trust *trust;
};

static void hall_make(struct hall *h)
{
    struct buf text = {0};
    struct buf signatures = {0};
    struct root root = {.version = 1, .epoch = 3, .jump_cap = 1000, .channel = "fuzz"};
    enum err e = key_generate(&h->office);
    e = e == ERR_OK ? key_generate(&h->review) : e;
    e = e == ERR_OK ? key_generate(&h->root) : e;
    assert(e == ERR_OK);
    root.groups[ROLE_OFFICE] = (struct root_group){1, 1, {key_public(h->office)}};
    root.groups[ROLE_REVIEW] = (struct root_group){1, 1, {key_public(h->review)}};
    root.groups[ROOT_GROUP] = (struct root_group){1, 1, {key_public(h->root)}};
    e = root_write(&root, &text);
    e = e == ERR_OK ? key_sign(h->root, "root", buf_slice(&text), SLICE_LIT("x"), &signatures) : e;
    e = e == ERR_OK ? trust_of(buf_slice(&text), buf_slice(&signatures), &h->trust) : e;
    assert(e == ERR_OK);
    buf_finish(&text);
    buf_finish(&signatures);
}

static bool is_whole(const struct settings *s)
{
    return memchr(s->channel, 0, sizeof s->channel) != NULL &&
           memchr(s->pin, 0, sizeof s->pin) != NULL && memchr(s->url, 0, sizeof s->url) != NULL &&
           memchr(s->window, 0, sizeof s->window) != NULL && s->serial >= 1 && s->epoch >= 1 &&
           (s->pin[0] != '$' || secret_text_valid(slice_of(s->pin)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct hall hall; /* the fuzzer's process has no other place that lasts */
    struct slice in = {(const char *)data, n};
    struct slice text;
    struct slice signatures;
    struct settings s;
    struct buf file = {0};
    struct buf again = {0};
    if (hall.trust == NULL) {
        hall_make(&hall);
    }
    if (settings_open(hall.trust, in, &s) == REJECT_NONE) {
        assert(false); /* the key is new in every run: no input is signed by it */
    }
    if (settings_split(in, &text, &signatures) == ERR_OK) {
        assert(text.n + signatures.n == in.n && text.n <= SETTINGS_TEXT_MAX);
        if (settings_parse(text, &s) == ERR_OK) { /* one spelling */
            enum err e = settings_write(&s, &again);
            assert(e == ERR_OK && slice_eq(buf_slice(&again), text) && is_whole(&s));
        }
        buf_append(&file, text);
        enum err e = key_sign(hall.office, "office", text, SLICE_LIT("x"), &file);
        assert(e == ERR_OK);
        if (settings_open(hall.trust, buf_slice(&file), &s) == REJECT_NONE) {
            assert(is_whole(&s) && s.epoch <= 3 && strcmp(s.channel, "fuzz") == 0);
        }
    }
    (void)secret_text_valid(in);
    buf_finish(&again);
    buf_finish(&file);
    return 0;
}
