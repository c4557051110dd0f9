/* Writes the line-break tables of text/break.c from the Unicode Character Database.
 *
 *   gen_break UCD-DIR > break_table.c
 *
 * Two tables come out: a property byte a code point (class in the low six bits, see break_table.h),
 * in two stages of 128 code points a block, and the pair table that rules LB11 to LB31 of UAX #14
 * (revision 49, Unicode 15.0) make of two classes. The rules that need more than two neighbours
 * (LB1–LB10, LB18, LB21a, LB25, LB30a) are in break.c. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/break_table.h"

#define CP_LIMIT 0x110000u
#define BLOCK 128u

static const char *const class_names[] = {
    [LB_AL] = "AL", [LB_BA] = "BA", [LB_BB] = "BB",   [LB_B2] = "B2", [LB_BK] = "BK",
    [LB_CB] = "CB", [LB_CL] = "CL", [LB_CM] = "CM",   [LB_CP] = "CP", [LB_CR] = "CR",
    [LB_EB] = "EB", [LB_EM] = "EM", [LB_EX] = "EX",   [LB_GL] = "GL", [LB_H2] = "H2",
    [LB_H3] = "H3", [LB_HL] = "HL", [LB_HY] = "HY",   [LB_ID] = "ID", [LB_IN] = "IN",
    [LB_IS] = "IS", [LB_JL] = "JL", [LB_JT] = "JT",   [LB_JV] = "JV", [LB_LF] = "LF",
    [LB_NL] = "NL", [LB_NS] = "NS", [LB_NU] = "NU",   [LB_OP] = "OP", [LB_PO] = "PO",
    [LB_PR] = "PR", [LB_QU] = "QU", [LB_RI] = "RI",   [LB_SP] = "SP", [LB_SY] = "SY",
    [LB_WJ] = "WJ", [LB_ZW] = "ZW", [LB_ZWJ] = "ZWJ",
};

struct tables {
    uint8_t property[CP_LIMIT];
    bool combining[CP_LIMIT];  /* general category Mn or Mc */
    bool assigned[CP_LIMIT];   /* general category is not Cn */
    bool wide[CP_LIMIT];       /* East Asian Width W or F */
    bool half[CP_LIMIT];       /* East Asian Width H */
    bool letter[CP_LIMIT];     /* general category L* or Nd */
    bool pictograph[CP_LIMIT]; /* Extended_Pictographic */
};

static int class_of_name(const char *name)
{
    for (size_t i = 0; i < sizeof class_names / sizeof class_names[0]; i++) {
        if (class_names[i] && strcmp(class_names[i], name) == 0) {
            return (int)i;
        }
    }
    /* LB1: AI, SG, XX are AL; CJ is NS; SA is CM where combining, else AL (done by the caller). */
    return strcmp(name, "CJ") == 0 ? LB_NS : LB_AL;
}

/* One data line "first[..last] ; value"; false for comments and blank lines. */
static bool line_parse(const char *line, uint32_t *first, uint32_t *last, char value[32])
{
    if (sscanf(line, "%" SCNx32 "..%" SCNx32 " ; %31[A-Za-z0-9_]", first, last, value) == 3) {
        return *first <= *last && *last < CP_LIMIT;
    }
    if (sscanf(line, "%" SCNx32 " ; %31[A-Za-z0-9_]", first, value) == 2) {
        *last = *first;
        return *first < CP_LIMIT;
    }
    return false;
}

typedef void (*set_fn)(struct tables *t, uint32_t cp, const char *value);

static void set_category(struct tables *t, uint32_t cp, const char *value)
{
    t->combining[cp] = strcmp(value, "Mn") == 0 || strcmp(value, "Mc") == 0;
    t->assigned[cp] = strcmp(value, "Cn") != 0;
    t->letter[cp] = value[0] == 'L' || strcmp(value, "Nd") == 0;
}

static void set_width(struct tables *t, uint32_t cp, const char *value)
{
    t->wide[cp] = strcmp(value, "W") == 0 || strcmp(value, "F") == 0;
    t->half[cp] = strcmp(value, "H") == 0;
}

static void set_emoji(struct tables *t, uint32_t cp, const char *value)
{
    t->pictograph[cp] |= strcmp(value, "Extended_Pictographic") == 0;
}

