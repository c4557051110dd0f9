#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "syncd/fetch.h"

/* A server of a file of noise, http://127.0.0.1:PORT/MANNER/file (e2e/hostile_serve.h), in a
 * process of its own, and a fetcher. Fails the running test on an error. */
#define SERVED_STALL_S 2

struct served {
    char dir[64]; /* what it serves */
    pid_t server;
    int port;
    char *bytes; /* of the file */
    size_t n;
    struct fetch *fetch;
};

void served_start(struct served *s, size_t n);
void served_finish(struct served *s);
void served_url(const struct served *s, const char *manner, char url[128]);
