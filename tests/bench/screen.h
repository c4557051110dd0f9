#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A real X server without a monitor (Xvfb) whose frame buffer lies in a mapped file, so that a
 * bench sees the pixels without asking the server. */
struct screen {
    pid_t pid;
    char dir[64]; /* of the frame buffer's file and of logs; deleted at the end */
    char log[96]; /* in dir, of the server and of what is started on it */
    uint8_t *map; /* the file */
    size_t map_size;
    const uint8_t *pixels; /* within map */
    size_t size;           /* bytes of the pixels */
    uint8_t *reference;    /* a copy of a settled picture, size bytes */
};

/* Starts Xvfb on a free display and sets DISPLAY for the programs started from now on. On failure
 * prints the reason; screen_close is fine and needed either way. */
bool screen_open(struct screen *s, int32_t width, int32_t height);
void screen_close(struct screen *s);

/* Waits until the picture is that of the bare server: what was shown before has gone. */
bool screen_wait_bare(const struct screen *s);
/* Waits until the picture is not bare and has not changed for a second; keeps it as reference. */
bool screen_wait_settled(struct screen *s);
/* Waits until the picture equals the reference, looking every 0.2 ms. */
bool screen_wait_reference(const struct screen *s);
