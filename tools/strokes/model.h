#pragma once

#include "base/err.h"
#include "strokes/source.h"

/* The templates of the recogniser, as firmware/input/handwriting.c reads them. */

/* Learns from the list (half a minute for ten thousand characters), adds a template without the last stroke
 * for every recorded character of 4 strokes and more, and writes the file. The same list gives the
 * same bytes. The list grows by the entries without a last stroke. */
enum err model_make(struct source_list *list, const char *path) MUST_USE;
