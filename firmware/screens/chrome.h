#pragma once

#include "screens/terminal.h"

/* Header and bottom bar, which stand around every screen but the attract picture; and the upper
 * part left free in low-reach mode. */
struct rect chrome_area(const struct terminal *t,
                        const struct panel *panel);          /* of header + body + bar */
struct rect chrome_build(struct terminal *t, struct ui *ui); /* returns the body */
