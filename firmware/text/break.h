#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/break_table.h"

/* May a line end before a character? */
enum break_kind { BREAK_NO = 0, BREAK_MAY, BREAK_MUST };

/* Where lines may end, by UAX #14 (revision 49, Unicode 15.0; numbers by example 7 of its
 * section 8.2). props[i] is break_property(cps[i]). ret_before has n + 1 entries of enum
 * break_kind: [i] tells of the place before cps[i], [0] is BREAK_NO and [n] BREAK_MUST (n > 0).
 *
 * chinese adds what CLREQ 3.1 and GB/T 15834-2011 ask for: “ ‘ open and ” ’ close (an apostrophe
 * between letters joins); · ～ — ／ never start a line; full-width digits are digits; 1—3 and
 * 〔2024〕12 stay whole, and so do a number and its unit (12号, 3万元) and 第 and its number. */
void break_find(const uint32_t *cps, const uint8_t *props, size_t n, bool chinese,
                uint8_t *ret_before);

/* The class of cps[i] after the Chinese tailoring. */
enum lb_class break_class_chinese(const uint32_t *cps, const uint8_t *props, size_t n, size_t i);
