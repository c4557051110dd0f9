/* The signed description of an edition: one canonical text for every manifest, read and written
 * here. Does not judge policy (channel, epoch, older or newer): that is the trust root's and the
 * store's. */
#include "package/manifest.h"

#include <string.h>

#include "package/fields.h"

#define NUMBER_MAX 1000000000u
#define STALE_DAYS_MAX 36500u
#define SCHEMA_MAX 1000000u
#define DB_SIZE_MIN 512u

/* major.minor.patch, each 0..99 without leading zeros */
static bool parse_version(struct slice text, uint32_t *ret_version)
{
    uint64_t part[3];
    for (int i = 0; i < 3; i++) {
        struct slice digits = i < 2 ? slice_cut(&text, '.') : text;
        if (!slice_to_u64(digits, &part[i]) || part[i] > 99 ||
            (digits.n > 1 && digits.p[0] == '0')) {
            return false;
        }
    }
    *ret_version = (uint32_t)(part[0] * 10000 + part[1] * 100 + part[2]);
    return true;
}

static bool parse_u32(struct slice *rest, const char *key, uint32_t max, uint32_t *ret_value)
{
    uint64_t v;
    if (!field_u64(rest, key, max, &v)) {
        return false;
    }
    *ret_value = (uint32_t)v;
    return true;
}

static bool parse_base(struct slice *rest, struct manifest *m)
{
    if (!slice_has_prefix(*rest, SLICE_LIT("base_"))) {
        return true;
    }
    return field_u64(rest, "base_edition", NUMBER_MAX, &m->base_edition) && m->base_edition > 0 &&
           field_hash(rest, "base_hash", &m->base_hash);
}

enum err manifest_parse(struct slice bytes, struct manifest *ret_manifest)
{
    struct manifest m;
    struct slice version;
    struct slice notes;
    struct slice rest = bytes;

    if (bytes.n > MANIFEST_MAX) {
        return ERR_LIMIT;
    }
    memset(&m, 0, sizeof m);
    if (!parse_base(&rest, &m) || !field_date(&rest, "built", &m.built) ||
        !field_name(&rest, "channel", 3, 40, m.channel) ||
        !field_hash(&rest, "db_hash", &m.db_hash) ||
        !field_u64(&rest, "db_size", UINT64_MAX, &m.db_size) ||
        !field_u64(&rest, "edition", NUMBER_MAX, &m.edition) ||
        !field_u64(&rest, "epoch", NUMBER_MAX, &m.epoch) ||
        !parse_u32(&rest, "frame", PACKAGE_FRAME, &m.frame) ||
        !parse_u32(&rest, "leaf", PACKAGE_LEAF, &m.leaf) ||
        !field_text(&rest, "min_app", &version) || !parse_version(version, &m.min_app) ||
        !field_text(&rest, "notes", &notes) || notes.n >= sizeof m.notes ||
        !text_printable(notes) ||
        !field_name(&rest, "product", 1, sizeof m.product - 1, m.product) ||
        !parse_u32(&rest, "schema", SCHEMA_MAX, &m.schema) ||
        !parse_u32(&rest, "stale_after", STALE_DAYS_MAX, &m.stale_after_days) ||
        !field_hash(&rest, "table_hash", &m.table_hash) || rest.n != 0) {
        return ERR_FORMAT;
    }
    if (m.edition == 0 || m.epoch == 0 || m.schema == 0 || m.frame != PACKAGE_FRAME ||
        m.leaf != PACKAGE_LEAF || m.db_size < DB_SIZE_MIN) {
        return ERR_FORMAT;
    }
    if (m.db_size > PACKAGE_DB_MAX) {
        return ERR_LIMIT;
    }
    memcpy(m.notes, notes.p, notes.n);
    *ret_manifest = m;
    return ERR_OK;
}

static void put_hash(struct buf *out, const char *key, const struct hash *h)
{
    char hex[2 * HASH_BYTES + 1];
    hash_hex(h, hex);
    buf_printf(out, "%s=%s\n", key, hex);
}

static void put_u64(struct buf *out, const char *key, uint64_t v)
{
    buf_printf(out, "%s=%llu\n", key, (unsigned long long)v);
}

static void put_all(const struct manifest *m, struct buf *out)
{
    char built[11];
    if (m->base_edition != 0) {
        put_u64(out, "base_edition", m->base_edition);
        put_hash(out, "base_hash", &m->base_hash);
    }
    date_format_iso(m->built, built);
    buf_printf(out, "built=%s\n", built);
    buf_printf(out, "channel=%s\n", m->channel);
    put_hash(out, "db_hash", &m->db_hash);
    put_u64(out, "db_size", m->db_size);
    put_u64(out, "edition", m->edition);
    put_u64(out, "epoch", m->epoch);
    put_u64(out, "frame", m->frame);
    put_u64(out, "leaf", m->leaf);
    buf_printf(out, "min_app=%u.%u.%u\n", m->min_app / 10000, m->min_app / 100 % 100,
               m->min_app % 100);
    buf_printf(out, "notes=%s\n", m->notes);
    buf_printf(out, "product=%s\n", m->product);
    put_u64(out, "schema", m->schema);
    put_u64(out, "stale_after", m->stale_after_days);
    put_hash(out, "table_hash", &m->table_hash);
}

enum err manifest_write(const struct manifest *m, struct buf *ret_bytes)
{
    struct buf text = {0};
    struct manifest again;
    if (memchr(m->product, '\0', sizeof m->product) == NULL ||
        memchr(m->channel, '\0', sizeof m->channel) == NULL ||
        memchr(m->notes, '\0', sizeof m->notes) == NULL) {
        return ERR_FORMAT;
    }
    put_all(m, &text);
    enum err e = buf_status(&text);
    if (e == ERR_OK) {
        e = manifest_parse(buf_slice(&text), &again); /* what we write is what we accept */
    }
    if (e == ERR_OK) {
        buf_append(ret_bytes, buf_slice(&text));
        e = buf_status(ret_bytes);
    }
    buf_finish(&text);
    return e;
}
