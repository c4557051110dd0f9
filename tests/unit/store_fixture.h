#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "package/trust.h"
#include "store/install.h"

/* A hall of its own in a fresh folder: keys, trust root, small editions and packages made as the
 * office makes them. Every function ends the program with a message when something cannot be made.
 */
#define FIXTURE_CHANNEL "hall-test"

struct fixture {
    char dir[512];  /* keys, packages */
    char root[512]; /* the terminal's data folder, with trust/ in place */
};

void fixture_create(struct fixture *f);
void fixture_destroy(struct fixture *f); /* deletes the folder */

enum { FIXTURE_OFFICE = 1, FIXTURE_REVIEW = 2, FIXTURE_BOTH = 3 };

struct fixture_edition {
    uint64_t edition;
    uint32_t filler_kb;    /* incompressible bytes in the database */
    uint32_t row_kb;       /* in rows of this size, 0: 1 */
    bool repeated;         /* instead, bytes that compress to nearly nothing */
    unsigned roles;        /* FIXTURE_… */
    const char *channel;   /* NULL: FIXTURE_CHANNEL */
    const char *base;      /* package of the base edition, NULL: a full package */
    uint64_t fact_edition; /* number inside the database, 0: the same */
    uint32_t min_app;
};

/* Writes DIR/NAME.gkp and returns its path in a buffer of f's life time (ret_path ≥ 1024 bytes). */
void fixture_package(const struct fixture *f, const struct fixture_edition *e, const char *name,
                     char *ret_path);

/* One more signature on a package, by a key file of f->dir. */
void fixture_sign(const struct fixture *f, const char *path, const char *key_name, enum role role);

/* A package file as a source; close with fixture_close. */
struct install_source fixture_open(const char *path);
void fixture_close(struct install_source *source);

void fixture_copy(const char *from, const char *to);
void fixture_flip(const char *path, long offset, unsigned char mask); /* offset < 0: from the end */
int fixture_matches(const struct fixture *f, uint64_t edition);       /* editions/1-N is whole */
