#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct buf;
struct edition;

/* Byte streams of an edition, kept in the table `stream` in pieces that fill a page each. Shared by
 * the writer of editions and this folder.
 *
 * The searched text is one sequence of places, a place a folded code point, one place left empty
 * after every field so that no phrase crosses it:
 *
 *   titles of all owners | their details | headings of their documents | everything else of those
 *
 * An owner is what one hit stands for: a catalogue item, or a document that belongs to none. Owners
 * come newest first, so places are already in the order in which hits are shown. */
enum stream_id {
    /* 0..0x10FFFF: places of that code point. A piece: last place u32le, then the steps from the
     * place in its id to the next ones, varints ≥ 1. */
    STREAM_OWNERS = 0x110000,     /* per owner varints: item, doc whose blocks it has, that doc's
                                     enum doc_kind or 0, title places, detail places, day
                                     (yyyymmdd) */
    STREAM_BLOCKS = 0x110001,     /* varints: how many are headings, then per block, headings first:
                                     owner less that of the block before, seq, places */
    STREAM_TITLES = 0x110002,     /* the titles' places, u16le each: folded code point, 0 between
                                     titles,     STREAM_ASTRAL for one beyond U+FFFF */
    STREAM_SYLLABLES = 0x110003,  /* names of the pinyin syllables, sorted, a line each */
    STREAM_READINGS = 0x110004,   /* code point u16le, syllable u16le (its line), by code point */
    STREAM_EXCEPTIONS = 0x110005, /* title place u32le, syllable u16le: read otherwise there */
    STREAM_FILTERS = 0x110006,    /* per item u64le, edition/facet.h */
    STREAM_BY_NAME = 0x110007,    /* all items' ids in the order of ORDER_NAME, u32le each */
    STREAM_BY_INDEX_NO = 0x110008,
    STREAM_BY_DOC_NO = 0x110009
};

#define STREAM_ASTRAL 0xFFFFu
#define STREAM_PIECE 4040u /* bytes of a piece: with its row header, one page of 4096 */
#define STREAM_ITEMS_MAX 4000000u
#define STREAM_PLACES_MAX 0xFFFFFF00u

static inline int64_t stream_row(uint32_t stream, uint32_t first)
{
    return (int64_t)stream << 32 | first;
}

/* Varints: seven bits a byte, low ones first, the top bit says that more follow. */
static inline size_t varint_put(unsigned char out[5], uint32_t v)
{
    size_t n = 0;
    while (v >= 0x80) {
        out[n++] = (unsigned char)(v | 0x80);
        v >>= 7;
    }
    out[n++] = (unsigned char)v;
    return n;
}

/* Reads a varint of a whole stream; on its end or an overlong one *at becomes SIZE_MAX and stays
 * so. */
uint32_t varint_next_long(struct slice s, size_t *at);
static inline uint32_t varint_next(struct slice s, size_t *at)
{
    if (*at < s.n && (unsigned char)s.p[*at] < 0x80) {
        return (unsigned char)s.p[(*at)++];
    }
    return varint_next_long(s, at);
}

/* A whole stream of maps (not of places) into malloc'd memory, at most `max` bytes; ERR_CORRUPT
 * when pieces are missing. An absent stream is empty. Free *ret with buf_finish. */
enum err stream_read(struct edition *e, enum stream_id id, size_t max, struct buf *ret) MUST_USE;
