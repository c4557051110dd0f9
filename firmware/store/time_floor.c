/* Two small files, each of which may be missing. */
#include "store/time_floor.h"

#include <limits.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/slice.h"
#include "store/select.h"
#include "store/store.h"

int64_t time_floor_limit(int64_t confirmed_s)
{
    int64_t base = confirmed_s > TIME_FLOOR_PROGRAM_S ? confirmed_s : TIME_FLOOR_PROGRAM_S;
    return base + CLOCK_DRIFT_DAYS * INT64_C(86400);
}

int64_t time_floor_read(const char *root)
{
    char path[PATH_MAX];
    struct buf text = {0};
    struct select select;
    uint64_t seen = 0;
    int64_t confirmed = select_read(root, &select) == ERR_OK && select.time_floor_s > 0
                            ? select.time_floor_s
                            : 0;
    if (store_path(root, "state/time_floor", path) != ERR_OK ||
        file_read(path, 32, &text) != ERR_OK ||
        !slice_to_u64(slice_trim(buf_slice(&text)), &seen) ||
        seen > (uint64_t)time_floor_limit(confirmed)) {
        seen = 0;
    }
    buf_finish(&text);
    return confirmed > (int64_t)seen ? confirmed : (int64_t)seen;
}

enum err time_floor_write(const char *root, int64_t utc_s)
{
    char path[PATH_MAX];
    struct buf text = {0};
    enum err e = store_path(root, "state/time_floor", path);
    buf_printf(&text, "%lld\n", (long long)utc_s);
    if (e == ERR_OK) {
        e = buf_status(&text);
    }
    if (e == ERR_OK) {
        e = file_replace(path, buf_slice(&text), 0644);
    }
    buf_finish(&text);
    return e;
}
