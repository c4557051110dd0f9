#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "edition/edition.h"
#include "pack/blocks.h"
#include "pack/catalogue.h"
#include "pack/encoding.h"
#include "pack/figures.h"
#include "pack/folder.h"
#include "pack/image_store.h"
#include "pack/problem.h"
#include "pack/site.h"

/* A content folder, read whole and decided upon: what enters the edition, in which order, and
 * everything that is wrong. The one model between the importers, lint, and the writer. */

struct source {
    struct slice path;  /* inside the folder */
    struct slice bytes; /* the original */
    struct slice text;  /* decoded, residue still in it */
    char hash[65];      /* BLAKE2b-256, hex */
    enum encoding encoding;
    bool withhold_bytes; /* never stored: may name what is not disclosed */
    struct slice log;    /* import log, a line each */
    uint32_t id;
};

struct document {
    enum doc_kind kind;
    size_t source;
    struct slice title;
    struct draft draft;
    uint16_t year;       /* reports */
    size_t row;          /* first row in display order whose text it is, SIZE_MAX = none */
    uint32_t day;        /* yyyymmdd for ordering search results */
    uint32_t characters; /* of all blocks */
    uint32_t id;
};

struct report_part {
    uint16_t year;
    size_t doc; /* SIZE_MAX: figures without a report (an error) */
    struct figure_rows figures;
    struct slice figures_path; /* empty = none */
};

struct relation {
    uint32_t item, other;
    uint8_t reason; /* enum relation_reason */
};

struct content {
    struct arena arena;
    struct problem_list problems;
    struct folder folder;
    struct site site;
    struct catalogue catalogue;
    struct source *sources;
    size_t source_count;
    struct document *docs;
    size_t doc_count;
    struct image_store images;
    struct report_part *reports;
    size_t report_count;
    size_t guide;               /* the main guide's document, SIZE_MAX = none */
    uint32_t *card_seq;         /* block of each guide card */
    struct relation *relations; /* by item, best first */
    size_t relation_count;
};

struct content_options {
    uint64_t edition;  /* 0: as in site.ini */
    const char *built; /* NULL: as in site.ini */
};

/* Reads and checks dir. ERR_OK also when problems->count[PROBLEM_ERROR] is not 0: look there before
 * writing. ERR_MISSING and the like when dir itself cannot be opened. Free with content_close. */
enum err content_load(const char *dir, const struct content_options *options,
                      struct content **ret_content) MUST_USE;
void content_close(struct content *c); /* NULL is fine */

/* Reads one file of the folder into a new source and decodes it; faults become problems (*ret_found
 * false). */
enum err content_read(struct content *c, struct slice path, struct place named_at,
                      struct slice *ret_text, bool *ret_found) MUST_USE;
