/* The chain of trust roots, and who signed a manifest. Guarantees that a root is used only after
 * the thresholds before it are met, and that signatures are checked over the raw bytes before
 * anything of the manifest is read. Never writes. */
#include "package/trust.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/plant.h"
#include "package/root.h"

#define CHAIN_MAX 1000u

struct trust {
    struct root *roots; /* verified, ascending; the last one is in force */
    size_t count;
};

static const char *const role_names[ROLE_COUNT] = {"office", "review"};
static const char *const role_names_zh[ROLE_COUNT] = {"办公室", "保密审查"};

const char *role_name(enum role r)
{
    assert(r < ROLE_COUNT);
    return role_names[r];
}

const char *role_name_zh(enum role r)
{
    assert(r < ROLE_COUNT);
    return role_names_zh[r];
}

static const struct root *newest(const struct trust *t)
{
    assert(t->count > 0);
    return &t->roots[t->count - 1];
}

uint64_t trust_version(const struct trust *t)
{
    return newest(t)->version;
}

uint64_t trust_epoch(const struct trust *t)
{
    return newest(t)->epoch;
}

uint64_t trust_jump_cap(const struct trust *t)
{
    return newest(t)->jump_cap;
}

const char *trust_channel(const struct trust *t)
{
    return newest(t)->channel;
}

uint32_t trust_threshold(const struct trust *t, enum role role)
{
    assert(role < ROLE_COUNT);
    return newest(t)->groups[role].threshold;
}

void trust_close(struct trust *t)
{
    if (t != NULL) {
        free(t->roots);
        free(t);
    }
}

/* --- the chain ----------------------------------------------------------------------------------
 */

/* The root keys of `by` met their threshold over a root text. */
static bool signed_by(const struct root *by, const struct minisign_section *section,
                      const uint8_t prehash[MINISIGN_PREHASH])
{
    const struct root_group *group = &by->groups[ROOT_GROUP];
    uint32_t first;
    int count = root_group_count(group, "root", section, prehash, &first);
    return count >= 0 && (uint32_t)count >= group->threshold;
}

/* Parses a root text and holds it against its own keys and, unless previous is NULL, those before
 * it. */
static enum err root_verify(struct slice text, struct slice signatures, const struct root *previous,
                            struct root *ret_root)
{
    struct root root;
    struct minisign_section section;
    uint8_t prehash[MINISIGN_PREHASH];

    if (minisign_section_parse(signatures, &section) != ERR_OK) {
        return ERR_FORMAT;
    }
    minisign_prehash(text, prehash);
    if (previous != NULL && !PLANT(root_old_keys) && !signed_by(previous, &section, prehash)) {
        return ERR_DENIED; /* before a byte of it is parsed */
    }
    if (root_parse(text, &root) != ERR_OK) {
        return ERR_FORMAT;
    }
    if (!PLANT(root_new_keys) && !signed_by(&root, &section, prehash)) {
        return ERR_DENIED;
    }
    if (previous != NULL &&
        ((root.version != previous->version + 1 && !PLANT(root_step)) ||
         (root.epoch < previous->epoch && !PLANT(root_epoch)) ||
         (strcmp(root.channel, previous->channel) != 0 && !PLANT(root_channel)))) {
        return ERR_DENIED;
    }
    *ret_root = root;
    return ERR_OK;
}

static enum err trust_push(struct trust *t, const struct root *root)
{
    struct root *roots = realloc(t->roots, (t->count + 1) * sizeof *roots);
    if (roots == NULL) {
        return ERR_NOMEM;
    }
    t->roots = roots;
    t->roots[t->count++] = *root;
    return ERR_OK;
}

/* root.N and root.N.sigs of dir, verified after the chain so far. */
static enum err trust_load(struct trust *t, const char *dir, uint64_t version)
{
    char path[PATH_MAX];
    struct buf text = {0};
    struct buf signatures = {0};
    struct root root;
    enum err e = ERR_LIMIT;

