#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../unit/store_fixture.h"

/* What the programs of the fault laboratory share: a hall with its packages, the scenarios, running
 * the real daemon through one, and what must hold afterwards. Every function ends the program with
 * a message when something that must hold does not. */

enum lab_package {
    PACKAGE_ONE, /* edition 1 */
    PACKAGE_TWO,
    PACKAGE_THREE,
    PACKAGE_DELTA,   /* edition 2 from edition 1 */
    PACKAGE_FLIPPED, /* edition 2 with a wrong byte in its last frame */
    PACKAGE_OTHER,   /* edition 2 of another hall */
    PACKAGE_ROTATED, /* edition 2 by a review key that only root 2 knows */
    PACKAGE_COUNT
};

struct lab {
    char syncd[600];  /* a copy of the daemon */
    struct fixture f; /* f.root is the terminal's data folder under test */
    char package[PACKAGE_COUNT][1024];
    char sticks[600];       /* where one stick with edition 2 is plugged */
    char config_auto[600];  /* a new edition is confirmed at once */
    char config_kiosk[600]; /* a new edition waits for a screen */
    char template[600];     /* the root before the scenario, made by lab_prepare */
    char log[600];          /* of the daemon */
    const char *where;      /* what is being tried, for messages */
    long point;
};

/* One thing that happens to a terminal, from a prepared root to its end. */
struct scenario {
    const char *name;
    void (*prepare)(struct lab *l); /* from a root that knows the hall's keys and nothing else */
    const char *say; /* NULL: the daemon runs with --once; else it serves this message */
    bool stick;      /* the place of the sticks is watched */
    bool kiosk;      /* nobody confirms: the new edition stays on trial */
    bool damaged;    /* what is shown before, or chosen for want of a record, need not be whole */
    uint64_t before, after; /* editions shown; 0: none. In between, any of the two or between */
    uint64_t floor_before, floor_after, previous_after;
    uint64_t trust_after;        /* version of the root of trust at the end, 0: any */
    const char *result, *reason; /* of the receipt; NULL: none is written */
    unsigned done, refused;      /* files in drop/done and drop/refused at the end */
    uint64_t claims; /* once a receipt says `applied`, this edition is shown; 0: not so */
};
extern const struct scenario scenarios[];
size_t scenario_count(void);

void lab_create(struct lab *l, const char *syncd); /* makes keys and packages */
void lab_destroy(struct lab *l);
/* A process's own view of the lab: another root and log, `number` of them beside each other. */
struct lab lab_own(const struct lab *l, const char *root_tail, unsigned number);

/* Runs the scenario's preparation and keeps the result as l->template. */
void lab_prepare(struct lab *l, const struct scenario *s);
/* The root is as prepared again. */
void lab_reset(struct lab *l);
/* Replaces this process by the daemon of the scenario, its output in l->log. Never returns. */
void lab_exec(const struct lab *l, const struct scenario *s) __attribute__((noreturn));
/* In a process of its own when the scenario says something: waits for the daemon's socket, says
 * it, and ends the daemon after the answer. 0 when there is nothing to say. */
pid_t lab_client(const struct lab *l, const struct scenario *s, pid_t daemon);
void lab_client_end(pid_t client);
/* The scenario by an undisturbed daemon; its exit code, -1 when it was ended by a signal. */
int lab_run(struct lab *l, const struct scenario *s);

/* At any moment of the scenario: a reader finds a whole edition that may be shown, no package is
 * lost, receipts and floors are true. Returns the edition shown, 0 for none. */
uint64_t lab_check(struct lab *l, const struct scenario *s);
/* After the scenario has come to its end. */
void lab_check_end(struct lab *l, const struct scenario *s);
/* Does what the scenario wants have a receipt that says it was refused or put off? */
bool lab_has_receipt(const struct lab *l, const char *result, const char *reason);
unsigned lab_files(const struct lab *l, const char *folder);

/* Preparation steps. */
void lab_drop(const struct lab *l, enum lab_package p, const char *name);
void lab_drop_root(const struct lab *l);                           /* root 2 and its signatures */
void lab_install(struct lab *l, enum lab_package p, bool confirm); /* by the daemon */

void need(const struct lab *l, bool good, const char *what);
double seconds(void);
