#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "edition/edition.h"

/* A document being made: blocks in order, each with the source line it began at, and the import
 * log. */
struct draft_block {
    struct block b;
    unsigned line;
};

struct draft {
    struct arena *arena; /* borrowed; holds every text */
    struct draft_block *at;
    size_t n;
    struct slice title;              /* empty when the text itself has none */
    struct buf log;                  /* lines of the import log; finished by draft_finish */
    struct picture_source *pictures; /* borrowed; NULL: a picture leaves its words only */
};

void draft_init(struct draft *d, struct arena *arena);
void draft_finish(struct draft *d); /* frees the log only */

/* Where the pictures of a text come from: load turns a path as the text writes it into the number
 * of a picture in the edition, or 0 with the reason in *ret_why (a Chinese half-sentence, borrowed
 * for as long as the source lives). */
struct picture_source {
    enum err (*load)(struct picture_source *s, struct slice path, uint32_t *ret_image,
                     const char **ret_why);
};

/* The picture of a path; 0 when it is left out, which the log then says. */
enum err draft_picture(struct draft *d, struct slice path, unsigned line,
                       uint32_t *ret_image) MUST_USE;

/* Copies the text into the arena and numbers the block; paragraphs and list items get their splits.
 */
enum err draft_add(struct draft *d, struct block b, unsigned line) MUST_USE;

/* Level 1–3 when the line is a heading by its form: “一、…” or “第一章 …” 1; “（一）…” or “第一节
 * …” 2; “1.…” “1、…” 3; alone on a short line (≤ 40 characters) that does not end as a sentence or
 * clause does. 0 otherwise. Leading blanks do not count. */
uint8_t heading_level(struct slice line);
/* Level of a line that begins with a list marker “1、” “1.” “（一）” (1), “（1）” “1)” “①” (2); 0
 * otherwise. */
uint8_t list_level(struct slice line);

/* Byte offsets at which an inline list 1、2、3、… starts its items: at least 1、 and 2、 in order,
 * each at the start of the paragraph or after 。；：;:！？ (blanks allowed). Offset 0 is not
 * listed. */
enum err splits_find(struct arena *a, struct slice text, const uint32_t **ret_splits,
                     size_t *ret_n) MUST_USE;

/* Takes the next source line off *text: ends at LF, CRLF, CR, and the soft breaks VT and FF. */
struct slice line_cut(struct slice *text);
