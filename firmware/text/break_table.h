#pragma once

#include <stdint.h>

/* The tables that tools/gen_break makes of the Unicode Character Database (private to
 * text/break.c). */

/* Line-break classes after LB1. OPN and CPN are OP and CP of no East Asian width (LB30), IDX an
 * unassigned Extended_Pictographic (LB30b). */
enum lb_class {
    LB_AL,
    LB_BA,
    LB_BB,
    LB_B2,
    LB_BK,
    LB_CB,
    LB_CL,
    LB_CM,
    LB_CP,
    LB_CPN,
    LB_CR,
    LB_EB,
    LB_EM,
    LB_EX,
    LB_GL,
    LB_H2,
    LB_H3,
    LB_HL,
    LB_HY,
    LB_ID,
    LB_IDX,
    LB_IN,
    LB_IS,
    LB_JL,
    LB_JT,
    LB_JV,
    LB_LF,
    LB_NL,
    LB_NS,
    LB_NU,
    LB_OP,
    LB_OPN,
    LB_PO,
    LB_PR,
    LB_QU,
    LB_RI,
    LB_SP,
    LB_SY,
    LB_WJ,
    LB_ZW,
    LB_ZWJ,
    LB_COUNT
};

/* A property byte: the class and two flags. */
#define LB_CLASS 0x3Fu
#define LB_WIDE 0x40u    /* East Asian Width W or F */
#define LB_WESTERN 0x80u /* a letter or decimal digit that is not wide */

/* Values of break_pair[before][after]. */
#define PAIR_JOINED 1             /* no break when they touch */
#define PAIR_JOINED_OVER_SPACES 2 /* nor with spaces between */

extern const uint8_t break_pair[LB_COUNT][LB_COUNT];
extern const uint8_t break_stage1[0x110000 / 128];
extern const uint8_t break_stage2[][128];

static inline uint8_t break_property(uint32_t cp)
{
    return cp < 0x110000 ? break_stage2[break_stage1[cp >> 7]][cp & 127] : (uint8_t)LB_AL;
}
