#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/* Display-only normalisation (the stored text never changes): between Han characters ASCII , ; : ?
 * ! ( ) become full-width, straight quotes become paired “ ” ‘ ’; never inside numbers, telephone
 * numbers, times, Latin words or URLs. `map[i]` is the byte offset in the stored text of display
 * byte i (map has text.n + 1 entries), so that search hits and copying work on stored text. */
struct display_text {
    struct slice text;
    const uint32_t *map; /* NULL when nothing changed: the identity */
};
enum err display_normalise(struct slice stored, struct arena *a, struct display_text *ret) MUST_USE;

/* Stored offset of a display offset, and the first display offset at or after a stored offset. */
uint32_t display_to_stored(const struct display_text *d, uint32_t at);
uint32_t display_of_stored(const struct display_text *d, uint32_t at);