    int n = snprintf(path, sizeof path, "%s/root.%llu", dir, (unsigned long long)version);
    if (n > 0 && (size_t)n + sizeof ".sigs" <= sizeof path) {
        e = file_read(path, ROOT_TEXT_MAX, &text);
    }
    if (e == ERR_OK) {
        memcpy(path + n, ".sigs", sizeof ".sigs");
        e = file_read(path, MINISIGN_SECTION_MAX, &signatures);
    }
    if (e == ERR_OK) {
        e = root_verify(buf_slice(&text), buf_slice(&signatures), t->count > 0 ? newest(t) : NULL,
                        &root);
    }
    if (e == ERR_OK && root.version != version) {
        e = ERR_FORMAT;
    }
    if (e == ERR_OK) {
        e = trust_push(t, &root);
    }
    buf_finish(&text);
    buf_finish(&signatures);
    return e;
}

/* Lowest N of the folder's root.N, 0 when there is none. */
static enum err lowest_version(const char *dir, uint64_t *ret_version)
{
    uint64_t lowest = 0;
    DIR *d = opendir(dir);
    if (d == NULL) {
        return err_of_errno(errno);
    }
    enum err e;
    const struct dirent *entry;
    while ((entry = dir_next(d, &e)) != NULL) {
        struct slice name = slice_of(entry->d_name);
        uint64_t v;
        if (slice_has_prefix(name, SLICE_LIT("root.")) && name.n > 5 && name.p[5] != '0' &&
            slice_to_u64(slice_sub(name, 5, name.n), &v) && (lowest == 0 || v < lowest)) {
            lowest = v;
        }
    }
    (void)closedir(d);
    *ret_version = lowest;
    return e;
}

/* Did it say what is wrong with the file, and not that the file could not be looked at? */
static bool ends_chain(enum err e)
{
    return e == ERR_MISSING || e == ERR_FORMAT || e == ERR_LIMIT || e == ERR_DENIED ||
           e == ERR_CORRUPT;
}

static enum err chain_open(const char *dir, bool as_far, struct trust **ret_trust)
{
    uint64_t version = 0;
    struct trust *t = calloc(1, sizeof *t);
    enum err e = t != NULL ? lowest_version(dir, &version) : ERR_NOMEM;
    if (e == ERR_OK && version == 0) {
        e = ERR_MISSING;
    }
    if (e == ERR_OK) {
        e = trust_load(t, dir, version);
        e = e == ERR_FORMAT || e == ERR_LIMIT || e == ERR_MISSING ? ERR_CORRUPT : e;
    }
    while (e == ERR_OK && t->count < CHAIN_MAX) {
        enum err next = trust_load(t, dir, ++version);
        bool unread = next != ERR_OK && next != ERR_NOMEM; /* where it does not end the chain */
        if (ends_chain(next) || (unread && (as_far || PLANT(root_unread)))) {
            break;
        }
        e = next;
    }
    if (e != ERR_OK) {
        trust_close(t);
        return e;
    }
    *ret_trust = t;
    return ERR_OK;
}

enum err trust_open(const char *dir, struct trust **ret_trust)
{
    return chain_open(dir, false, ret_trust);
}

enum err trust_open_as_far(const char *dir, struct trust **ret_trust)
{
    return chain_open(dir, true, ret_trust);
}

bool trust_unusable(enum err e)
{
    return e == ERR_MISSING || e == ERR_CORRUPT || e == ERR_DENIED;
}

enum err trust_of(struct slice root, struct slice signatures, struct trust **ret_trust)
{
    struct root parsed;
    enum err e = root_verify(root, signatures, NULL, &parsed);
    if (e != ERR_OK) {
        return e;
    }
    struct trust *t = calloc(1, sizeof *t);
    e = t != NULL ? trust_push(t, &parsed) : ERR_NOMEM;
    if (e != ERR_OK) {
        trust_close(t);
        return e;
    }
    *ret_trust = t;
    return ERR_OK;
}

enum err trust_check_next(const struct trust *t, struct slice root, struct slice signatures)
{
    struct root parsed;
    return root_verify(root, signatures, newest(t), &parsed);
}

/* --- signatures of a manifest
 * --------------------------------------------------------------------- */

/* Copies what fits, whole characters only, tabs as blanks. */
static void comment_copy(struct slice s, char out[128])
{
    size_t n = 0;
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        (void)utf8_next(s, &at);
        if (at >= 128) {
            break;
        }
        memcpy(out + from, s.p + from, at - from);
        n = at;
        if (out[from] == '\t') {
            out[from] = ' ';
        }
    }
    out[n] = '\0';
}

