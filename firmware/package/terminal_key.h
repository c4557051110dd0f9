#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "package/minisign.h"

/* The terminal's own key pair, with which it signs what it reports of itself (status.json). It signs
 * no content and no package: nothing of the chain of trust in trust.h knows it. Made at the first
 * start; the public half is given to whoever collects the reports. */
struct terminal_key {
    struct minisign_key public;
    uint8_t secret[64]; /* Ed25519 secret key as libsodium keeps it */
};

/* Reads the file, or makes it (0600) when it is absent or damaged: a new key is another terminal to
 * the collector, which then asks a technician. ERR_IO, ERR_NOSPACE, ERR_READONLY: cannot be written. */
enum err terminal_key_open(const char *path, struct terminal_key *ret_key) MUST_USE;
void terminal_key_wipe(struct terminal_key *key);

/* The public half as a minisign key file, appended. */
void terminal_key_public(const struct terminal_key *key, struct buf *ret);
/* A minisign signature file over the message, appended; `minisign -V -p terminal.pub -m FILE` checks
 * it. trusted: one printable line of at most MINISIGN_TRUSTED_MAX bytes. */
void terminal_key_sign(const struct terminal_key *key, struct slice message, struct slice trusted,
                       struct buf *ret);
