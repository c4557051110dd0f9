#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "input/ink.h"

/* Recognises one handwritten character: any stroke order, strokes joined or left out within reason.
 * The characters are those of the template file (assets/strokes/strokes.bin): the 8,105 of
 * 通用规范汉字表 (国发〔2013〕23号), further traditional forms, digits and Latin letters. */
struct hand;

struct hand_candidate {
    uint32_t cp;
    float score; /* natural log scale, higher is better; only differences mean something */
};

/* What the caller knows beforehand: a natural log weight for a character, e.g. 1.5 when the open
 * edition contains it, 0 otherwise. Called for the best few hundred characters of a recognition.
 * A result that is not a number counts as 0. */
struct hand_prior {
    float (*log_weight)(void *context, uint32_t cp);
    void *context;
};

/* Maps the template file; pages come in as the first recognition touches them. The handle is
 * destroyed with hand_close. ERR_MISSING without a file, ERR_FORMAT, ERR_UNSUPPORTED or ERR_CORRUPT
 * for a file that is not one of ours, of a newer version, or damaged; ERR_NOMEM. */
enum err hand_open(const char *path, struct hand **ret_hand) MUST_USE;
void hand_close(struct hand *h);

/* The best characters for the ink, best first, each once, into out[0..max); returns how many were
 * written: 0 for empty ink. prior may be NULL. Allocates nothing, keeps nothing. */
size_t hand_recognise(const struct hand *h, const struct hand_ink *ink,
                      const struct hand_prior *prior, struct hand_candidate *out, size_t max);

size_t hand_count(const struct hand *h);            /* templates in the file */
bool hand_knows(const struct hand *h, uint32_t cp); /* is there a template for the character? */
