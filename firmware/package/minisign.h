#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

/* The texts of minisign (public keys, prehashed signatures), read strictly: one spelling each, so
 * that every bit of a signature counts. Only verifying lives in the firmware; secret keys are the
 * office tool's. */

#define MINISIGN_KEY_TEXT 56 /* base64 of "Ed", key id, Ed25519 key */
#define MINISIGN_SIGNATURES_MAX 8
#define MINISIGN_TRUSTED_MAX 255 /* bytes of a trusted comment */
#define MINISIGN_SECTION_MAX 4096
#define MINISIGN_PREHASH 64

struct minisign_key {
    uint8_t id[8];
    uint8_t key[32];
};

/* Exactly MINISIGN_KEY_TEXT canonical base64 characters, else ERR_FORMAT. */
enum err minisign_key_parse(struct slice base64, struct minisign_key *ret_key) MUST_USE;
void minisign_key_format(const struct minisign_key *key, char out[MINISIGN_KEY_TEXT + 1]);
/* The 16 upper-case hex digits that minisign prints for a key. */
void minisign_key_name(const uint8_t id[8], char out[17]);

/* One signature file; slices borrow from the text it was parsed from. */
struct minisign_signature {
    struct slice role; /* untrusted comment is "gongkai " and this: office, review or root */
    struct slice trusted;
    struct slice text; /* the whole file */
    uint8_t key_id[8];
    uint8_t signature[64]; /* over the BLAKE2b-512 of the message */
    uint8_t global[64];    /* over signature and trusted comment */
};

struct minisign_section {
    uint32_t count;
    struct minisign_signature at[MINISIGN_SIGNATURES_MAX];
};

/* Signature files one after another, nothing between or behind them; none is fine. ERR_LIMIT above
 * MINISIGN_SECTION_MAX bytes or MINISIGN_SIGNATURES_MAX files, ERR_FORMAT otherwise. */
enum err minisign_section_parse(struct slice bytes, struct minisign_section *ret_section) MUST_USE;

void minisign_prehash(struct slice message, uint8_t out[MINISIGN_PREHASH]);
/* Both signatures (message and trusted comment) hold. The key id is not compared here. */
bool minisign_verify(const struct minisign_key *key, const struct minisign_signature *s,
                     const uint8_t prehash[MINISIGN_PREHASH]);
