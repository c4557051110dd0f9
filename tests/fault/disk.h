#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A file as a block device (loop), and ext4 on it. Needs root. Functions that return bool have said
 * why on stderr when they return false. */
struct disk {
    char device[32]; /* "" when not attached */
    char mount[600]; /* where it is mounted when it is */
    bool mounted;
};

/* An ext4 of so many bytes in a new sparse file: blocks of 4 KiB, a journal of 4 MiB. */
bool disk_format(const char *file, size_t size);
bool disk_attach(struct disk *d, const char *file, const char *mount_dir);
void disk_detach(struct disk *d); /* unmounts first; fine when not attached */

bool disk_mount(struct disk *d, const char *options); /* quiet: a torn super block is no surprise */
bool disk_unmount(struct disk *d);

/* As at boot: e2fsck -p; then, when that is not enough, -y. 0: it was clean or is repaired by -p;
 * 1: repaired by -y; -1: beyond repair. */
int disk_check(const struct disk *d);

/* Mounts made from here on are seen by this process and its children alone. */
bool disk_private_mounts(void);
