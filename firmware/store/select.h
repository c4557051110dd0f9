#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/id.h"

/* Which edition is shown: ROOT/select.bin, two slots of 4 KiB, preallocated. A write goes into the
 * slot that does not hold the newest valid record, one pwrite and one fdatasync; a torn slot fails
 * its hash and the other one holds. ROOT/select.bak is of the same form, written
 * after a confirmation, read when both slots are damaged. One writer (gongkai-syncd), any number of
 * readers in other processes. */

#define SELECT_SLOT 4096
#define SELECT_BAD_MAX 8

enum select_phase {
    SELECT_OK = 0,   /* current was drawn on the screen */
    SELECT_TRIAL = 1 /* current is new and not yet confirmed; previous is what it replaces */
};

struct select {
    uint64_t seq; /* of the record read or last written; 0 = none yet */
    struct edition_id current;
    struct edition_id previous; /* never of a lower key epoch than the floor */
    struct edition_id floor; /* highest edition ever confirmed; nothing below is accepted again */
    enum select_phase phase;
    uint32_t tries;       /* starts left in SELECT_TRIAL */
    int64_t time_floor_s; /* UTC seconds; the clock cannot be before this */
    uint32_t bad_count;
    struct edition_id bad[SELECT_BAD_MAX]; /* taken back by staff or by a failed trial */
};

/* The newest valid record, with the highest floor of all valid copies. ERR_MISSING: there is no
 * select.bin and no select.bak (a new terminal); ERR_CORRUPT: there is, but no copy is valid. */
enum err select_read(const char *root, struct select *ret_select) MUST_USE;

/* Makes `s` the newest record and sets s->seq. The file is created when absent. On failure the old
 * record is put back into a new file where the disk allows it; either way a complete record is
 * readable. */
enum err select_write(const char *root, struct select *s) MUST_USE;

/* The record of ROOT/select.bak alone. ERR_MISSING, ERR_CORRUPT as above. */
enum err select_read_backup(const char *root, struct select *ret_select) MUST_USE;

/* Writes ROOT/select.bak (in another directory block and at another time than select.bin). */
enum err select_backup(const char *root, const struct select *s) MUST_USE;

/* One slot's bytes. Parsing is false for anything but a whole, unchanged slot. */
void select_encode(const struct select *s, unsigned char slot[SELECT_SLOT]);
bool select_decode(const unsigned char slot[SELECT_SLOT], struct select *ret_select);

/* A confirmed edition of a higher key epoch ends the older ones: keys are changed when they may
 * have been stolen, so that nothing signed by the old ones is gone back to. Called wherever the
 * floor may have risen; a record that is read has been through it. */
void select_forget_older_epochs(struct select *s);

bool select_is_bad(const struct select *s, struct edition_id id);
void select_add_bad(struct select *s, struct edition_id id); /* the lowest entry makes room */

const char *select_phase_name(enum select_phase phase); /* "ok" "trial" */
