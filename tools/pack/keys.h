#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "package/minisign.h"
#include "package/trust.h"

/* Key files in minisign's own formats (the stock minisign reads ours, we read its), and signing.
 * Every function that can fail appends one Chinese sentence for the user to *problem (why, what to
 * do) when it does. Sources: keys.c keygen.c sentence.c */

struct secret_key; /* in locked memory, wiped by key_destroy */

/* A fresh key pair. */
enum err key_generate(struct secret_key **ret_key) MUST_USE;
/* A protected key's password comes from the first line of password_file or, when that is NULL, from
 * the terminal without echo. ERR_DENIED: wrong password, or none can be asked for. */
enum err key_load_secret(const char *path, const char *password_file, struct buf *problem,
                         struct secret_key **ret_key) MUST_USE;
void key_destroy(struct secret_key *key); /* NULL is fine */

/* A minisign public key file (or its second line alone). */
enum err key_load_public(const char *path, struct buf *problem,
                         struct minisign_key *ret_key) MUST_USE;
struct minisign_key key_public(const struct secret_key *key);

/* Writes path.key (0600) and path.pub. An existing file is never overwritten (ERR_BUSY). password
 * NULL: the secret key is stored unprotected; else scrypt as minisign does. */
enum err key_write(const struct secret_key *key, const char *path_without_suffix,
                   const char *password, struct buf *problem) MUST_USE;

/* Appends a signature file over message: "untrusted comment: gongkai ROLE", the trusted comment as
 * given. Ed25519 is deterministic: the same inputs give the same bytes. ERR_LIMIT: trusted comment
 * too long or not one printable line. */
enum err key_sign(const struct secret_key *key, const char *role, struct slice message,
                  struct slice trusted, struct buf *ret_file) MUST_USE;

/* The first line of password_file, or (NULL) asked for on the terminal; `twice` asks again and
 * compares. The caller wipes and finishes *ret_password (NUL-terminated). */
enum err password_ask(const char *password_file, const char *whose, bool twice, struct buf *problem,
                      struct buf *ret_password) MUST_USE;
void password_wipe(struct buf *password);

struct keygen_options {
    const char *dir;
    const char *channel; /* NULL: "gongkai-demo" */
    uint64_t epoch;      /* 0: 1 */
    bool no_password;
    const char *password_file; /* NULL: asked for, one password a key */
};

/* gongkai-pack keygen: dir/{office,review,root1,root2,root3}.{key,pub}, dir/trust/root.1 and
 * root.1.sigs (signed by root1 and root2). Says on out what was written and what each file is for.
 * Refuses to overwrite. */
enum err keygen_run(const struct keygen_options *options, FILE *out, struct buf *problem) MUST_USE;
