#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* The keys of an office, as keygen.c makes them and rekey.c replaces them. Source: keygen.c */
enum { KEY_OFFICE, KEY_REVIEW, KEY_ROOT1, KEY_ROOT2, KEY_ROOT3, KEY_COUNT };

struct key_use {
    const char *file;  /* name without suffix */
    const char *whose; /* for people */
    const char *use;
};
extern const struct key_use key_uses[KEY_COUNT];

/* dir/trust/root.N and its signatures; those first, so that a root never lies there without them.
 */
enum err trust_store(const char *dir, uint64_t version, struct slice text, struct slice signatures,
                     struct buf *problem) MUST_USE;
