#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "store/id.h"
#include "store/select.h"

/* Editions on the terminal.
 *
 *   ROOT/select.bin, select.bak      which edition is shown (select.h)
 *   ROOT/editions/E-N/               content.db manifest sigs table; immutable, files 0444
 *   ROOT/stage/                      what is being staged or thrown away
 *   ROOT/trust/ drop/ outbox/ state/ keys, incoming packages, receipts, history
 *   FACTORY/content.db               the edition of the read-only system
 *
 * This header is the light half: it reads the select record and looks at names and sizes, opens no
 * database and decompresses nothing. The screens start with it. Only gongkai-syncd writes. */

#define STORE_EDITIONS_MAX 64
#define STORE_TRIED_MAX (STORE_EDITIONS_MAX + 1)

enum store_kind {
    STORE_CURRENT = 0, /* what the select record names */
    STORE_PREVIOUS,    /* the edition before it */
    STORE_SEALED,      /* another accepted edition on the disk, highest first */
    STORE_FACTORY      /* the edition of the read-only system */
};

struct store_choice {
    enum store_kind kind;
    struct edition_id id; /* none for STORE_FACTORY */
    bool trial; /* STORE_CURRENT and not yet confirmed: report `drawn` or `failed` (link.h) */
    char path[PATH_MAX]; /* the database to open */
    char reason[256];    /* why it is not the current edition, one Chinese sentence for staff; else
                            empty */
};

/* What the caller could not open. Zero-initialised is empty. */
struct store_tried {
    size_t n;
    struct edition_id id[STORE_TRIED_MAX];
    bool factory;
};
void store_tried_add(struct store_tried *t, const struct store_choice *failed);

/* The edition to show: current → previous → any sealed edition not below the floor and not
 * bad-listed, highest first → factory, leaving out what is not there or was tried. When opening the
 * choice fails, add it to `tried` and ask again. factory may be NULL (ROOT/factory). ERR_MISSING:
 * nothing is left. A damaged select record is not an error, it only shortens the list. */
enum err store_choose(const char *root, const char *factory, const struct store_tried *tried,
                      struct store_choice *ret_choice) MUST_USE;

const char *store_kind_name(enum store_kind kind); /* "current" "previous" "sealed" "factory" */

/* Creates the folders of the layout; existing ones are fine. */
enum err store_create(const char *root) MUST_USE;

/* Sealed editions, highest first; names that are not "E-N" and folders without a content.db are
 * left out. A missing editions/ is an empty list. ret_ids has room for STORE_EDITIONS_MAX. */
enum err store_list(const char *root, struct edition_id *ret_ids, size_t *ret_n) MUST_USE;

/* ROOT/editions/E-N[/file]; ROOT/name. ERR_LIMIT when longer than a path may be. */
enum err store_edition_path(const char *root, struct edition_id id, const char *file,
                            char ret_path[PATH_MAX]) MUST_USE;
enum err store_path(const char *root, const char *name, char ret_path[PATH_MAX]) MUST_USE;
