#pragma once

#include "ui/ui.h"

/* The on-screen keyboard: letters in three rows; with `digits`, a row of digits and marks above
 * them. Keys give ACTION_KEY. */
void keyboard_build(struct ui *ui, struct rect box, bool digits, struct slice done_label);
