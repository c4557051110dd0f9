#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "pack/content.h"

/* A made-up content of any size, the same for the same numbers: titles, details and documents of
 * office words as frequent as words are (a few everywhere, most of them rare), with names, numbers
 * and marks in both widths between them. For the benches and tests of search. */
struct corpus {
    struct content content;
    uint64_t random;
};

struct corpus_size {
    size_t items;
    size_t docs;           /* every items/docs-th item has one; one more belongs to no item */
    size_t doc_characters; /* about */
};

enum err corpus_make(struct corpus *c, struct corpus_size size, uint64_t seed) MUST_USE;
void corpus_finish(struct corpus *c);
/* 0 ≤ result < n */
uint32_t corpus_random(struct corpus *c, uint32_t n);
/* A piece of 1..8 characters of some title (or, when `body`, of some block). */
void corpus_query(struct corpus *c, bool body, size_t characters, struct buf *ret);
/* Bytes of everything that is searched. */
size_t corpus_bytes(const struct corpus *c);
