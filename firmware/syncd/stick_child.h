#pragma once

#include <stdint.h>

#include "package/manifest.h"
#include "package/minisign.h"
#include "store/receipt.h"

/* What the child of stick_read.h says: datagrams, a FILE with the file's descriptor beside it. Both
 * ends are this program, so the layout is the compiler's. */
enum { STICK_CHILD_FOLDER = 3, STICK_CHILD_SOCKET = 4 }; /* its descriptors */

enum stick_word_kind { STICK_WORD_FILE = 1, STICK_WORD_END };

struct stick_word {
    uint32_t kind;
    uint32_t why;     /* FILE: enum reject */
    uint32_t special; /* FILE: 1 = a link, pipe, device or folder */
    uint32_t more;    /* END: 1 = there were more packages than were looked at */
    struct file_identity identity;
    char name[256];
    uint32_t manifest_n, signatures_n;
    char bytes[MANIFEST_MAX + MINISIGN_SECTION_MAX]; /* one after the other */
};

/* Only in a process of its own, with the two descriptors. */
_Noreturn void stick_child_run(void);
