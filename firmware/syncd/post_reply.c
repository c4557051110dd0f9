/* One line out of an answer; whatever is not exactly that line is nothing. */
#include "syncd/post_reply.h"

#define DIGITS_MAX 5

/* The value of a line `next=…`, 0 when it is not one of the bounds. */
static int64_t value_of(struct slice digits)
{
    uint64_t v = 0;
    if (digits.n == 0 || digits.n > DIGITS_MAX || digits.p[0] == '0' || !slice_to_u64(digits, &v) ||
        v < POST_NEXT_MIN_S || v > POST_NEXT_MAX_S) {
        return 0;
    }
    return (int64_t)v;
}

int64_t post_reply_next_s(struct slice body)
{
    const struct slice key = SLICE_LIT("next=");
    struct slice rest = body;
    int64_t next_s = 0;
    unsigned lines = 0;
    if (body.n > POST_REPLY_MAX) {
        return 0;
    }
    while (rest.n > 0) {
        struct slice line = slice_cut(&rest, '\n');
        if (line.n > 0 && line.p[line.n - 1] == '\r') {
            line.n--;
        }
        if (slice_has_prefix(line, key)) {
            next_s = value_of(slice_sub(line, key.n, line.n));
            lines++;
        }
    }
    return lines == 1 ? next_s : 0;
}
