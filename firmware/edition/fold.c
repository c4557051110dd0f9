/* Width, case and traditional forms. One code point folds to one code point, which keeps places
 * mappable. */
#include "edition/fold.h"

#include "edition/fold_table.h"

#define HAN_FIRST 0x3400u
#define HAN_LAST 0x9FFFu
#define PAGE_SHIFT 6

static uint32_t simplified(uint32_t cp)
{
    uint32_t page = (cp - HAN_FIRST) >> PAGE_SHIFT;
    for (uint32_t i = fold_page[page]; i < fold_page[page + 1] && fold_from[i] <= cp; i++) {
        if (fold_from[i] == cp) {
            return fold_to[i];
        }
    }
    return cp;
}

uint32_t cp_fold(uint32_t cp)
{
    if (cp >= HAN_FIRST && cp <= HAN_LAST) {
        return simplified(cp);
    }
    if (cp >= 0xFF01 && cp <= 0xFF5E) {
        cp -= 0xFEE0;
    } else if (cp == 0x3000) {
        cp = ' ';
    }
    return cp >= 'A' && cp <= 'Z' ? cp + ('a' - 'A') : cp;
}

enum err fold_append(struct slice text, struct buf *ret_folded)
{
    (void)buf_reserve(ret_folded, text.n);
    for (size_t at = 0; at < text.n;) {
        buf_append_cp(ret_folded, cp_fold(utf8_next(text, &at)));
    }
    return buf_status(ret_folded);
}

/* Does the folded text starting at `at` begin with `folded`? On true *ret_end is behind it. */
static bool matches_at(struct slice text, size_t at, struct slice folded, size_t *ret_end)
{
    size_t want = 0;
    while (want < folded.n) {
        if (at >= text.n || cp_fold(utf8_next(text, &at)) != utf8_next(folded, &want)) {
            return false;
        }
    }
    *ret_end = at;
    return true;
}

size_t fold_find(struct slice text, struct slice folded, size_t *ret_end)
{
    if (folded.n == 0) {
        return SIZE_MAX;
    }
    for (size_t at = 0; at < text.n; (void)utf8_next(text, &at)) {
        if (matches_at(text, at, folded, ret_end)) {
            return at;
        }
    }
    return SIZE_MAX;
}
