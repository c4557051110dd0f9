#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

/* A growable byte buffer. After a failed growth `failed` stays set and further appends do nothing,
 * so that a long series of appends is checked once at its end. Zero-initialised is empty and valid.
 */
struct buf {
    char *p;
    size_t n;
    size_t capacity;
    bool failed;
};

void buf_finish(struct buf *b); /* frees; b is empty and valid again */
void buf_clear(struct buf *b);  /* keeps the memory */
bool buf_reserve(struct buf *b, size_t extra);
void buf_append(struct buf *b, struct slice s);
void buf_append_cstr(struct buf *b, const char *s);
void buf_append_cp(struct buf *b, uint32_t cp); /* as UTF-8 */
void buf_append_byte(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_u16le(struct buf *b, uint16_t v);
void buf_u32le(struct buf *b, uint32_t v);
void buf_u64le(struct buf *b, uint64_t v);
struct slice buf_slice(const struct buf *b);       /* borrowed until the next change */
enum err buf_status(const struct buf *b) MUST_USE; /* ERR_NOMEM after a failed growth */

uint16_t u16le(const void *p);
uint32_t u32le(const void *p);
uint64_t u64le(const void *p);
