#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

/* Pinyin to Chinese characters: whole syllables (baomishencha → 保密审查) or first letters (zfxxgk
 * → 政府信息公开). Nothing is learned and nothing is kept: the engine's folder is a fresh one in
 * memory, gone with pinyin_close. The engine (librime, BSD-3) is loaded when first opened, not with
 * the program.
 *
 * The engine is one a process: open one handle at a time, and use it from one thread. Slices that a
 * function returns are borrowed until the next call for the same handle. */
struct pinyin;

enum { PINYIN_KEYS_MAX = 48 };

/* data_dir holds default.yaml, gongkai.schema.yaml and the compiled dictionary (built into
 * $(B)/rime). ERR_MISSING when the engine or its data is not there: offer handwriting alone;
 * ERR_UNSUPPORTED when the engine is too old; ERR_NOMEM; ERR_IO and others when no folder can be
 * made. */
enum err pinyin_open(const char *data_dir, struct pinyin **ret_pinyin) MUST_USE;
void pinyin_close(struct pinyin *p);

/* A letter a–z or A–Z, or the ' between syllables. False, and nothing changes, for any other byte
 * and when PINYIN_KEYS_MAX letters are waiting. */
bool pinyin_key(struct pinyin *p, char c);

/* Takes back the last letter; false when there is none. */
bool pinyin_backspace(struct pinyin *p);

void pinyin_clear(struct pinyin *p);

/* What is being typed, syllables apart, with the words already chosen in front; empty when nothing.
 */
struct slice pinyin_preedit(struct pinyin *p);

/* Candidates from index `from` on, best first, into out[0..max); returns how many. */
size_t pinyin_candidates(struct pinyin *p, size_t from, struct slice *out, size_t max);

/* Chooses candidate `index`. When that covers all letters, the whole text is returned and the
 * letters are gone; when it covers only the first of them, the result is empty and the rest waits,
 * with its own candidates. Empty too, and nothing changes, when there is no such candidate. */
struct slice pinyin_commit(struct pinyin *p, size_t index);