static void set_break(struct tables *t, uint32_t cp, const char *value)
{
    int c = class_of_name(value);
    bool asian = t->wide[cp] || t->half[cp];
    if (strcmp(value, "SA") == 0 && t->combining[cp]) {
        c = LB_CM;
    }
    if (c == LB_OP && !asian) {
        c = LB_OPN; /* LB30 */
    }
    if (c == LB_CP && !asian) {
        c = LB_CPN;
    }
    t->property[cp] = (uint8_t)c;
}

static bool file_apply(const char *dir, const char *name, struct tables *t, set_fn set)
{
    char path[1024];
    char line[1024];
    char value[32];
    uint32_t first;
    uint32_t last;
    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path) {
        return false;
    }
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        (void)fprintf(stderr, "打不开 %s，请安装软件包 unicode-data。\n", path);
        return false;
    }
    while (fgets(line, sizeof line, f)) {
        if (line_parse(line, &first, &last, value)) {
            for (uint32_t cp = first; cp <= last; cp++) {
                set(t, cp, value);
            }
        }
    }
    bool ok = !ferror(f);
    (void)fclose(f);
    return ok;
}

/* Classes of the code points that the files leave out (head of LineBreak.txt and
 * EastAsianWidth.txt). */
static void defaults_set(struct tables *t)
{
    static const struct {
        uint32_t first, last;
        uint8_t class;
        bool wide;
    } ranges[] = {
        {0x3400, 0x4DBF, LB_ID, true},    {0x4E00, 0x9FFF, LB_ID, true},
        {0xF900, 0xFAFF, LB_ID, true},    {0x20000, 0x2FFFD, LB_ID, true},
        {0x30000, 0x3FFFD, LB_ID, true},  {0x1F000, 0x1FAFF, LB_ID, false},
        {0x1FC00, 0x1FFFD, LB_ID, false}, {0x20A0, 0x20CF, LB_PR, false},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        for (uint32_t cp = ranges[i].first; cp <= ranges[i].last; cp++) {
            t->property[cp] = ranges[i].class;
            t->wide[cp] = ranges[i].wide;
        }
    }
}

static void flags_set(struct tables *t)
{
    for (uint32_t cp = 0; cp < CP_LIMIT; cp++) {
        uint8_t *p = &t->property[cp];
        if (*p == LB_ID && t->pictograph[cp] && !t->assigned[cp]) {
            *p = LB_IDX; /* LB30b */
        }
        if (t->wide[cp]) {
            *p |= LB_WIDE;
        } else if (t->letter[cp]) {
            *p |= LB_WESTERN;
        }
    }
}

static bool is_alphabetic(int c)
{
    return c == LB_AL || c == LB_HL;
}

static bool is_jamo(int c)
{
    return c == LB_JL || c == LB_JV || c == LB_JT || c == LB_H2 || c == LB_H3;
}

static bool is_ideographic(int c)
{
    return c == LB_ID || c == LB_IDX || c == LB_EB || c == LB_EM;
}

static bool is_closing(int c)
{
    return c == LB_CL || c == LB_CP || c == LB_CPN;
}

static bool is_opening(int c)
{
    return c == LB_OP || c == LB_OPN;
}

/* No break between b and a even with spaces between them. */
static bool pair_joined_over_spaces(int b, int a)
{
    return a == LB_WJ ||                                              /* LB11 */
           is_closing(a) || a == LB_EX || a == LB_IS || a == LB_SY || /* LB13 */
           is_opening(b) ||                                           /* LB14 */
           (b == LB_QU && is_opening(a)) ||                           /* LB15 */
           (is_closing(b) && a == LB_NS) ||                           /* LB16 */
           (b == LB_B2 && a == LB_B2);                                /* LB17 */
}

/* LB11–LB24. */
static bool pair_joined_early(int b, int a, bool *ret_decided)
{
    *ret_decided = true;
    if (pair_joined_over_spaces(b, a) || b == LB_WJ || b == LB_GL) { /* LB11, LB12 */
        return true;
    }
    if (a == LB_GL && b != LB_BA && b != LB_HY) { /* LB12a */
        return true;
    }
    if (a == LB_QU || b == LB_QU) { /* LB19 */
        return true;
    }
    if (a == LB_CB || b == LB_CB) { /* LB20 */
        return false;
    }
    if (a == LB_BA || a == LB_HY || a == LB_NS || b == LB_BB) { /* LB21 */
        return true;
    }
    if ((b == LB_SY && a == LB_HL) || a == LB_IN) { /* LB21b, LB22 */
        return true;
    }
    if ((is_alphabetic(b) && a == LB_NU) || (b == LB_NU && is_alphabetic(a))) { /* LB23 */
        return true;
    }
    if ((b == LB_PR && is_ideographic(a)) || (is_ideographic(b) && a == LB_PO)) { /* LB23a */
        return true;
    }
    if (((b == LB_PR || b == LB_PO) && is_alphabetic(a)) || /* LB24 */
        (is_alphabetic(b) && (a == LB_PR || a == LB_PO))) {
        return true;
    }
    *ret_decided = false;
    return false;
}

