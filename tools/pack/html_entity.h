#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* The character reference at the beginning of s (“&amp;”, “&#8220;”, “&#x201C;”): how many bytes it
 * takes, its code point in *ret_cp. 0 when there is none: the ampersand is then a character like
 * any other, and so is what follows it. */
size_t html_entity(struct slice s, uint32_t *ret_cp);
