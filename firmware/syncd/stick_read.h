#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "package/manifest.h"
#include "package/minisign.h"
#include "package/reject.h"
#include "store/receipt.h"

/* Lists a stick: every *.gkp at its top and in its folder gongkai/, with the part of its head that
 * can be verified without reading more (manifest and signatures) and a descriptor of the file. A
 * child with no right but to read does it, so that a slow, hanging or hostile stick holds up
 * nobody; what it says is hostile bytes like the stick's own.
 *
 * Bounds: STICK_ENTRIES_MAX entries of a folder are looked at; of more than STICK_PACKAGES_MAX
 * packages those with the highest names are taken. */
#define STICK_ENTRIES_MAX 20000
#define STICK_PACKAGES_MAX 64
#define STICK_SILENCE_MS 15000 /* without a word from the child: it is given up */

struct stick_file {
    char name[256]; /* printable UTF-8 without '/' */
    struct file_identity identity;
    enum reject why; /* REJECT_NONE: manifest and signatures were read, nothing is verified */
    bool special;    /* a link, pipe, device or folder: not opened */
    size_t manifest_n, signatures_n;
    char manifest[MANIFEST_MAX];
    char signatures[MINISIGN_SECTION_MAX];
    int fd; /* −1 with any reason; owned by the caller */
};

struct stick_read;
/* folder: a handle (stick_watch_handle), may be closed after. */
enum err stick_read_start(int folder, int64_t now_ms, struct stick_read **ret_read) MUST_USE;

enum stick_news {
    STICK_NOTHING, /* not yet: wait for stick_read_fd or some time */
    STICK_FILE,
    STICK_END,   /* all has been said */
    STICK_FAILED /* the stick could not be read, or took too long */
};
enum stick_news stick_read_next(struct stick_read *r, int64_t now_ms, struct stick_file *ret_file);
bool stick_read_more(const struct stick_read *r); /* after STICK_END: there were more packages */
int stick_read_fd(const struct stick_read *r);

/* Ends the child. A child that hangs in a read of the stick ends when that does. */
void stick_read_stop(struct stick_read *r); /* NULL is fine */
/* Has it ended? Then r is freed. NULL is true. */
bool stick_read_gone(struct stick_read *r);
