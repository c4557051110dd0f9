#pragma once

/* What the tests of text/ share: the bundled fonts, found beside the build of the test program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/slice.h"
#include "text/paragraph.h"

/* BUILD/CFG/tests/unit/test_x → BUILD/fonts */
static inline void fonts_path(const char *program, char path[1024])
{
    const char *slash = strrchr(program, '/');
    int n = slash ? (int)(slash - program) : 1;
    (void)snprintf(path, 1024, "%.*s/../../../fonts", n, slash ? program : ".");
}

static inline struct fonts *fixture_fonts(const char *program)
{
    char path[1024];
    struct fonts *f = NULL;
    fonts_path(program, path);
    if (fonts_open(path, 4u << 20, &f) != ERR_OK) {
        (void)fprintf(stderr, "no fonts in %s: make fonts\n", path);
        exit(1);
    }
    return f;
}
