#pragma once

#include "base/slice.h"

/* Every word of the interface stands in assets/words/zh-hans.def, one WORD(NAME, "text") a line. */
enum word {
#define WORD(name, text) W_##name,
#include "words/zh-hans.def"
#undef WORD
    W_COUNT
};

struct slice word(enum word w);
