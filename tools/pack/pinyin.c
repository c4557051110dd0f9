/* Words are found longest first, from left to right. */
#include "pack/pinyin.h"

#include <stdlib.h>

#include "pinyin_data.h"

#define CHARACTERS 65536u

struct pinyin {
    uint16_t alone[CHARACTERS];
    uint8_t common[CHARACTERS];
    uint32_t words[CHARACTERS]; /* 1 + place of the first word that begins with it */
};

enum err pinyin_create(struct pinyin **ret_pinyin)
{
    struct pinyin *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < CHARACTERS; i++) {
        p->alone[i] = PINYIN_NONE;
    }
    for (size_t i = 0; i < sizeof pinyin_characters / sizeof *pinyin_characters; i++) {
        p->alone[pinyin_characters[i][0]] = pinyin_characters[i][1];
        p->common[pinyin_characters[i][0]] = (uint8_t)pinyin_characters[i][2];
    }
    for (size_t at = 0; pinyin_words[at] != 0; at += 1 + 2 * (size_t)pinyin_words[at]) {
        uint16_t first = pinyin_words[at + 1];
        if (p->words[first] == 0) {
            p->words[first] = (uint32_t)at + 1;
        }
    }
    *ret_pinyin = p;
    return ERR_OK;
}

void pinyin_destroy(struct pinyin *p)
{
    free(p);
}

size_t pinyin_count(const struct pinyin *p)
{
    (void)p;
    return sizeof pinyin_names / sizeof *pinyin_names;
}

const char *pinyin_name(const struct pinyin *p, size_t syllable)
{
    (void)p;
    return pinyin_names[syllable];
}

uint16_t pinyin_alone(const struct pinyin *p, uint32_t cp)
{
    return cp < CHARACTERS ? p->alone[cp] : PINYIN_NONE;
}

int pinyin_is_common(const struct pinyin *p, uint32_t cp)
{
    return cp < CHARACTERS && p->common[cp];
}

/* The word at the beginning of the text with its length in [0]; NULL when there is none. Words with
 * the same beginning stand longer first where one continues another. */
static const uint16_t *word_at(const struct pinyin *p, const uint32_t *cps, size_t n)
{
    uint32_t at = cps[0] < CHARACTERS ? p->words[cps[0]] : 0;
    const uint16_t *best = NULL;
    if (at == 0) {
        return NULL;
    }
    for (const uint16_t *w = pinyin_words + at - 1; w[0] != 0 && w[1] == cps[0];
         w += 1 + 2 * (size_t)w[0]) {
        size_t same = 1;
        while (same < w[0] && same < n && w[1 + same] == cps[same]) {
            same++;
        }
        if (same == w[0] && (best == NULL || w[0] > best[0])) {
            best = w;
        }
    }
    return best;
}

void pinyin_read(const struct pinyin *p, const uint32_t *cps, size_t n, uint16_t *ret_syllables)
{
    for (size_t i = 0; i < n;) {
        const uint16_t *word = word_at(p, cps + i, n - i);
        if (word == NULL) {
            ret_syllables[i] = pinyin_alone(p, cps[i]);
            i++;
            continue;
        }
        for (size_t k = 0; k < word[0]; k++) {
            ret_syllables[i + k] = word[1 + word[0] + k];
        }
        i += word[0];
    }
}
