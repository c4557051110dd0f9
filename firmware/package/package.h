#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "package/manifest.h"
#include "package/reject.h"
#include "package/trust.h"

/* Where a package's bytes come from; each byte is read once, in ascending order. */
struct package_source {
    enum err (*read_at)(void *user, void *p, size_t n,
                        uint64_t offset); /* short read: ERR_CORRUPT */
    void *user;
    uint64_t size; /* bytes of the whole file */
};

#define PACKAGE_HEADER 512

/* What the first PACKAGE_HEADER bytes of a file say about its whole size (fewer bytes:
 * REJECT_TRUNCATED or REJECT_NOT_PACKAGE). Nothing is authenticated by this; it only tells whether
 * a copy is complete. */
enum reject package_size_peek(struct slice head, uint64_t *ret_total) MUST_USE;

/* Likewise, where the frames begin: the head that package_open reads is all before it. */
enum reject package_head_peek(struct slice head, uint64_t *ret_n) MUST_USE;

/* An authenticated package head (header, manifest, signatures, table). Order of trust: header
 * bounds → signatures over the raw manifest → parse the manifest → product, channel and epoch are
 * the trust root's → table hash. Nothing is allocated above its cap before its size is checked.
 * Does not own the source. */
struct package;

enum reject package_open(const struct package_source *src, const struct trust *trust,
                         struct package **ret_package) MUST_USE;
/* The same head from the files beside a sealed edition; no frames can be read from it. Keys and
 * epoch of any verified root are accepted: it was accepted once (trust_check_sealed). */
enum reject package_open_sealed(struct slice manifest, struct slice signatures, struct slice table,
                                const struct trust *trust, struct package **ret_package) MUST_USE;
/* The head of a package of this size from its three sections, received from a process that is not
 * trusted: they are copied first and then verified as package_open does. The bytes may change
 * meanwhile. Frames are read with package_frame_unpack. */
struct package_sections {
    struct slice manifest, signatures, table;
};
enum reject package_open_received(const struct package_sections *sections, uint64_t size,
                                  const struct trust *trust, struct package **ret_package) MUST_USE;
void package_close(struct package *p);

/* Office tool only: the same head and frames with every check but who signed, for showing and
 * comparing packages. package_signers are all zero. Nothing that comes from here may be installed.
 */
enum reject package_inspect(const struct package_source *src,
                            struct package **ret_package) MUST_USE;

const struct manifest *package_manifest(const struct package *p);
const struct signers *package_signers(const struct package *p);
struct slice package_manifest_bytes(const struct package *p); /* to be kept beside the edition */
struct slice package_signature_bytes(const struct package *p);
struct slice package_table_bytes(const struct package *p);

/* Bytes of the whole file; 0 of a sealed head. */
uint64_t package_total(const struct package *p);
uint32_t package_frame_count(const struct package *p);
uint32_t package_frame_size(const struct package *p,
                            uint32_t frame); /* plain bytes, PACKAGE_FRAME but the last */
/* Where the frame lies in the package, and how many bytes it has there. */
void package_frame_place(const struct package *p, uint32_t frame, uint64_t *ret_offset,
                         uint32_t *ret_n);
/* Is the frame one that the base database is needed for? */
bool package_frame_is_delta(const struct package *p, uint32_t frame);
uint32_t package_leaf_count(const struct package *p);
/* Is this plain leaf (PACKAGE_LEAF bytes but the last) what the table says? */
int package_leaf_matches(const struct package *p, uint32_t leaf, struct slice plain);
/* Are all leaves of this plain frame (package_frame_size bytes) what the table says? */
bool package_leaves_match(const struct package *p, uint32_t frame, struct slice plain);

/* Reads one frame into out (≥ package_frame_size bytes) and checks it: frame hash → decompress into
 * exactly the frame's size → leaf hashes. base = the whole old database for kind zstd+prefix, else
 * empty; whether it is the right one shows in the leaves. REJECT_BASE_MISSING: base is needed and
 * empty, or is not what the frame was made from. REJECT_FRAME: anything else that does not match.
 * REJECT_TRUNCATED, REJECT_UNREADABLE: the source. out is undefined on failure. */
enum reject package_frame_read(struct package *p, uint32_t frame, struct slice base,
                               void *out) MUST_USE;
/* The same from a source of the caller's, without the leaves: another process checks them. A frame
 * that is stored as it is has nothing else to check. */
enum reject package_frame_unpack(struct package *p, uint32_t frame,
                                 const struct package_source *src, struct slice base,
                                 void *out) MUST_USE;
