#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/slice.h"
#include "package/manifest.h"
#include "package/reject.h"

/* A child process that reads and takes apart what came from outside. It has the package's
 * descriptor, one socket, a piece of shared memory, at most BOX_MEMORY of memory of its own, and
 * the few system calls of box_calls; anything else ends it. Its parent believes nothing it says:
 * what it hands over is copied out of the shared memory and verified again.
 *
 *   head child     NEED offset n →  ← GO         for header, manifest, sigs, table in turn, unless
 *                                                the head lies alone in a file
 *                  HEAD lengths, sections in shared memory; or REFUSED why
 *   frames child   ← FRAME frame slot             up to BOX_SLOTS at a time
 *                  DONE frame slot, plain bytes in the slot; or REFUSED why
 *   asked child    DONE, the answer in shared memory (box_ask.h)
 *
 * Private to store/, but for box_left, which goes with a head (head.h). One owner, one thread.
 * Nothing here waits but box_receive, at most as long as it is told. */
#define BOX_SLOTS 3
#define BOX_SHARED ((size_t)BOX_SLOTS * PACKAGE_FRAME) /* the head is there before the frames */
#define BOX_MEMORY (8u << 20)
#define BOX_LIMIT_MS 30000 /* without an answer to what was asked */

enum box_kind { BOX_NEED = 1, BOX_GO, BOX_HEAD, BOX_REFUSED, BOX_FRAME, BOX_DONE };

/* One datagram; what a kind does not use is zero. */
struct box_message {
    uint32_t kind;
    uint32_t why;   /* REFUSED: enum reject */
    uint32_t frame; /* FRAME, DONE */
    uint32_t slot;
    uint64_t offset, n;  /* NEED; HEAD of a head alone: n, bytes of the whole package */
    uint64_t lengths[3]; /* HEAD: manifest, sigs, table, one after another in the shared memory */
};

/* --- the child's side --- */

struct box_room {
    int socket;
    int source;        /* -1: none */
    char *shared;      /* BOX_SHARED bytes */
    struct slice base; /* the mapped base database of a delta, else empty */
};
/* What runs in the child once it is locked up; the child ends when it returns. */
typedef void (*box_run)(const struct box_room *room, void *task);

/* Blocking, all or nothing; false: the parent has gone. */
bool box_child_send(const struct box_room *room, const struct box_message *m);
bool box_child_receive(const struct box_room *room, struct box_message *ret_message);

/* The system calls that the child is left with, besides those of filter_calls (filter.h). */
const int *box_calls(size_t *ret_n);
/* Locks the calling process up; false: the kernel refused. memory: bytes beyond what it has. */
bool box_lock(const struct box_room *room, uint64_t memory);

/* --- the parent's side --- */

/* Children that were killed but had not ended yet (one that waits for a stick can take its time).
 * Zero-initialised is empty. */
struct box_left {
    pid_t pid[8];
};
void box_reap(struct box_left *left);

struct box;
struct box_order {
    box_run run;
    void *task; /* in the parent's memory at the time of box_start */
    int source; /* descriptor of the package, -1: none */
    int base;   /* of the base database, -1: none */
    uint64_t base_size;
};
/* ERR_NOMEM: no memory, no process or no descriptor to be had. */
enum err box_start(const struct box_order *order, struct box **ret_box) MUST_USE;
/* Ends the child at once. NULL is fine. */
void box_end(struct box *b, struct box_left *left);

enum box_news {
    BOX_MESSAGE,
    BOX_SILENT, /* nothing yet */
    BOX_ENDED,  /* the child has gone, or said what is no message: box_why_ended */
    BOX_BROKEN  /* this process cannot receive */
};
/* Waits up to wait_ms for a message. */
enum box_news box_receive(struct box *b, int wait_ms, struct box_message *ret_message) MUST_USE;
enum err box_send(struct box *b, const struct box_message *m) MUST_USE;
/* Milliseconds since something was last sent or received. */
int64_t box_silence_ms(const struct box *b);
const char *box_shared(const struct box *b); /* changes under the reader's hands: copy, then look */

/* How it came to an end, as a reason: out of memory, the base's medium failed, else
 * REJECT_CRASHED. */
enum reject box_why_ended(struct box *b);
