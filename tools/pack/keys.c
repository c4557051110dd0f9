/* Key files and signatures in minisign's formats (jedisct1.github.io/minisign). Secret bytes live
 * in libsodium's guarded, locked memory and are wiped; a password is wiped as soon as it has been
 * used. */
#include "pack/keys.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "pack/sentence.h"
#include "package/fields.h"

/* Secret key file, decoded: "Ed", kdf "Sc" or 0 0, "B2", salt, limits, then encrypted: id, seed and
 * key, checksum. */
enum {
    RAW_KDF = 2,
    RAW_CHECK = 4,
    RAW_SALT = 6,
    RAW_OPS = 38,
    RAW_MEM = 46,
    RAW_SEALED = 54,
    RAW_BYTES = 158,
    SEALED_BYTES = RAW_BYTES - RAW_SEALED,
    RAW_TEXT = 212,
    KEY_FILE_MAX = 4096,
    PASSWORD_MAX = 1024,
};

/* An office PC spends about a second and 256 MiB on a password; files made by others may ask for
 * more. */
#define OPS_LIMIT UINT64_C(8388608)
#define MEM_LIMIT (UINT64_C(256) << 20)
#define MEM_LIMIT_MAX (UINT64_C(2) << 30)
#define OPS_LIMIT_MAX (UINT64_C(1) << 28)

#define SECRET_COMMENT "untrusted comment: minisign encrypted secret key\n"

/* What is sealed in a secret key file, in its order. */
struct sealed {
    uint8_t id[8];
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    uint8_t checksum[32];
};
_Static_assert(sizeof(struct sealed) == SEALED_BYTES, "no padding");

struct secret_key {
    struct sealed sealed;
};

static struct secret_key *key_alloc(void)
{
    return sodium_init() < 0 ? NULL : sodium_malloc(sizeof(struct secret_key));
}

void key_destroy(struct secret_key *key)
{
    sodium_free(key); /* wipes; NULL is fine */
}

enum err key_generate(struct secret_key **ret_key)
{
    uint8_t public[crypto_sign_PUBLICKEYBYTES];
    struct secret_key *key = key_alloc();
    if (key == NULL) {
        return ERR_NOMEM;
    }
    memset(key, 0, sizeof *key);
    randombytes_buf(key->sealed.id, sizeof key->sealed.id);
    (void)crypto_sign_keypair(public, key->sealed.secret);
    *ret_key = key;
    return ERR_OK;
}

struct minisign_key key_public(const struct secret_key *key)
{
    struct minisign_key public;
    memcpy(public.id, key->sealed.id, sizeof public.id);
    (void)crypto_sign_ed25519_sk_to_pk(public.key, key->sealed.secret);
    return public;
}

static void checksum_of(const struct sealed *sealed, uint8_t out[32])
{
    crypto_generichash_state s;
    (void)crypto_generichash_init(&s, NULL, 0, 32);
    (void)crypto_generichash_update(&s, (const unsigned char *)"Ed", 2);
    (void)crypto_generichash_update(&s, sealed->id, sizeof sealed->id);
    (void)crypto_generichash_update(&s, sealed->secret, sizeof sealed->secret);
    (void)crypto_generichash_final(&s, out, 32);
}

/* XORs sealed bytes with the stream that scrypt makes of the password. */
static enum err seal(uint8_t sealed[SEALED_BYTES], const uint8_t raw[RAW_BYTES],
                     const char *password)
{
    uint8_t stream[SEALED_BYTES];
    uint64_t ops = u64le(raw + RAW_OPS);
    uint64_t mem = u64le(raw + RAW_MEM);
    if (ops > OPS_LIMIT_MAX || mem > MEM_LIMIT_MAX) {
        return ERR_LIMIT;
    }
    if (crypto_pwhash_scryptsalsa208sha256(stream, sizeof stream, password, strlen(password),
                                           raw + RAW_SALT, ops, (size_t)mem) != 0) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < sizeof stream; i++) {
        sealed[i] ^= stream[i];
    }
    sodium_memzero(stream, sizeof stream);
    return ERR_OK;
}

