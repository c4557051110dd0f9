#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "pack/keys_office.h"
#include "package/root.h"

/* Changing keys: a new root.N in dir/trust, signed by the root keys before it and by its own. Root
 * keys lie with several people: each signs a copy of dir on a computer of their own, one after the
 * other. Until the signatures suffice terminals refuse the new root and keep the old one. Every
 * function appends one Chinese sentence to *problem when it fails. */
struct rekey_options {
    const char *dir;                    /* with trust/; keys that are made are put beside it */
    bool replace[KEY_COUNT];            /* a fresh key instead of the one of this use */
    const char *keys[ROLE_COUNT + 1];   /* public key files, comma between: the whole group */
    uint64_t threshold[ROLE_COUNT + 1]; /* 0: as before */
    uint64_t jump_cap;                  /* 0: as before */
    bool keep_epoch, raise_epoch; /* neither: raised when a key of office or review is dropped */
    bool no_password;
    const char *password_file; /* for the root keys and the new ones; NULL: asked for */
};

/* Makes the new keys as dir/NAME.N.{key,pub} and dir/trust/root.N, and signs it with the root keys
 * that lie in dir. A root that is not wholly signed yet must be finished or removed first
 * (ERR_BUSY). ERR_USAGE: nothing is to be changed. */
enum err rekey_run(const struct rekey_options *options, FILE *out, struct buf *problem) MUST_USE;

/* One more signature on the root that waits for them. ERR_MISSING: none waits; ERR_DENIED: the key
 * is no root key of it or of the one before, or has signed already. */
enum err rekey_sign(const char *dir, const char *key_path, const char *password_file, FILE *out,
                    struct buf *problem) MUST_USE;

/* The root in force and, if there is one, the one that waits, with the signatures still missing.
 * *ret_waiting: one waits. */
enum err rekey_show(const char *dir, FILE *out, struct buf *problem, bool *ret_waiting) MUST_USE;
