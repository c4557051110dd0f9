/* Only in laboratory builds (cfg=plant). */
#include "base/plant.h"

#include <stdlib.h>
#include <string.h>

bool plant_is_on(const char *name)
{
    const char *on = getenv("GONGKAI_PLANT");
    return on && strcmp(on, name) == 0;
}