/* --- passwords
 * ------------------------------------------------------------------------------------ */

void password_wipe(struct buf *password)
{
    if (password->p != NULL) {
        sodium_memzero(password->p, password->capacity);
    }
    buf_finish(password);
}

/* Keeps the first line, NUL-terminated; false when it is empty, too long or holds a NUL. */
static bool first_line(struct buf *b)
{
    struct slice rest = buf_slice(b);
    struct slice line = slice_cut(&rest, '\n');
    if (line.n > 0 && line.p[line.n - 1] == '\r') {
        line.n--;
    }
    if (line.n == 0 || line.n > PASSWORD_MAX || memchr(line.p, '\0', line.n) != NULL) {
        return false;
    }
    b->p[line.n] = '\0';
    b->n = line.n;
    return true;
}

static enum err password_read(const char *path, struct buf *problem, struct buf *ret_password)
{
    if (!buf_reserve(ret_password, KEY_FILE_MAX + 1)) { /* no copies left behind by growing */
        return sentence_set(problem, ERR_NOMEM, "%s", err_sentence(ERR_NOMEM));
    }
    enum err e = file_read(path, KEY_FILE_MAX, ret_password);
    if (e != ERR_OK) {
        return sentence_set(problem, e, "读不出口令文件 %s；请检查路径和权限。", path);
    }
    if (!first_line(ret_password)) {
        return sentence_set(problem, ERR_FORMAT, "口令文件 %s 的第一行须是口令，不能为空。", path);
    }
    return ERR_OK;
}

/* One line from the terminal without echo. */
static enum err password_type(int tty, const char *prompt, struct buf *ret_password)
{
    struct termios shown;
    struct termios hidden;
    char c = '\0';
    if (!buf_reserve(ret_password, PASSWORD_MAX + 2)) {
        return ERR_NOMEM;
    }
    if (tcgetattr(tty, &shown) != 0) {
        return ERR_IO;
    }
    hidden = shown;
    hidden.c_lflag &= (tcflag_t) ~(tcflag_t)ECHO;
    hidden.c_lflag |= ECHONL;
    (void)tcsetattr(tty, TCSAFLUSH, &hidden);
    (void)dprintf(tty, "%s", prompt);
    while (read(tty, &c, 1) == 1 && c != '\n' && ret_password->n <= PASSWORD_MAX) {
        buf_append_byte(ret_password, c);
    }
    (void)tcsetattr(tty, TCSAFLUSH, &shown);
    return c == '\n' && first_line(ret_password) ? ERR_OK : ERR_DENIED;
}

static enum err password_type_twice(int tty, const char *whose, struct buf *problem,
                                    struct buf *ret_password)
{
    char prompt[256];
    struct buf again = {0};
    (void)snprintf(prompt, sizeof prompt, "请再输入一遍%s的口令：", whose);
    enum err e = password_type(tty, prompt, &again);
    if (e == ERR_OK && !slice_eq(buf_slice(&again), buf_slice(ret_password))) {
        e = sentence_set(problem, ERR_DENIED, "两次输入的口令不同，没有写入任何文件；请重新运行。");
    } else if (e != ERR_OK) {
        (void)sentence_set(problem, e, "没有读到口令；请重新运行并输入口令。");
    }
    password_wipe(&again);
    return e;
}

