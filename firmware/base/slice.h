#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed text or bytes: n bytes from p, not terminated. The empty slice is {NULL or any, 0}. */
struct slice {
    const char *p;
    size_t n;
};

#define SLICE_LIT(s) ((struct slice){(s), sizeof(s) - 1})

struct slice slice_of(const char *cstr);                        /* NULL → empty */
struct slice slice_sub(struct slice s, size_t from, size_t to); /* clamped to s */
struct slice slice_trim(struct slice s); /* ASCII blanks and U+3000 off both ends */
bool slice_eq(struct slice a, struct slice b);
bool slice_eq_cstr(struct slice a, const char *b);
bool slice_has_prefix(struct slice s, struct slice prefix);
bool slice_has_suffix(struct slice s, struct slice suffix);
int slice_cmp(struct slice a, struct slice b); /* bytewise, as memcmp */

/* Byte offset of the first `needle` at or after `from`, or SIZE_MAX. An empty needle is never
 * found. */
size_t slice_find(struct slice s, struct slice needle, size_t from);

/* Cuts s at the first `sep`: returns what is before it and leaves the rest in *s (empty when no
 * sep). */
struct slice slice_cut(struct slice *s, char sep);

/* Whole-slice decimal number without sign; false on any other byte, emptiness or overflow. */
bool slice_to_u64(struct slice s, uint64_t *ret_value);

/* Code point at byte offset *at (must be < s.n), advancing *at by at least one byte. An ill-formed
 * sequence yields U+FFFD and advances by one byte (Unicode 15, 3.9, W3C practice simplified). */
uint32_t utf8_next(struct slice s, size_t *at);

/* Writes 1–4 bytes, returns how many. A surrogate or a value above U+10FFFF is written as U+FFFD.
 */
size_t utf8_put(char out[4], uint32_t cp);

bool utf8_valid(struct slice s);   /* well-formed in the sense of Unicode 15 table 3-7 */
size_t utf8_count(struct slice s); /* code points, ill-formed bytes counting one each */

/* Is the code point a Han ideograph (Unified, extensions A–H, compatibility, 〇)? */
bool cp_is_han(uint32_t cp);
