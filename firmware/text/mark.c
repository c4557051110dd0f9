/* Which punctuation opens, closes or stands in the middle (CLREQ 3.1.2, GB/T 15834-2011). */
#include "text/mark.h"

#include "text/face.h"
#include "text/scratch.h"

enum {
    FIRST_CJK = 1,                /* U+3001 – U+301F */
    FIRST_QUOTE = FIRST_CJK + 31, /* ‘ ’ “ ” */
    FIRST_DOT = FIRST_QUOTE + 4,  /* · ‧ ・ */
    FIRST_DASH = FIRST_DOT + 3,   /* — ― … ⋯ */
    FIRST_WIDE = FIRST_DASH + 4,  /* ！（），．：；？［］｛｝ */
    MARK_END = FIRST_WIDE + 12
};
_Static_assert(MARK_END <= FACE_MARKS, "face_trim has a place for every mark");

static const uint8_t cjk_kinds[31] = {
    /* 3001 、 。 */ UNIT_CLOSE,
    UNIT_CLOSE,
    0,
    0,
    0,
    0,
    0,
    /* 3008 〈〉《》「」『』【】 */ UNIT_OPEN,
    UNIT_CLOSE,
    UNIT_OPEN,
    UNIT_CLOSE,
    UNIT_OPEN,
    UNIT_CLOSE,
    UNIT_OPEN,
    UNIT_CLOSE,
    UNIT_OPEN,
    UNIT_CLOSE,
    0,
    0,
    /* 3014 〔〕〖〗〘〙〚〛 */ UNIT_OPEN,
    UNIT_CLOSE,
    UNIT_OPEN,
    UNIT_CLOSE,
    UNIT_OPEN,
    UNIT_CLOSE,
    UNIT_OPEN,
    UNIT_CLOSE,
    0,
    /* 301D 〝〞〟 */ UNIT_OPEN,
    UNIT_CLOSE,
    UNIT_CLOSE};

unsigned mark_number(uint32_t cp)
{
    if (cp >= 0x3001 && cp <= 0x301F) {
        return cjk_kinds[cp - 0x3001] ? FIRST_CJK + (unsigned)(cp - 0x3001) : 0;
    }
    switch (cp) {
    case 0x2018:
        return FIRST_QUOTE;
    case 0x2019:
        return FIRST_QUOTE + 1;
    case 0x201C:
        return FIRST_QUOTE + 2;
    case 0x201D:
        return FIRST_QUOTE + 3;
    case 0x00B7:
        return FIRST_DOT;
    case 0x2027:
        return FIRST_DOT + 1;
    case 0x30FB:
        return FIRST_DOT + 2;
    case 0x2014:
        return FIRST_DASH;
    case 0x2015:
        return FIRST_DASH + 1;
    case 0x2026:
        return FIRST_DASH + 2;
    case 0x22EF:
        return FIRST_DASH + 3;
    case 0xFF01:
        return FIRST_WIDE;
    case 0xFF08:
        return FIRST_WIDE + 1;
    case 0xFF09:
        return FIRST_WIDE + 2;
    case 0xFF0C:
        return FIRST_WIDE + 3;
    case 0xFF0E:
        return FIRST_WIDE + 4;
    case 0xFF1A:
        return FIRST_WIDE + 5;
    case 0xFF1B:
        return FIRST_WIDE + 6;
    case 0xFF1F:
        return FIRST_WIDE + 7;
    case 0xFF3B:
        return FIRST_WIDE + 8;
    case 0xFF3D:
        return FIRST_WIDE + 9;
    case 0xFF5B:
        return FIRST_WIDE + 10;
    case 0xFF5D:
        return FIRST_WIDE + 11;
    default:
        return 0;
    }
}

uint8_t mark_kind(unsigned number)
{
    static const uint8_t wide_kinds[12] = {UNIT_CLOSE, UNIT_OPEN,  UNIT_CLOSE, UNIT_CLOSE,
                                           UNIT_CLOSE, UNIT_CLOSE, UNIT_CLOSE, UNIT_CLOSE,
                                           UNIT_OPEN,  UNIT_CLOSE, UNIT_OPEN,  UNIT_CLOSE};
    if (number < FIRST_QUOTE) {
        return cjk_kinds[number - FIRST_CJK];
    }
    if (number < FIRST_DOT) {
        return (number - FIRST_QUOTE) % 2 == 0 ? UNIT_OPEN : UNIT_CLOSE;
    }
    if (number < FIRST_DASH) {
        return UNIT_MIDDLE;
    }
    return number < FIRST_WIDE ? UNIT_DASH : wide_kinds[number - FIRST_WIDE];
}
