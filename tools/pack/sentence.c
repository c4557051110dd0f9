/* One sentence a failure, kept by the first who knows the circumstances. */
#include "pack/sentence.h"

#include <stdarg.h>
#include <stdio.h>

enum err sentence_set(struct buf *problem, enum err e, const char *format, ...)
{
    char text[2048];
    va_list args;
    if (problem != NULL) {
        va_start(args, format);
        (void)vsnprintf(text, sizeof text, format, args);
        va_end(args);
        buf_append_cstr(problem, text);
    }
    return e;
}