enum err password_ask(const char *password_file, const char *whose, bool twice, struct buf *problem,
                      struct buf *ret_password)
{
    char prompt[PATH_MAX + 64];
    struct buf password = {0};
    enum err e;
    if (password_file != NULL) {
        e = password_read(password_file, problem, &password);
        goto out;
    }
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0) {
        return sentence_set(problem, ERR_DENIED,
                            "没有终端可以输入口令；请用 --password-file 指定口令文件。");
    }
    (void)snprintf(prompt, sizeof prompt, "请输入%s的口令：", whose);
    e = password_type(tty, prompt, &password);
    if (e != ERR_OK) {
        (void)sentence_set(problem, e, "没有读到口令；请重新运行并输入口令。");
    } else if (twice) {
        e = password_type_twice(tty, whose, problem, &password);
    }
    (void)close(tty);
out:
    if (e != ERR_OK) {
        password_wipe(&password);
        return e;
    }
    *ret_password = password;
    return ERR_OK;
}

/* --- files
 * ---------------------------------------------------------------------------------------- */

/* The base64 line of a key file: its second line, or its only one. */
static struct slice key_line(struct slice text)
{
    struct slice line = slice_cut(&text, '\n');
    if (slice_has_prefix(line, SLICE_LIT("untrusted comment:"))) {
        line = slice_cut(&text, '\n');
    }
    return slice_trim(text).n == 0 ? slice_trim(line) : (struct slice){NULL, 0};
}

static enum err key_file_read(const char *path, struct buf *problem, struct buf *ret)
{
    if (!buf_reserve(ret, KEY_FILE_MAX + 1)) {
        return sentence_set(problem, ERR_NOMEM, "%s", err_sentence(ERR_NOMEM));
    }
    enum err e = file_read(path, KEY_FILE_MAX, ret);
    if (e == ERR_LIMIT || e == ERR_FORMAT) {
        return sentence_set(problem, ERR_FORMAT, "%s 不是密钥文件；请核对 --key 的路径。", path);
    }
    if (e != ERR_OK) {
        return sentence_set(problem, e, "读不出密钥文件 %s；请检查路径和权限。", path);
    }
    return ERR_OK;
}

enum err key_load_public(const char *path, struct buf *problem, struct minisign_key *ret_key)
{
    struct buf text = {0};
    enum err e = key_file_read(path, problem, &text);
    if (e == ERR_OK && minisign_key_parse(key_line(buf_slice(&text)), ret_key) != ERR_OK) {
        e = sentence_set(problem, ERR_FORMAT, "%s 不是公钥文件；请选用 .pub 文件。", path);
    }
    buf_finish(&text);
    return e;
}

/* Decodes the file; false when it is not a secret key of a kind we know. */
static bool raw_decode(struct slice text, uint8_t raw[RAW_BYTES])
{
    struct slice line = key_line(text);
    size_t n;
    const char *end;
    if (line.n != RAW_TEXT || sodium_base642bin(raw, RAW_BYTES, line.p, line.n, NULL, &n, &end,
                                                sodium_base64_VARIANT_ORIGINAL) != 0) {
        return false;
    }
    return n == RAW_BYTES && end == line.p + line.n && memcmp(raw, "Ed", 2) == 0 &&
           memcmp(raw + RAW_CHECK, "B2", 2) == 0 &&
           (memcmp(raw + RAW_KDF, "Sc", 2) == 0 || memcmp(raw + RAW_KDF, "\0\0", 2) == 0);
}

/* The public half inside belongs to the seed: whatever was damaged, no wrong signature is made. */
static bool key_whole(const struct sealed *sealed)
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    uint8_t public[crypto_sign_PUBLICKEYBYTES];
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    (void)crypto_sign_ed25519_sk_to_seed(seed, sealed->secret);
    (void)crypto_sign_seed_keypair(public, secret, seed);
    bool same = sodium_memcmp(secret, sealed->secret, sizeof secret) == 0;
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(secret, sizeof secret);
    return same;
}

