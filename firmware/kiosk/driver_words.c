/* The words of a line of a script. */
#include "kiosk/driver_inside.h"

bool words_next(struct slice *rest, struct slice *ret)
{
    *rest = slice_trim(*rest);
    if (rest->n == 0) {
        return false;
    }
    *ret = slice_trim(slice_cut(rest, ' '));
    return true;
}

bool words_int(struct slice *rest, int32_t *ret)
{
    struct slice w;
    uint64_t v;
    if (!words_next(rest, &w)) {
        return false;
    }
    bool minus = w.n > 1 && w.p[0] == '-';
    if (!slice_to_u64(slice_sub(w, minus ? 1 : 0, w.n), &v) || v > 1000000) {
        return false;
    }
    *ret = minus ? -(int32_t)v : (int32_t)v;
    return true;
}

bool words_quoted(struct slice rest, struct slice *ret)
{
    rest = slice_trim(rest);
    if (rest.n < 2 || rest.p[0] != '"' || rest.p[rest.n - 1] != '"') {
        return false;
    }
    *ret = slice_sub(rest, 1, rest.n - 1);
    return true;
}
