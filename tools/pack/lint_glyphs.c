/* Characters that the terminal cannot show. The table is made from the fonts that are shipped. */
#include <stdlib.h>

#include "pack/lint.h"

#define NAMED_MAX 5

struct range {
    uint32_t first, last;
};

static const struct range shown[] = {
#include "font_ranges.h"
};

static int by_place(const void *key, const void *element)
{
    const uint32_t *cp = key;
    const struct range *r = element;
    return *cp < r->first ? -1 : *cp > r->last;
}

/* Controls, joiners and variation selectors have no glyph and need none. */
static bool is_invisible(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || (cp >= 0x200B && cp <= 0x200F) ||
           (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF ||
           (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF);
}

void lint_glyphs(struct problem_list *l, struct place place, struct slice text)
{
    uint32_t named[NAMED_MAX];
    size_t kinds = 0;
    unsigned count = 0;
    for (size_t at = 0; at < text.n;) {
        uint32_t cp = utf8_next(text, &at);
        if (is_invisible(cp) ||
            bsearch(&cp, shown, sizeof shown / sizeof *shown, sizeof *shown, by_place)) {
            continue;
        }
        size_t k = 0;
        while (k < kinds && named[k] != cp) {
            k++;
        }
        if (k == kinds && kinds < NAMED_MAX) {
            named[kinds++] = cp;
        }
        count++;
    }
    if (count == 0) {
        return;
    }
    char list[NAMED_MAX * 24];
    struct slice written = {list, 0};
    for (size_t k = 0; k < kinds; k++) {
        static const char digits[] = "0123456789ABCDEF";
        char *to = list + written.n;
        size_t n = utf8_put(to, named[k]);
        to[n++] = ' ';
        to[n++] = 'U';
        to[n++] = '+';
        for (int shift = named[k] > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4) {
            to[n++] = digits[named[k] >> shift & 0xF];
        }
        to[n++] = k + 1 < kinds ? ',' : ' ';
        written.n += n;
    }
    problem_warn(
        l, "no-glyph", place,
        "字库没有的字 %u 处（%.*s），屏幕上显示为“〓”；请核对用字，确需使用的请告知技术人员", count,
        SLICE_ARG(slice_trim(written)));
}