static enum reject thresholds_met(const struct root *root, const struct signers *signers)
{
    bool met[ROLE_COUNT];
    for (size_t r = 0; r < ROLE_COUNT; r++) {
        met[r] = signers->count[r] >= root->groups[r].threshold ||
                 (PLANT(one_is_enough) && signers->count[r] > 0) || PLANT(no_role_needed);
    }
    if (met[ROLE_OFFICE] && met[ROLE_REVIEW]) {
        return REJECT_NONE;
    }
    if (signers->count[ROLE_OFFICE] == 0 && signers->count[ROLE_REVIEW] == 0) {
        return REJECT_KEY_UNKNOWN;
    }
    if (met[ROLE_OFFICE] && signers->count[ROLE_REVIEW] == 0) {
        return REJECT_REVIEW_MISSING;
    }
    if (met[ROLE_REVIEW] && signers->count[ROLE_OFFICE] == 0) {
        return REJECT_OFFICE_MISSING;
    }
    return REJECT_ROLE_MISSING;
}

static enum reject check_by_root(const struct root *root, const struct minisign_section *section,
                                 const uint8_t prehash[MINISIGN_PREHASH],
                                 struct signers *ret_signers)
{
    struct signers signers;
    memset(&signers, 0, sizeof signers);
    for (size_t r = 0; r < ROLE_COUNT; r++) {
        uint32_t first = 0;
        int count = root_group_count(&root->groups[r], role_names[r], section, prehash, &first);
        if (count < 0 && !PLANT(bad_signature_counts)) {
            return REJECT_SIGNATURE;
        }
        signers.count[r] = (uint32_t)count;
        if (count > 0) {
            comment_copy(section->at[first].trusted, signers.comment[r]);
        }
    }
    enum reject r = thresholds_met(root, &signers);
    if (r == REJECT_NONE) {
        *ret_signers = signers;
    }
    return r;
}

/* The newest `depth` roots, newest first; the answer of the newest stands when none accepts. */
static enum reject check_by_roots(const struct trust *t, size_t depth, struct slice manifest,
                                  struct slice signatures, struct signers *ret_signers)
{
    struct minisign_section section;
    uint8_t prehash[MINISIGN_PREHASH];
    enum reject answer = REJECT_NONE;

    if (minisign_section_parse(signatures, &section) != ERR_OK) {
        return REJECT_SIGNATURE;
    }
    if (section.count == 0) {
        return REJECT_UNSIGNED;
    }
    minisign_prehash(manifest, prehash);
    for (size_t i = 0; i < depth; i++) {
        enum reject r = check_by_root(&t->roots[t->count - 1 - i], &section, prehash, ret_signers);
        if (r == REJECT_NONE) {
            return r;
        }
        answer = i == 0 ? r : answer;
    }
    return answer;
}

enum reject trust_check(const struct trust *t, struct slice manifest, struct slice signatures,
                        struct signers *ret_signers)
{
    return check_by_roots(t, 1, manifest, signatures, ret_signers);
}

enum reject trust_check_sealed(const struct trust *t, struct slice manifest,
                               struct slice signatures, struct signers *ret_signers)
{
    return check_by_roots(t, t->count, manifest, signatures, ret_signers);
}

enum reject trust_check_office(const struct trust *t, struct slice text, struct slice signatures,
                               struct signers *ret_signers)
{
    const struct root_group *office = &newest(t)->groups[ROLE_OFFICE];
    struct minisign_section section;
    struct signers signers;
    uint8_t prehash[MINISIGN_PREHASH];
    uint32_t first = 0;
    if (minisign_section_parse(signatures, &section) != ERR_OK) {
        return REJECT_SIGNATURE;
    }
    if (section.count == 0) {
        return REJECT_UNSIGNED;
    }
    minisign_prehash(text, prehash);
    int count = root_group_count(office, role_names[ROLE_OFFICE], &section, prehash, &first);
    if (count <= 0) {
        return count < 0 ? REJECT_SIGNATURE : REJECT_KEY_UNKNOWN;
    }
    if ((uint32_t)count < office->threshold) {
        return REJECT_OFFICE_MISSING;
    }
    memset(&signers, 0, sizeof signers);
    signers.count[ROLE_OFFICE] = (uint32_t)count;
    comment_copy(section.at[first].trusted, signers.comment[ROLE_OFFICE]);
    *ret_signers = signers;
    return REJECT_NONE;
}