/* LB26–LB31; LB25 is a matter of whole numbers and lives in break.c. */
static bool pair_joined(int b, int a)
{
    bool decided;
    bool joined = pair_joined_early(b, a, &decided);
    if (decided) {
        return joined;
    }
    return (b == LB_JL && (a == LB_JL || a == LB_JV || a == LB_H2 || a == LB_H3)) || /* LB26 */
           ((b == LB_JV || b == LB_H2) && (a == LB_JV || a == LB_JT)) ||
           ((b == LB_JT || b == LB_H3) && a == LB_JT) || (is_jamo(b) && a == LB_PO) ||
           (b == LB_PR && is_jamo(a)) ||                        /* LB27 */
           (is_alphabetic(b) && is_alphabetic(a)) ||            /* LB28 */
           (b == LB_IS && is_alphabetic(a)) ||                  /* LB29 */
           ((is_alphabetic(b) || b == LB_NU) && a == LB_OPN) || /* LB30 */
           (b == LB_CPN && (is_alphabetic(a) || a == LB_NU)) ||
           ((b == LB_EB || b == LB_IDX) && a == LB_EM); /* LB30b */
}

static void pairs_write(void)
{
    (void)printf("const uint8_t break_pair[LB_COUNT][LB_COUNT] = {\n");
    for (int b = 0; b < LB_COUNT; b++) {
        (void)printf("    {");
        for (int a = 0; a < LB_COUNT; a++) {
            int v = (pair_joined(b, a) ? PAIR_JOINED : 0) |
                    (pair_joined_over_spaces(b, a) ? PAIR_JOINED_OVER_SPACES : 0);
            (void)printf("%s%d", a ? "," : "", v);
        }
        (void)printf("},\n");
    }
    (void)printf("};\n");
}

static bool stages_write(const struct tables *t)
{
    static uint32_t unique[CP_LIMIT / BLOCK]; /* first code point of each different block */
    size_t count = 0;
    (void)printf("const uint8_t break_stage1[%u] = {", CP_LIMIT / BLOCK);
    for (uint32_t b = 0; b < CP_LIMIT / BLOCK; b++) {
        size_t i = 0;
        while (i < count && memcmp(t->property + unique[i], t->property + b * BLOCK, BLOCK) != 0) {
            i++;
        }
        if (i == count) {
            unique[count++] = b * BLOCK;
        }
        (void)printf("%s%zu", b == 0 ? "" : b % 24 ? "," : ",\n", i);
    }
    (void)printf("};\nconst uint8_t break_stage2[][%u] = {\n", BLOCK);
    for (size_t i = 0; i < count; i++) {
        (void)printf("    {");
        for (uint32_t k = 0; k < BLOCK; k++) {
            (void)printf("%s%d", k == 0 ? "" : k % 32 ? "," : ",\n", t->property[unique[i] + k]);
        }
        (void)printf("},\n");
    }
    (void)printf("};\n");
    return count <= 256;
}

int main(int argc, char **argv)
{
    int status = 1;
    if (argc != 2) {
        (void)fprintf(stderr, "用法：gen_break 目录（Unicode 数据，如 /usr/share/unicode）\n");
        return 2;
    }
    struct tables *t = calloc(1, sizeof *t);
    if (t == NULL) {
        return 1;
    }
    memset(t->property, LB_AL, sizeof t->property);
    defaults_set(t);
    if (!file_apply(argv[1], "extracted/DerivedGeneralCategory.txt", t, set_category) ||
        !file_apply(argv[1], "EastAsianWidth.txt", t, set_width) ||
        !file_apply(argv[1], "emoji/emoji-data.txt", t, set_emoji) ||
        !file_apply(argv[1], "LineBreak.txt", t, set_break)) {
        goto out;
    }
    flags_set(t);
    (void)printf(
        "/* Generated by gen_break from Unicode data. */\n#include \"text/break_table.h\"\n");
    pairs_write();
    if (!stages_write(t)) {
        (void)fprintf(stderr, "gen_break：不同的块超过 256 个，请把块改大。\n");
        goto out;
    }
    status = fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
out:
    free(t);
    return status;
}
