/* Growable bytes with a sticky failure, and explicit little-endian numbers. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_finish(struct buf *b)
{
    free(b->p);
    *b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->failed = false;
}

bool buf_reserve(struct buf *b, size_t extra)
{
    size_t need;
    if (b->failed || __builtin_add_overflow(b->n, extra, &need)) {
        b->failed = true;
        return false;
    }
    if (need <= b->capacity) {
        return true;
    }
    size_t capacity = b->capacity ? b->capacity : 256;
    while (capacity < need) {
        if (__builtin_mul_overflow(capacity, (size_t)2, &capacity)) {
            capacity = need;
        }
    }
    char *p = realloc(b->p, capacity);
    if (p == NULL) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->capacity = capacity;
    return true;
}

void buf_append(struct buf *b, struct slice s)
{
    if (s.n && buf_reserve(b, s.n)) {
        memcpy(b->p + b->n, s.p, s.n);
        b->n += s.n;
    }
}

void buf_append_cstr(struct buf *b, const char *s)
{
    buf_append(b, slice_of(s));
}

void buf_append_cp(struct buf *b, uint32_t cp)
{
    char bytes[4];
    buf_append(b, (struct slice){bytes, utf8_put(bytes, cp)});
}

void buf_append_byte(struct buf *b, char c)
{
    buf_append(b, (struct slice){&c, 1});
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !buf_reserve(b, (size_t)n + 1)) {
        b->failed = true;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(b->p + b->n, (size_t)n + 1, format, args);
    va_end(args);
    b->n += (size_t)n;
}

static void append_le(struct buf *b, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        buf_append_byte(b, (char)(unsigned char)(v >> (8 * i) & 0xFF));
    }
}

void buf_u16le(struct buf *b, uint16_t v)
{
    append_le(b, v, 2);
}

void buf_u32le(struct buf *b, uint32_t v)
{
    append_le(b, v, 4);
}

void buf_u64le(struct buf *b, uint64_t v)
{
    append_le(b, v, 8);
}

struct slice buf_slice(const struct buf *b)
{
    return (struct slice){b->p, b->n};
}

enum err buf_status(const struct buf *b)
{
    return b->failed ? ERR_NOMEM : ERR_OK;
}

static uint64_t read_le(const void *p, size_t bytes)
{
    const unsigned char *c = p;
    uint64_t v = 0;
    for (size_t i = bytes; i-- > 0;) {
        v = v << 8 | c[i];
    }
    return v;
}

uint16_t u16le(const void *p)
{
    return (uint16_t)read_le(p, 2);
}

uint32_t u32le(const void *p)
{
    return (uint32_t)read_le(p, 4);
}

uint64_t u64le(const void *p)
{
    return read_le(p, 8);
}
