#pragma once

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "pack/problem.h"

/* site.ini: the office, its terms and its rules. Slices live in the arena given to site_parse. */
struct site_term {
    struct slice code, name;
    unsigned line;
};

struct site_terms {
    struct site_term *at;
    size_t n;
};

struct site_card {
    struct slice key, title, summary, anchor;
    unsigned line;
};

struct site_contact {
    struct slice unit, address, postcode, phone, fax, email, website, hours;
};

struct site {
    struct slice channel, organisation, name, mark, title, slogan, slogan2;
    uint64_t edition, epoch, stale_after_days;
    struct date built;
    bool has_built, demo;
    struct site_contact contact;
    struct site_terms categories, departments, channels; /* channel: code = label, name = value */
    struct site_card *cards;
    size_t card_count;
    struct slice index_pattern; /* POSIX extended, compiles; empty = none */
    struct slice other_units;   /* names separated by '|' */
};

/* Everything wrong is an error in *problems with its line; ERR_NOMEM only. Edition 0 means: not
 * given. */
enum err site_parse(struct slice text, struct slice file, struct arena *a,
                    struct problem_list *problems, struct site *ret_site) MUST_USE;
/* Place of a term by code or by name, or SIZE_MAX. */
size_t site_term_find(const struct site_terms *terms, struct slice code_or_name);
