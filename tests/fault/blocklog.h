#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A recorder under a file system: a FUSE folder with one file, DIR/disk, that starts with the bytes
 * of an image and keeps what is written to it in memory, while every write, flush and mark goes
 * into a log in the order in which they came. */
struct blocklog {
    pid_t pid;
    char dir[600];
    char log[600];
};

bool blocklog_start(struct blocklog *b, const char *image, const char *dir, const char *log);
bool blocklog_mark(const struct blocklog *b); /* from here on the scenario is over */
bool blocklog_stop(struct blocklog *b);       /* nothing may be open in DIR any more */

enum block_kind { BLOCK_WRITE = 'W', BLOCK_FLUSH = 'F', BLOCK_MARK = 'M' };

struct block_event {
    enum block_kind kind;
    uint64_t offset;
    size_t n;
    const unsigned char *bytes; /* of a write */
};

struct block_events {
    struct block_event *event;
    size_t n;
    void *map; /* the log */
    size_t map_size;
};
bool block_events_load(struct block_events *e, const char *log);
void block_events_finish(struct block_events *e);
