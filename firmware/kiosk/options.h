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
    struct panel panel; /* width_px, height_px: as asked for; the millimetres where panel_given */
    bool sized, panel_given, headless, windowed, turn_given;
    enum turn turn; /* how the picture is turned on a bare panel */
    int64_t now_s;  /* wall clock at which a driven run begins */
    struct terminal_config config;
};

/* 0: go on; 1: asked for help or version, which was printed; 2: a mistake, which was explained on
 * standard error. */
int options_parse(int argc, char **argv, struct options *ret_options);

/* The panel that a picture of this size is laid out for: its millimetres are those given, else of a
 * 27-inch one, the longer ones along the longer side. Pixels within what a layout can be made for
 * (ui_set_panel), even if the picture is smaller. */
struct panel options_panel(const struct options *o, int32_t width_px, int32_t height_px);
