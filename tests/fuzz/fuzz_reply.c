/* What a server answers to a report. What is taken must be within its bounds, and written in one
 * way: the line that says it is in the answer. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "syncd/post_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Looked at anew: how many lines begin with the key, and is one of them `line` and no more? */
static bool says(struct slice body, const char *line)
{
    const struct slice key = SLICE_LIT("next=");
    bool found = false;
    unsigned lines = 0;
    for (size_t at = slice_find(body, key, 0); at != SIZE_MAX; at = slice_find(body, key, at + 1)) {
        size_t end = at + slice_of(line).n;
        bool ends = end == body.n || (end < body.n && body.p[end] == '\n') ||
                    (end + 1 == body.n && body.p[end] == '\r') ||
                    (end + 1 < body.n && body.p[end] == '\r' && body.p[end + 1] == '\n');
        if (at == 0 || body.p[at - 1] == '\n') {
            lines++;
            found = found || (ends && slice_eq_cstr(slice_sub(body, at, end), line));
        }
    }
    return found && lines == 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct slice body = {(const char *)data, n};
    char line[32];
    int64_t next_s = post_reply_next_s(body);
    if (next_s == 0) {
        return 0;
    }
    (void)snprintf(line, sizeof line, "next=%lld", (long long)next_s);
    if (next_s < POST_NEXT_MIN_S || next_s > POST_NEXT_MAX_S || n > POST_REPLY_MAX ||
        !says(body, line)) {
        abort();
    }
    return 0;
}
