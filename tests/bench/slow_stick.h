#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* A file system of one file, read at a given pace: what a USB stick is to its readers. A process of
 * its own serves it through FUSE. */
struct slow_stick {
    pid_t server;
    char folder[1024]; /* where it is mounted */
    char file[1100];   /* the file in it, as large as the one behind it */
};

/* Mounts folder (made when missing) with NAME in it. bytes_per_s 0: as fast as it goes. The kernel
 * keeps nothing of it from one open to the next. The reason of a failure is printed on stderr. */
bool slow_stick_mount(struct slow_stick *s, const char *folder, const char *name,
                      const char *behind, double bytes_per_s);
void slow_stick_unmount(struct slow_stick *s);
