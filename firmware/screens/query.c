/* A short line of text being entered, always whole code points. */
#include "screens/query.h"

#include <string.h>

bool query_append(struct query *q, struct slice text)
{
    struct slice now = query_slice(q);
    if (text.n > sizeof q->text - 1 - q->n || !utf8_valid(text) ||
        utf8_count(now) + utf8_count(text) > QUERY_CHARACTERS) {
        return false;
    }
    memcpy(q->text + q->n, text.p, text.n);
    q->n += text.n;
    q->text[q->n] = '\0';
    return true;
}

bool query_backspace(struct query *q)
{
    if (q->n == 0) {
        return false;
    }
    do {
        q->n--;
    } while (q->n > 0 && ((unsigned char)q->text[q->n] & 0xC0) == 0x80);
    q->text[q->n] = '\0';
    return true;
}

void query_clear(struct query *q)
{
    q->n = 0;
    q->text[0] = '\0';
}

struct slice query_slice(const struct query *q)
{
    return (struct slice){q->text, q->n};
}
