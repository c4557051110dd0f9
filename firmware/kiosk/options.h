#pragma once

#include <stdbool.h>

#include "kiosk/app.h"
#include "kiosk/turn.h"

/* The command line of gongkai-kiosk. */
struct options {
    const char *edition, *store, *factory; /* one of edition and store */
    const char *data;  /* folder with fonts/ and input/; NULL = beside the program, else
                          /usr/share/gongkai */
    const char *drive; /* script, "-" = standard input */
    const char *state; /* where status.json is kept, NULL = nowhere */
    struct panel panel;
    bool sized, panel_given, headless, windowed, turn_given;
    enum turn turn; /* how the picture is turned on a bare panel */
    int64_t now_s;  /* wall clock at which a driven run begins */
    struct terminal_config config;
};

/* 0: go on; 1: asked for help or version, which was printed; 2: a mistake, which was explained on
 * standard error. */
int options_parse(int argc, char **argv, struct options *ret_options);
