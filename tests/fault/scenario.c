/* What can happen to a terminal. */
#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "lab.h"
#include "store/install.h"
#include "store/store.h"

static void edition_file(const struct lab *l, uint64_t edition, char path[PATH_MAX])
{
    need(l,
         store_edition_path(l->f.root, (struct edition_id){1, edition}, "content.db", path) ==
             ERR_OK,
         "path");
}

static void first(struct lab *l)
{
    lab_drop(l, PACKAGE_ONE, "one.gkp");
}

static void update(struct lab *l)
{
    lab_install(l, PACKAGE_ONE, true);
    lab_drop(l, PACKAGE_TWO, "two.gkp");
}

static void delta(struct lab *l)
{
    lab_install(l, PACKAGE_ONE, true);
    lab_drop(l, PACKAGE_DELTA, "delta.gkp");
}

/* Editions 1 and 2 are there: the third makes the first go. */
static void third(struct lab *l)
{
    lab_install(l, PACKAGE_ONE, true);
    lab_install(l, PACKAGE_TWO, true);
    lab_drop(l, PACKAGE_THREE, "three.gkp");
}

/* A transfer was cut off in its second frame. */
static void resume(struct lab *l)
{
    char from[PATH_MAX];
    char part[PATH_MAX];
    struct buf bytes = {0};
    lab_install(l, PACKAGE_ONE, true);
    edition_file(l, 1, from);
    need(l, file_read(from, 64u << 20, &bytes) == ERR_OK, "edition 1");
    for (size_t i = bytes.n - 300000; i < bytes.n; i++) {
        bytes.p[i] = 0;
    }
    need(l, store_path(l->f.root, "stage/1-2.part", part) == ERR_OK, "path");
    need(l, file_replace(part, buf_slice(&bytes), 0600) == ERR_OK, "part");
    buf_finish(&bytes);
    lab_drop(l, PACKAGE_TWO, "two.gkp");
}

static void damaged(struct lab *l)
{
    char path[PATH_MAX];
    lab_install(l, PACKAGE_ONE, true);
    lab_install(l, PACKAGE_TWO, true);
    edition_file(l, 2, path);
    fixture_flip(path, 400000, 1);
}

/* The damage was found, and the package comes again. */
static void repair(struct lab *l)
{
    damaged(l);
    lab_install(l, PACKAGE_COUNT, true);
    lab_drop(l, PACKAGE_TWO, "two.gkp");
}

static void refused(struct lab *l)
{
    lab_install(l, PACKAGE_ONE, true);
    lab_drop(l, PACKAGE_FLIPPED, "two.gkp");
}

static void other_hall(struct lab *l)
{
    lab_install(l, PACKAGE_ONE, true);
    lab_drop(l, PACKAGE_OTHER, "other.gkp");
}

/* No start is left for the trial of edition 2. */
static void given_up(struct lab *l)
{
    lab_install(l, PACKAGE_ONE, true);
    lab_install(l, PACKAGE_TWO, false);
    for (int i = 0; i < INSTALL_TRIES; i++) {
        lab_install(l, PACKAGE_COUNT, false);
    }
}

static void two_installed(struct lab *l)
{
    lab_install(l, PACKAGE_ONE, true);
    lab_install(l, PACKAGE_TWO, true);
}

static void one_installed(struct lab *l)
{
    lab_install(l, PACKAGE_ONE, true);
}

/* The package can only be judged with the root that comes with it. */
static void new_root(struct lab *l)
{
    lab_install(l, PACKAGE_ONE, true);
    lab_drop_root(l);
    lab_drop(l, PACKAGE_ROTATED, "rotated.gkp");
}

static void two_dropped(struct lab *l)
{
    lab_install(l, PACKAGE_ONE, true);
    lab_drop(l, PACKAGE_TWO, "000002.gkp");
    lab_drop(l, PACKAGE_THREE, "000003.gkp");
}

#define APPLIED .result = "applied", .reason = "none"
/* Edition 2 takes the place of edition 1 and is confirmed. */
#define ONE_TO_TWO                                                                                 \
    .before = 1, .after = 2, .floor_before = 1, .floor_after = 2, .previous_after = 1, .claims = 2
/* Edition 1 stays. */
#define ONE_STAYS .before = 1, .after = 1, .floor_before = 1, .floor_after = 1
/* Back from edition 2, which had been confirmed. */
#define TWO_TO_ONE .before = 2, .after = 1, .floor_before = 2, .floor_after = 2

const struct scenario scenarios[] = {
    {.name = "first install",
     .prepare = first,
     .before = 0,
     .after = 1,
     .floor_after = 1,
     APPLIED,
     .done = 1,
     .claims = 1},
    {.name = "update", .prepare = update, ONE_TO_TWO, APPLIED, .done = 1},
    {.name = "delta", .prepare = delta, ONE_TO_TWO, APPLIED, .done = 1},
    {.name = "third edition",
     .prepare = third,
     .before = 2,
     .after = 3,
     .floor_before = 2,
     .floor_after = 3,
     .previous_after = 2,
     APPLIED,
     .done = 1,
     .claims = 3},
    {.name = "on trial",
     .prepare = update,
     .kiosk = true,
     .before = 1,
     .after = 2,
     .floor_before = 1,
     .floor_after = 1,
     .previous_after = 1,
     APPLIED,
     .done = 1,
     .claims = 2},
    {.name = "trial given up",
     .prepare = given_up,
     .kiosk = true,
     .before = 2,
     .after = 1,
     .floor_before = 1,
     .floor_after = 1},
    {.name = "rollback", .prepare = two_installed, .say = "rollback", TWO_TO_ONE},
    {.name = "damage found", .prepare = damaged, .damaged = true, TWO_TO_ONE},
    {.name = "repair",
     .prepare = repair,
     .before = 1,
     .after = 2,
     .floor_before = 2,
     .floor_after = 2,
     .previous_after = 1,
     APPLIED,
     .done = 1,
     .claims = 2},
    {.name = "resumed", .prepare = resume, ONE_TO_TWO, APPLIED, .done = 1},
    {.name = "two packages",
     .prepare = two_dropped,
     .before = 1,
     .after = 3,
     .floor_before = 1,
     .floor_after = 3,
     .previous_after = 2,
     APPLIED,
     .done = 2,
     .claims = 2},
    /* Asked for again after a cut, it is answered as an older one: no receipt to expect. */
    {.name = "import from a folder", .prepare = one_installed, .say = "import path=%s", ONE_TO_TWO},
    {.name = "from a stick",
     .prepare = one_installed,
     .stick = true,
     ONE_TO_TWO,
     .result = "applied"},
    {.name = "new root", .prepare = new_root, ONE_TO_TWO, APPLIED, .done = 3, .trust_after = 2},
    {.name = "bad frame",
     .prepare = refused,
     ONE_STAYS,
     .result = "refused",
     .reason = "frame",
     .refused = 1},
    {.name = "other hall's",
     .prepare = other_hall,
     ONE_STAYS,
     .result = "refused",
     .reason = "channel",
     .refused = 1},
};

size_t scenario_count(void)
{
    return sizeof scenarios / sizeof *scenarios;
}
