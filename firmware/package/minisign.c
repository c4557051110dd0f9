/* Strict reading and verifying of minisign texts (format: jedisct1.github.io/minisign, "Signature
 * format"; prehashed "ED" only). Guarantees one accepted spelling for a signature; knows nothing of
 * roles beyond their words. */
#include "package/minisign.h"

#include <sodium.h>
#include <string.h>

#include "package/fields.h"

#define SIGNATURE_BYTES 74 /* "ED", key id, signature */
#define SIGNATURE_TEXT 100
#define GLOBAL_TEXT 88
#define KEY_BYTES 42

/* Canonical base64 with padding into exactly n bytes. libsodium's decoder takes some characters
 * above 0x7F for others (its arithmetic on them wraps), so the text must also be what those bytes
 * are written as. */
static bool base64_exact(struct slice text, size_t n, uint8_t *out)
{
    char again[SIGNATURE_TEXT + 1];
    size_t got;
    const char *end;
    if (text.n >= sizeof again ||
        sodium_base642bin(out, n, text.p, text.n, NULL, &got, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        got != n || end != text.p + text.n) {
        return false;
    }
    (void)sodium_bin2base64(again, sizeof again, out, n, sodium_base64_VARIANT_ORIGINAL);
    return slice_eq_cstr(text, again);
}

enum err minisign_key_parse(struct slice base64, struct minisign_key *ret_key)
{
    uint8_t raw[KEY_BYTES];
    if (base64.n != MINISIGN_KEY_TEXT || !base64_exact(base64, sizeof raw, raw) || raw[0] != 'E' ||
        raw[1] != 'd') {
        return ERR_FORMAT;
    }
    memcpy(ret_key->id, raw + 2, sizeof ret_key->id);
    memcpy(ret_key->key, raw + 10, sizeof ret_key->key);
    return ERR_OK;
}

void minisign_key_format(const struct minisign_key *key, char out[MINISIGN_KEY_TEXT + 1])
{
    uint8_t raw[KEY_BYTES] = {'E', 'd'};
    memcpy(raw + 2, key->id, sizeof key->id);
    memcpy(raw + 10, key->key, sizeof key->key);
    (void)sodium_bin2base64(out, MINISIGN_KEY_TEXT + 1, raw, sizeof raw,
                            sodium_base64_VARIANT_ORIGINAL);
}

void minisign_key_name(const uint8_t id[8], char out[17])
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < 8; i++) { /* minisign prints the id as a little-endian number */
        out[2 * i] = digits[id[7 - i] >> 4];
        out[2 * i + 1] = digits[id[7 - i] & 15];
    }
    out[16] = '\0';
}

static bool take_line(struct slice *rest, struct slice prefix, struct slice *ret_value)
{
    const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
    if (end == NULL || !slice_has_prefix(*rest, prefix)) {
        return false;
    }
    size_t n = (size_t)(end - rest->p);
    *ret_value = slice_sub(*rest, prefix.n, n);
    *rest = slice_sub(*rest, n + 1, rest->n);
    return true;
}

static bool role_known(struct slice role)
{
    return slice_eq_cstr(role, "office") || slice_eq_cstr(role, "review") ||
           slice_eq_cstr(role, "root");
}

/* The default trusted comment of the stock tool has tabs between its fields. */
static bool trusted_allowed(struct slice s)
{
    char copy[MINISIGN_TRUSTED_MAX];
    if (s.n > sizeof copy) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        copy[i] = s.p[i] == '\t' ? ' ' : s.p[i];
    }
    return text_printable((struct slice){copy, s.n});
}

static bool take_signature(struct slice *rest, struct minisign_signature *ret_signature)
{
    struct minisign_signature s;
    struct slice text = *rest;
    struct slice signature;
    struct slice global;
    uint8_t raw[SIGNATURE_BYTES];

    if (!take_line(rest, SLICE_LIT("untrusted comment: gongkai "), &s.role) ||
        !role_known(s.role) || !take_line(rest, SLICE_LIT(""), &signature) ||
        signature.n != SIGNATURE_TEXT || !base64_exact(signature, sizeof raw, raw) ||
        raw[0] != 'E' || raw[1] != 'D' ||
        !take_line(rest, SLICE_LIT("trusted comment: "), &s.trusted) ||
        !trusted_allowed(s.trusted) || !take_line(rest, SLICE_LIT(""), &global) ||
        global.n != GLOBAL_TEXT || !base64_exact(global, sizeof s.global, s.global)) {
        return false;
    }
    memcpy(s.key_id, raw + 2, sizeof s.key_id);
    memcpy(s.signature, raw + 10, sizeof s.signature);
    s.text = slice_sub(text, 0, text.n - rest->n);
    *ret_signature = s;
    return true;
}

enum err minisign_section_parse(struct slice bytes, struct minisign_section *ret_section)
{
    struct minisign_section section = {0};
    if (bytes.n > MINISIGN_SECTION_MAX) {
        return ERR_LIMIT;
    }
    while (bytes.n > 0) {
        if (section.count == MINISIGN_SIGNATURES_MAX) {
            return ERR_LIMIT;
        }
        if (!take_signature(&bytes, &section.at[section.count])) {
            return ERR_FORMAT;
        }
        section.count++;
    }
    *ret_section = section;
    return ERR_OK;
}

void minisign_prehash(struct slice message, uint8_t out[MINISIGN_PREHASH])
{
    (void)crypto_generichash(out, MINISIGN_PREHASH, (const unsigned char *)message.p, message.n,
                             NULL, 0);
}

bool minisign_verify(const struct minisign_key *key, const struct minisign_signature *s,
                     const uint8_t prehash[MINISIGN_PREHASH])
{
    uint8_t both[sizeof s->signature + MINISIGN_TRUSTED_MAX];
    if (s->trusted.n > MINISIGN_TRUSTED_MAX ||
        crypto_sign_verify_detached(s->signature, prehash, MINISIGN_PREHASH, key->key) != 0) {
        return false;
    }
    memcpy(both, s->signature, sizeof s->signature);
    memcpy(both + sizeof s->signature, s->trusted.p, s->trusted.n);
    return crypto_sign_verify_detached(s->global, both, sizeof s->signature + s->trusted.n,
                                       key->key) == 0;
}
