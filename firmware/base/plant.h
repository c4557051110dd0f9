#pragma once

#include <stdbool.h>

/* Planted errors: steps and checks that a laboratory build (cfg=plant) can leave out one at a time,
 * to show that the tests would notice. PLANT(name) asks whether this one is left out: the value of
 * GONGKAI_PLANT is its name. In every other build it is the constant false, and nothing of it is in
 * the program. tests/fault/plants.txt names them all and what has to catch each. */
bool plant_is_on(const char *name); /* defined in a laboratory build only */
#ifdef GONGKAI_PLANTS
#define PLANT(name) plant_is_on(#name)
#else
#define PLANT(name) false
#endif
