#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "package_fixture.h"
#include "syncd/keys_in.h"

/* For tests of what changes keys and settings. Fails the running test on an error. */

/* A terminal in a folder of its own with root.1, and a chain root.2 (other keys everywhere, epoch
 * 2), root.3 (epoch 2). */
struct hall {
    struct fixture f;
    struct secret_key *roots[3], *office;
    struct buf text[4], signatures[4]; /* of root.N at [N] */
    char root[64], stick[96];
};

void hall_init(struct hall *h);
void hall_finish(struct hall *h);

void hall_sub(const struct hall *h, const char *name, char path[128]); /* below h->root */
void hall_put(const char *dir, const char *name, struct slice bytes);
void hall_put_root(const struct hall *h, const char *dir, int version);
void hall_sign(struct hall *h, int version, const struct root *root,
               struct secret_key *const keys[], size_t n); /* into h->text and h->signatures */
struct root hall_second_root(const struct hall *h);
uint64_t hall_version(const struct hall *h); /* of the newest root it has */
struct keys_in_result hall_take(const struct hall *h, int version);
/* Signed settings with this url, in place of what is in *ret. */
void hall_settings_file(const struct secret_key *key, uint64_t epoch, uint64_t serial,
                        const char *url, struct buf *ret);
