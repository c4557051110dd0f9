#pragma once

#include "screens/terminal.h"

/* Carries a visit from one edition to the next: items are found again by their index number,
 * documents by their item, their report's year or as the guide, filters by the office's own codes.
 * Steps of the way back that no longer exist are left out; home always stays. */
void succession_carry(struct visit *v, struct edition *old, struct edition *next);
