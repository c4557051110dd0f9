#pragma once

#include "base/buf.h"
#include "base/err.h"

/* Appends one Chinese sentence for the user to *problem (NULL: nobody wants it) and returns e. */
enum err sentence_set(struct buf *problem, enum err e, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