static enum err raw_open(const char *path, const char *password_file, uint8_t raw[RAW_BYTES],
                         struct buf *problem, struct sealed *ret_sealed)
{
    uint8_t checksum[32];
    struct buf password = {0};
    bool protected = raw[RAW_KDF] != 0;
    if (protected) {
        char whose[PATH_MAX];
        (void)snprintf(whose, sizeof whose, "密钥 %.*s ", PATH_MAX - 16, path);
        enum err e = password_ask(password_file, whose, false, problem, &password);
        if (e == ERR_OK) {
            e = seal(raw + RAW_SEALED, raw, password.p);
            password_wipe(&password);
            if (e == ERR_NOMEM) {
                (void)sentence_set(problem, e, "解开密钥 %s 需要的内存不够；请关闭其他程序后再试。",
                                   path);
            } else if (e != ERR_OK) {
                (void)sentence_set(problem, e, "密钥文件 %s 已损坏；请使用备份。", path);
            }
        }
        if (e != ERR_OK) {
            return e;
        }
    }
    memcpy(ret_sealed, raw + RAW_SEALED, sizeof *ret_sealed);
    checksum_of(ret_sealed, checksum);
    if (protected && sodium_memcmp(checksum, ret_sealed->checksum, sizeof checksum) != 0) {
        return sentence_set(problem, ERR_DENIED, "密钥 %s 的口令不对；请重新输入。", path);
    }
    if (!key_whole(ret_sealed)) {
        return sentence_set(problem, ERR_FORMAT, "密钥文件 %s 已损坏；请使用备份。", path);
    }
    return ERR_OK;
}

enum err key_load_secret(const char *path, const char *password_file, struct buf *problem,
                         struct secret_key **ret_key)
{
    struct buf text = {0};
    uint8_t raw[RAW_BYTES];
    struct secret_key *key = key_alloc();
    enum err e = ERR_NOMEM;

    if (key == NULL) {
        (void)sentence_set(problem, e, "%s", err_sentence(e));
        goto out;
    }
    e = key_file_read(path, problem, &text);
    if (e != ERR_OK) {
        goto out;
    }
    if (!raw_decode(buf_slice(&text), raw)) {
        e = sentence_set(problem, ERR_FORMAT, "%s 不是签名用的私钥文件；请选用 .key 文件。", path);
        goto out;
    }
    e = raw_open(path, password_file, raw, problem, &key->sealed);
out:
    sodium_memzero(raw, sizeof raw);
    password_wipe(&text);
    if (e != ERR_OK) {
        key_destroy(key);
        return e;
    }
    *ret_key = key;
    return ERR_OK;
}

/* A new file, never over an old one; synced. */
static enum err file_create(const char *path, struct slice bytes, mode_t mode, struct buf *problem)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0 && errno == EEXIST) {
        return sentence_set(problem, ERR_BUSY, "%s 已经存在，不会覆盖；请换一个文件夹。", path);
    }
    enum err e = fd < 0 ? err_of_errno(errno) : fd_write_at(fd, bytes.p, bytes.n, 0);
    if (fd >= 0) {
        e = e == ERR_OK && fsync(fd) != 0 ? err_of_errno(errno) : e;
        e = close(fd) != 0 && e == ERR_OK ? err_of_errno(errno) : e;
    }
    if (e != ERR_OK) {
        (void)sentence_set(problem, e, "写不了 %s：%s", path, err_sentence(e));
    }
    return e;
}

static enum err secret_text(const struct secret_key *key, const char *password, struct buf *ret)
{
    uint8_t raw[RAW_BYTES] = {'E', 'd', 0, 0, 'B', '2'};
    char text[sodium_base64_ENCODED_LEN(RAW_BYTES, sodium_base64_VARIANT_ORIGINAL)];
    struct sealed sealed = key->sealed;
    enum err e = ERR_OK;

