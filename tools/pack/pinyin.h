#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* How titles are read: a character by its word where it has several readings (银行, 重庆), else by
 * itself. The words come from rime-data-pinyin-simp and tools/pack/pinyin_overrides.txt. */
struct pinyin;

#define PINYIN_NONE UINT16_MAX

enum err pinyin_create(struct pinyin **ret_pinyin) MUST_USE;
void pinyin_destroy(struct pinyin *p); /* NULL is fine */

/* Names of the syllables, sorted. */
size_t pinyin_count(const struct pinyin *p);
const char *pinyin_name(const struct pinyin *p, size_t syllable);
/* A character alone; PINYIN_NONE when it has no reading. */
uint16_t pinyin_alone(const struct pinyin *p, uint32_t cp);
/* Does the character belong to those in common use? */
int pinyin_is_common(const struct pinyin *p, uint32_t cp);
/* Reads n folded code points: a syllable or PINYIN_NONE each. */
void pinyin_read(const struct pinyin *p, const uint32_t *cps, size_t n, uint16_t *ret_syllables);
