/* One file of a tag and the secret key; signing after minisign's prehashed format. */
#include "package/terminal_key.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/file.h"

#define TAG "GKTERM1\n"
#define TAG_BYTES 8u
#define FILE_BYTES (TAG_BYTES + 64u)
#define SIGNATURE_RAW (2u + 8u + 64u)

_Static_assert(crypto_sign_SECRETKEYBYTES == 64, "the file keeps libsodium's 64 bytes");

/* The id is of the key itself, so that it needs no place in the file. */
static void public_fill(struct terminal_key *key)
{
    uint8_t id[16];
    (void)crypto_sign_ed25519_sk_to_pk(key->public.key, key->secret);
    (void)crypto_generichash(id, sizeof id, key->public.key, sizeof key->public.key, NULL, 0);
    memcpy(key->public.id, id, sizeof key->public.id);
}

static bool key_read(const char *path, struct terminal_key *ret_key)
{
    struct buf bytes = {0};
    uint8_t seed[crypto_sign_SEEDBYTES];
    uint8_t public[crypto_sign_PUBLICKEYBYTES];
    uint8_t again[64];
    struct terminal_key key;
    bool good = file_read(path, FILE_BYTES, &bytes) == ERR_OK && bytes.n == FILE_BYTES &&
                memcmp(bytes.p, TAG, TAG_BYTES) == 0;
    if (good) {
        memcpy(key.secret, bytes.p + TAG_BYTES, sizeof key.secret);
        (void)crypto_sign_ed25519_sk_to_seed(seed, key.secret);
        (void)crypto_sign_seed_keypair(public, again, seed);
        good = sodium_memcmp(again, key.secret, sizeof again) == 0; /* both halves belong together */
    }
    if (good) {
        public_fill(&key);
        *ret_key = key;
    }
    if (bytes.p) {
        sodium_memzero(bytes.p, bytes.n);
    }
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(again, sizeof again);
    sodium_memzero(&key, sizeof key);
    buf_finish(&bytes);
    return good;
}

enum err terminal_key_open(const char *path, struct terminal_key *ret_key)
{
    struct terminal_key key;
    char file[FILE_BYTES];
    if (sodium_init() < 0) {
        return ERR_IO;
    }
    if (key_read(path, ret_key)) {
        return ERR_OK;
    }
    (void)crypto_sign_keypair(key.public.key, key.secret);
    public_fill(&key);
    memcpy(file, TAG, TAG_BYTES);
    memcpy(file + TAG_BYTES, key.secret, sizeof key.secret);
    enum err e = file_replace(path, (struct slice){file, sizeof file}, 0600);
    if (e == ERR_OK) {
        *ret_key = key;
    }
    sodium_memzero(file, sizeof file);
    sodium_memzero(&key, sizeof key);
    return e;
}

void terminal_key_wipe(struct terminal_key *key)
{
    sodium_memzero(key, sizeof *key);
}

void terminal_key_public(const struct terminal_key *key, struct buf *ret)
{
    char text[MINISIGN_KEY_TEXT + 1];
    char name[17];
    minisign_key_format(&key->public, text);
    minisign_key_name(key->public.id, name);
    buf_printf(ret, "untrusted comment: minisign public key %s\n%s\n", name, text);
}

static void base64_line(const uint8_t *bytes, size_t n, struct buf *ret)
{
    char text[sodium_base64_ENCODED_LEN(SIGNATURE_RAW, sodium_base64_VARIANT_ORIGINAL)];
    assert(n <= SIGNATURE_RAW);
    (void)sodium_bin2base64(text, sizeof text, bytes, n, sodium_base64_VARIANT_ORIGINAL);
    buf_printf(ret, "%s\n", text);
}

void terminal_key_sign(const struct terminal_key *key, struct slice message, struct slice trusted,
                       struct buf *ret)
{
    uint8_t prehash[MINISIGN_PREHASH];
    uint8_t raw[SIGNATURE_RAW] = {'E', 'D'};
    uint8_t all[64 + MINISIGN_TRUSTED_MAX];
    uint8_t global[64];
    assert(trusted.n <= MINISIGN_TRUSTED_MAX);
    minisign_prehash(message, prehash);
    memcpy(raw + 2, key->public.id, 8);
    (void)crypto_sign_detached(raw + 10, NULL, prehash, sizeof prehash, key->secret);
    memcpy(all, raw + 10, 64);
    memcpy(all + 64, trusted.p, trusted.n);
    (void)crypto_sign_detached(global, NULL, all, 64 + trusted.n, key->secret);
    buf_append_cstr(ret, "untrusted comment: gongkai terminal\n");
    base64_line(raw, sizeof raw, ret);
    buf_append_cstr(ret, "trusted comment: ");
    buf_append(ret, trusted);
    buf_append_byte(ret, '\n');
    base64_line(global, sizeof global, ret);
}