    memset(sealed.checksum, 0, sizeof sealed.checksum); /* as minisign does without a password */
    if (password != NULL) {
        checksum_of(&sealed, sealed.checksum);
        memcpy(raw + RAW_KDF, "Sc", 2);
        randombytes_buf(raw + RAW_SALT, RAW_OPS - RAW_SALT);
        for (size_t i = 0; i < 8; i++) {
            raw[RAW_OPS + i] = (uint8_t)(OPS_LIMIT >> 8 * i);
            raw[RAW_MEM + i] = (uint8_t)(MEM_LIMIT >> 8 * i);
        }
    }
    memcpy(raw + RAW_SEALED, &sealed, sizeof sealed);
    if (password != NULL) {
        e = seal(raw + RAW_SEALED, raw, password);
    }
    if (e == ERR_OK && buf_reserve(ret, sizeof SECRET_COMMENT + sizeof text + 1)) {
        (void)sodium_bin2base64(text, sizeof text, raw, sizeof raw, sodium_base64_VARIANT_ORIGINAL);
        buf_append_cstr(ret, SECRET_COMMENT);
        buf_append_cstr(ret, text);
        buf_append_byte(ret, '\n');
    }
    sodium_memzero(raw, sizeof raw);
    sodium_memzero(&sealed, sizeof sealed);
    sodium_memzero(text, sizeof text);
    return e == ERR_OK ? buf_status(ret) : e;
}

enum err key_write(const struct secret_key *key, const char *path_without_suffix,
                   const char *password, struct buf *problem)
{
    char path[PATH_MAX];
    char line[MINISIGN_KEY_TEXT + 1];
    char name[17];
    struct buf secret = {0};
    struct buf public = {0};
    struct minisign_key half = key_public(key);

    minisign_key_format(&half, line);
    minisign_key_name(half.id, name);
    buf_printf(&public, "untrusted comment: minisign public key %s\n%s\n", name, line);
    enum err e = secret_text(key, password, &secret);
    e = e == ERR_OK ? buf_status(&public) : e;
    if (e != ERR_OK) {
        (void)sentence_set(problem, e, "%s", err_sentence(e));
        goto out;
    }
    (void)snprintf(path, sizeof path, "%s.key", path_without_suffix);
    e = file_create(path, buf_slice(&secret), 0600, problem);
    if (e == ERR_OK) {
        (void)snprintf(path, sizeof path, "%s.pub", path_without_suffix);
        e = file_create(path, buf_slice(&public), 0644, problem);
    }
out:
    password_wipe(&secret);
    buf_finish(&public);
    return e;
}

/* --- signing
 * -------------------------------------------------------------------------------------- */

enum err key_sign(const struct secret_key *key, const char *role, struct slice message,
                  struct slice trusted, struct buf *ret_file)
{
    uint8_t prehash[MINISIGN_PREHASH];
    uint8_t raw[74] = {'E', 'D'};
    uint8_t both[crypto_sign_BYTES + MINISIGN_TRUSTED_MAX];
    uint8_t global[crypto_sign_BYTES];
    char text[128];

    if (trusted.n > MINISIGN_TRUSTED_MAX || !text_printable(trusted)) {
        return ERR_LIMIT;
    }
    minisign_prehash(message, prehash);
    memcpy(raw + 2, key->sealed.id, sizeof key->sealed.id);
    (void)crypto_sign_detached(raw + 10, NULL, prehash, sizeof prehash, key->sealed.secret);
    memcpy(both, raw + 10, crypto_sign_BYTES);
    memcpy(both + crypto_sign_BYTES, trusted.p, trusted.n);
    (void)crypto_sign_detached(global, NULL, both, crypto_sign_BYTES + trusted.n,
                               key->sealed.secret);
    (void)sodium_bin2base64(text, sizeof text, raw, sizeof raw, sodium_base64_VARIANT_ORIGINAL);
    buf_printf(ret_file, "untrusted comment: gongkai %s\n%s\ntrusted comment: ", role, text);
    buf_append(ret_file, trusted);
    (void)sodium_bin2base64(text, sizeof text, global, sizeof global,
                            sodium_base64_VARIANT_ORIGINAL);
    buf_printf(ret_file, "\n%s\n", text);
    return buf_status(ret_file);
}
