/* Reads and writes the fixed header: the only parser that sees bytes nobody has signed. Works on a
 * fixed 512 bytes without allocation or loops that depend on them. */
#include "package/header.h"

#include <string.h>

#include "base/buf.h"
#include "base/plant.h"
#include "package/frame.h"
#include "package/minisign.h"

static const char magic[8] = {'G', 'O', 'N', 'G', 'K', 'A', 'I', '1'};

enum {
    AT_SUITE = 8,
    AT_HEADER_BYTES = 12,
    AT_SECTIONS = 16,
    AT_TOTAL = 80,
    AT_UNUSED = 88,
    AT_CRC = 508,
};

uint32_t crc32c(struct slice bytes)
{
    /* a quarter-byte at a time: table[i] is the remainder of i << 28 */
    static const uint32_t table[16] = {
        0x00000000, 0x105EC76F, 0x20BD8EDE, 0x30E349B1, 0x417B1DBC, 0x5125DAD3,
        0x61C69362, 0x7198540D, 0x82F63B78, 0x92A8FC17, 0xA24BB5A6, 0xB21572C9,
        0xC38D26C4, 0xD3D3E1AB, 0xE330A81A, 0xF36E6F75,
    };
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < bytes.n; i++) {
        crc ^= (uint8_t)bytes.p[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc ^ 0xFFFFFFFF;
}

struct header header_layout(uint64_t manifest_n, uint64_t signatures_n, uint64_t table_n,
                            uint64_t frames_n)
{
    struct header h;
    h.manifest = (struct section){PACKAGE_HEADER, manifest_n};
    h.signatures = (struct section){h.manifest.offset + manifest_n, signatures_n};
    h.table = (struct section){h.signatures.offset + signatures_n, table_n};
    h.frames = (struct section){h.table.offset + table_n, frames_n};
    h.total = h.frames.offset + frames_n;
    return h;
}

static void put_u32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) {
        p[i] = (uint8_t)(v >> 8 * i);
    }
}

static void put_u64(uint8_t *p, uint64_t v)
{
    put_u32(p, (uint32_t)v);
    put_u32(p + 4, (uint32_t)(v >> 32));
}

void header_write(const struct header *h, uint8_t out[PACKAGE_HEADER])
{
    const struct section *const sections[4] = {&h->manifest, &h->signatures, &h->table, &h->frames};
    memset(out, 0, PACKAGE_HEADER);
    memcpy(out, magic, sizeof magic);
    put_u32(out + AT_SUITE, HEADER_SUITE);
    put_u32(out + AT_HEADER_BYTES, PACKAGE_HEADER);
    for (size_t i = 0; i < 4; i++) {
        put_u64(out + AT_SECTIONS + 16 * i, sections[i]->offset);
        put_u64(out + AT_SECTIONS + 16 * i + 8, sections[i]->n);
    }
    put_u64(out + AT_TOTAL, h->total);
    put_u32(out + AT_CRC, crc32c((struct slice){(const char *)out, AT_CRC}));
}

/* Magic, length and checksum; then whether it is of this version of the format. */
static enum reject check_frame_of_header(struct slice bytes)
{
    size_t n = bytes.n < sizeof magic ? bytes.n : sizeof magic;
    size_t family = n < sizeof magic ? n : sizeof magic - 1; /* the last byte is the version */
    if (n > 0 && memcmp(bytes.p, magic, family) != 0) {
        return REJECT_NOT_PACKAGE;
    }
    if (bytes.n < PACKAGE_HEADER) {
        return REJECT_TRUNCATED;
    }
    if (u32le(bytes.p + AT_CRC) != crc32c(slice_sub(bytes, 0, AT_CRC))) {
        return REJECT_HEADER;
    }
    if (bytes.p[7] != magic[7] || u32le(bytes.p + AT_SUITE) != HEADER_SUITE) {
        return REJECT_FUTURE_FORMAT;
    }
    return REJECT_NONE;
}

enum reject header_parse(struct slice bytes, struct header *ret_header)
{
    uint8_t canonical[PACKAGE_HEADER];
    uint64_t n[4];
    enum reject r = check_frame_of_header(bytes);
    if (r != REJECT_NONE) {
        return r;
    }
    for (size_t i = 0; i < 4; i++) {
        n[i] = u64le(bytes.p + AT_SECTIONS + 16 * i + 8);
    }
    if (n[0] > MANIFEST_MAX || n[1] > MINISIGN_SECTION_MAX || n[2] > TABLE_MAX ||
        n[3] > PACKAGE_DB_MAX) {
        return REJECT_OVERSIZED;
    }
    /* the caps keep these sums far from overflow */
    struct header h = header_layout(n[0], n[1], n[2], n[3]);
    header_write(&h, canonical);
    if ((memcmp(canonical, bytes.p, PACKAGE_HEADER) != 0 && !PLANT(header_layout)) || n[0] == 0 ||
        n[2] == 0 || n[3] == 0) {
        return REJECT_HEADER;
    }
    *ret_header = h;
    return REJECT_NONE;
}

enum reject package_size_peek(struct slice head, uint64_t *ret_total)
{
    struct header h;
    enum reject r = header_parse(slice_sub(head, 0, PACKAGE_HEADER), &h);
    if (r == REJECT_NONE) {
        *ret_total = h.total;
    }
    return r;
}

enum reject package_head_peek(struct slice head, uint64_t *ret_n)
{
    struct header h;
    enum reject r = header_parse(slice_sub(head, 0, PACKAGE_HEADER), &h);
    if (r == REJECT_NONE) {
        *ret_n = h.frames.offset;
    }
    return r;
}
