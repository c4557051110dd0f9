/* The interface's words, by name. A further language is a further table here and a .def beside the
 * first. */
#include "screens/words.h"

#include <assert.h>

static const struct slice zh_hans[W_COUNT] = {
#define WORD(name, text) [W_##name] = {text, sizeof(text) - 1},
#include "words/zh-hans.def"
#undef WORD
};

struct slice word(enum word w)
{
    assert(w >= 0 && w < W_COUNT);
    return zh_hans[w];
}
