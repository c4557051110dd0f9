#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "pack/problem.h"

struct content;

/* Looks over everything that enters the edition and warns; nothing here blocks or changes a text.
 */
enum err lint_run(struct content *c) MUST_USE;

/* The single rules. text begins at place (place.line counts on with its line breaks); a warning's
 * column counts characters from 1. */

/* ID-card numbers (GB 11643 check digit), mobile phones, bank cards (Luhn); shown masked. Digits
 * may be full-width; phones and cards may be grouped with blanks or hyphens. */
void lint_numbers(struct problem_list *l, struct place place, struct slice text);
/* Brackets and quotation marks that do not pair, or pair half-width with full-width. */
void lint_pairs(struct problem_list *l, struct place place, struct slice text);
/* 国家机密 (the law says 国家秘密) and secrecy marks: 机密★, 密级：秘密, 绝密, a lone 秘密. */
void lint_secrecy(struct problem_list *l, struct place place, struct slice text);
/* Characters that none of the bundled fonts has: the screen shows 〓 in their place. One warning a
 * text, naming the first few with their code points. */
void lint_glyphs(struct problem_list *l, struct place place, struct slice text);
/* Names of other units, separated by '|'. */
void lint_units(struct problem_list *l, struct place place, struct slice text, struct slice units);
/* Half-width marks beside Han characters together with full-width ones: one warning with their
 * counts. */
void lint_punctuation(struct problem_list *l, struct place place, struct slice text);
/* Parts that an annual report of its year must have; its date and signature at the end. */
void lint_report(struct problem_list *l, struct place place, uint16_t year, struct slice text,
                 struct slice organisation);
