#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A made-up content folder, the same for the same numbers: articles of office words, and pictures
 * of noise, which do not compress. For the bench of deltas. */
#define DELTA_ARTICLES 1200
#define DELTA_PICTURES 250
#define DELTA_EDITED 8
#define DELTA_ADDED 2
#define DELTA_PICTURES_CHANGED 2 /* and one article removed: 13 edits */

/* Writes the folder (it must not exist); edited: after the 13 edits. */
bool delta_content_write(const char *folder, bool edited);

/* One paragraph of article n in its nth wording, as it stands in the folder; out of at least
 * DELTA_PARAGRAPH bytes. */
#define DELTA_PARAGRAPH 2048
void delta_paragraph(uint32_t article, uint32_t paragraph, uint32_t wording, char *out);
/* Bytes that do not compress. */
void delta_noise(uint32_t picture, uint32_t wording, uint8_t *out, size_t n);
/* Which articles are edited, which is removed, which pictures change: 0-based. */
uint32_t delta_edited_article(uint32_t i);
uint32_t delta_changed_picture(uint32_t i);
#define DELTA_REMOVED 777u
