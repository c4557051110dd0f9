/* Where a terminal keeps its trust roots is said here and in store_create. */
#include "store/roots.h"

#include <limits.h>

#include "store/store.h"

enum err roots_open(const char *root, struct trust **ret_trust)
{
    char path[PATH_MAX];
    enum err e = store_path(root, "trust", path);
    return e == ERR_OK ? trust_open(path, ret_trust) : e;
}

enum err roots_open_as_far(const char *root, struct trust **ret_trust)
{
    char path[PATH_MAX];
    enum err e = store_path(root, "trust", path);
    return e == ERR_OK ? trust_open_as_far(path, ret_trust) : e;
}
