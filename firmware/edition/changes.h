#pragma once

#include <stdint.h>

#include "edition/edition.h"

/* What a new edition would change on the terminal, in a few words for the staff who decide on it
 * (gongkai-pack diff says everything). Items are matched by index number, full texts by the hash of
 * their source; reports by year; the guide and what is said of the office as one each. */
#define CHANGES_TEXT 480

struct changes {
    uint32_t added, changed, removed;
    char added_text[CHANGES_TEXT];   /* by category, most first: 业务动态 5，法规文件 2 */
    char changed_text[CHANGES_TEXT]; /* the first titles: 《…》、《…》等 */
    char removed_text[CHANGES_TEXT]; /* likewise */
};

/* old NULL: all of it is new. Takes a fraction of a second for a thousand items, seconds for a
 * hundred thousand: not for a loop. Errors are those of reading an edition. */
enum err changes_compare(struct edition *old, struct edition *now,
                         struct changes *ret_changes) MUST_USE;
