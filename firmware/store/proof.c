/* From the trust root down to a leaf, in the order of trust: signatures over the raw manifest, the
 * manifest, the hash of the table, the leaf. Opens no database and changes nothing. */
#include "store/proof.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "package/minisign.h"
#include "package/table.h"
#include "package/trust.h"
#include "store/roots.h"
#include "store/store.h"

struct proof {
    struct manifest manifest;
    struct buf table;
    bool is_signed;
};

static enum err beside_read(const char *root, struct edition_id id, const char *name, size_t max,
                            struct buf *ret)
{
    char path[PATH_MAX];
    enum err e = store_edition_path(root, id, name, path);
    if (e == ERR_OK) {
        e = file_read(path, max, ret);
    }
    return e == ERR_OK || e == ERR_NOMEM ? e : ERR_CORRUPT;
}

/* Damage is told from keys that are not known here. */
static enum err signatures_check(struct proof *p, const char *root, struct slice manifest,
                                 struct slice signatures)
{
    struct trust *trust = NULL;
    struct signers signers;
    if (roots_open_as_far(root, &trust) != ERR_OK) {
        return ERR_OK;
    }
    enum reject why = trust_check_sealed(trust, manifest, signatures, &signers);
    p->is_signed = why == REJECT_NONE && strcmp(p->manifest.channel, trust_channel(trust)) == 0 &&
                   p->manifest.epoch <= trust_epoch(trust);
    trust_close(trust);
    return why == REJECT_SIGNATURE || why == REJECT_UNSIGNED ? ERR_CORRUPT
           : why == REJECT_NOMEM                             ? ERR_NOMEM
                                                             : ERR_OK;
}

static enum err manifest_check(struct proof *p, struct edition_id id, struct slice bytes)
{
    const struct manifest *m = &p->manifest;
    enum err e = manifest_parse(bytes, &p->manifest);
    if (e != ERR_OK) {
        return ERR_CORRUPT;
    }
    return strcmp(m->product, "gongkai") == 0 && m->epoch == id.epoch && m->edition == id.edition
               ? ERR_OK
               : ERR_CORRUPT;
}

enum err proof_open(const char *root, struct edition_id id, struct proof **ret_proof)
{
    struct buf manifest = {0};
    struct buf signatures = {0};
    struct proof *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return ERR_NOMEM;
    }
    enum err e = beside_read(root, id, "manifest", MANIFEST_MAX, &manifest);
    if (e == ERR_OK) {
        e = beside_read(root, id, "sigs", MINISIGN_SECTION_MAX, &signatures);
    }
    if (e == ERR_OK) {
        e = beside_read(root, id, "table", (size_t)TABLE_MAX, &p->table);
    }
    if (e == ERR_OK) {
        e = manifest_check(p, id, buf_slice(&manifest));
    }
    if (e == ERR_OK) {
        e = signatures_check(p, root, buf_slice(&manifest), buf_slice(&signatures));
    }
    if (e == ERR_OK && table_check(buf_slice(&p->table), &p->manifest, UINT64_MAX) != REJECT_NONE) {
        e = ERR_CORRUPT;
    }
    buf_finish(&manifest);
    buf_finish(&signatures);
    if (e != ERR_OK) {
        proof_close(p);
        return e;
    }
    *ret_proof = p;
    return ERR_OK;
}

void proof_close(struct proof *p)
{
    if (p == NULL) {
        return;
    }
    buf_finish(&p->table);
    free(p);
}

bool proof_is_signed(const struct proof *p)
{
    return p->is_signed;
}

static bool leaf_is_good(void *user, uint32_t leaf, struct slice bytes)
{
    const struct proof *p = user;
    uint64_t size = p->manifest.db_size;
    if (leaf >= leaf_count_of(size) || bytes.n != leaf_plain_size(size, leaf)) {
        return false;
    }
    struct hash is = hash_of(bytes);
    struct hash should = table_leaf(buf_slice(&p->table), leaf);
    return hash_equal(&is, &should);
}

static void release(void *user)
{
    proof_close(user);
}

struct edition_proof proof_take_reads(struct proof *take_proof)
{
    return (struct edition_proof){
        .size = take_proof->manifest.db_size,
        .leaf_size = PACKAGE_LEAF,
        .leaf_is_good = leaf_is_good,
        .release = release,
        .user = take_proof,
    };
}
