#pragma once

#include <stdint.h>

#include "base/slice.h"
#include "package/package.h"

/* The fixed 512 bytes in front of a .gkp, little-endian:
 *    0 magic "GONGKAI1"    8 suite u32 = 1    12 header bytes u32 = 512
 *   16 manifest   32 signatures   48 table   64 frames: each {u64 offset, u64 length}
 *   80 size of the whole file u64    88 zeros    508 CRC32C of bytes 0..507
 * Sections follow one another in this order without gaps, so that a layout has one encoding. Suite
 * 1: Ed25519 (minisign), BLAKE2b-256, zstd. */
#define HEADER_SUITE 1u

struct section {
    uint64_t offset;
    uint64_t n;
};

struct header {
    struct section manifest, signatures, table, frames;
    uint64_t total;
};

/* The layout for sections of these lengths. */
struct header header_layout(uint64_t manifest_n, uint64_t signatures_n, uint64_t table_n,
                            uint64_t frames_n);
void header_write(const struct header *h, uint8_t out[PACKAGE_HEADER]);

/* Untrusted bytes; every section is within its cap on success. REJECT_NOT_PACKAGE, REJECT_TRUNCATED
 * (n too small), REJECT_HEADER, REJECT_FUTURE_FORMAT (sound, but of a suite or magic of later
 * programs), REJECT_OVERSIZED. */
enum reject header_parse(struct slice bytes, struct header *ret_header) MUST_USE;

/* CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected; RFC 3720 appendix B.4): against accidents,
 * not attackers. */
uint32_t crc32c(struct slice bytes);
