#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The screens walked through over a damaged data folder, and what may have been seen. Private to
 * page_flip.c and page_flip_table.c. */
enum { EDITION_CURRENT, EDITION_PREVIOUS, EDITION_FACTORY, EDITIONS };

#define WALK_MAX 256

struct walk {
    size_t n;
    char *answer[WALK_MAX]; /* of the scripted driver, a line each, times blanked */
    double slowest_ms;      /* between two answers, the start included */
    bool crashed, ended;
};

struct flip {
    char *programs;
    char work[512];
    struct walk reference[EDITIONS];
};

enum verdict {
    VERDICT_CURRENT = 0, /* all that was shown is of the current edition */
    VERDICT_FALLBACK,    /* from some point on another whole edition */
    VERDICT_CRASH,
    VERDICT_WRONG, /* something was shown that is of no edition */
    VERDICT_SLOW,
    VERDICT_COUNT
};
const char *verdict_name(enum verdict v);

bool walk_run(const struct flip *f, const char *root, struct walk *ret_walk);
void walk_free(struct walk *w);
enum verdict walk_judge(const struct flip *f, const struct walk *w, bool verbose);

/* One way to damage a data folder: a shell script that runs in it. may_stay: the current edition
 * may as well stay. The table ends with what = NULL. */
struct damage {
    const char *what, *script;
    enum verdict expected;
    bool may_stay;
};
extern const struct damage damages[];

/* Makes $W/data (editions 1-2 and 1-3), $W/factory (edition 1), $W/walk.drv, $W/syncd.ini. */
extern const char prepare_script[];
