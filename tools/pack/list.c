/* Arrays that grow in an arena by doubling at powers of two; the old copy stays until the arena
 * ends. */
#include "pack/list.h"

#include <string.h>

void *list_room(struct arena *a, void *at, size_t n, size_t size)
{
    if (n != 0 && (n < 8 || (n & (n - 1)) != 0)) {
        return at;
    }
    void *grown = arena_array(a, n < 8 ? 8 : n * 2, size);
    if (grown != NULL && n != 0) {
        memcpy(grown, at, n * size);
    }
    return grown;
}
