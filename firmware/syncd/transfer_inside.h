#pragma once

#include <stddef.h>

#include "package/hash.h"
#include "syncd/transfer.h"

/* Private to transfer.c (taking a file and working on it) and transfer_end.c (what became of it).
 */
enum transfer_phase { TRANSFER_IDLE = 0, TRANSFER_INSTALL, TRANSFER_HASH, TRANSFER_FINISH };

/* How fast the source is read. */
struct transfer_pace {
    int64_t at_ms; /* of the last sample */
    uint64_t done; /* then */
    uint64_t a_s;  /* bytes a second, moving average; 0: unknown */
    enum install_state state;
};

struct transfer {
    struct transfer_context c;
    enum transfer_phase phase;
    enum transfer_origin origin;
    int fd;
    bool owns_fd, hold;
    struct drop_file file;
    bool opened; /* the install machine has it */
    enum reject reject;
    const char *says; /* in place of the reason's own sentence, NULL: that one */
    char says_text[256];
    const char *(*refusal)(void *user, enum reject why); /* of struct transfer_job */
    void *refusal_user;
    bool source_gone; /* abandoned: incomplete, not refused */
    struct transfer_pace pace;
    struct hash_state hash;
    uint64_t hashed;
    char hex[2 * HASH_BYTES + 1];
    char *bytes; /* TRANSFER_HASH_STEP */
    unsigned failures;
    int64_t quota_since_ms;
    unsigned quota_told; /* since then */
    struct transfer_end last;
};

#define TRANSFER_HASH_STEP (1u << 20)

/* The record of the file of the drop folder that is under way. */
bool transfer_record_matches(const struct transfer *t);
enum err transfer_record_write(const struct transfer *t) MUST_USE;
void transfer_record_remove(const struct transfer *t);

/* Receipt, history, log and message: the log line is the least that always works. The error is that
 * of the receipt, for who can still wait for it. */
enum err transfer_announce(struct transfer *t, const struct receipt *r,
                           enum transfer_origin origin);

void transfer_close_file(struct transfer *t);
/* Receipt, history, log, message; a file of the drop folder leaves it. The phase is idle after. */
void transfer_finish(struct transfer *t);
