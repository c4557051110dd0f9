#pragma once

#include <stdint.h>

#include "store/box_child.h"
#include "store/install.h"
#include "store_fixture.h"

/* Whole imports with children of the test's in the place of the real ones: one hall a program. */

#define SECOND_MS 1000

struct box_hall {
    struct fixture f;
    char package[4][1024]; /* of editions 1 (one frame) and 2 (six frames); 3: a delta from 2 */
};
extern struct box_hall hall;

int hall_setup(void **state);    /* of the group */
int hall_teardown(void **state); /* of the group */
int hall_clear(void **state);    /* before each test: nothing installed, nothing staged */

/* runs NULL: the real children. limit_ms 0: the real limit. */
struct install *hall_install(const struct box_runs *runs, int64_t limit_ms);
enum reject hall_job(struct install *in, const struct install_source *source); /* to its end */
enum reject hall_job_with(const struct box_runs *runs, const char *path, int64_t limit_ms);
void hall_settle(struct install *in);
unsigned hall_entries(const char *folder); /* how many files it has */
