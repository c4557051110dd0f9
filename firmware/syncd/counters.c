/* A small sorted table and its file. */
#include "syncd/counters.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "base/slice.h"
#include "store/store.h"

#define FILE_MAX (16u * 1024)

static bool name_copy(struct slice name, char out[COUNTER_NAME])
{
    if (name.n == 0 || name.n >= COUNTER_NAME) {
        return false;
    }
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i] == '-' ? '_' : name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
            return false;
        }
        out[i] = c;
    }
    out[name.n] = '\0';
    return true;
}

/* The counter of that name, made when there is room. */
static struct counter *counter_of(struct counters *c, struct slice name)
{
    char wanted[COUNTER_NAME];
    size_t i = 0;
    if (!name_copy(name, wanted)) {
        return NULL;
    }
    while (i < c->n && strcmp(c->at[i].name, wanted) < 0) {
        i++;
    }
    if (i < c->n && strcmp(c->at[i].name, wanted) == 0) {
        return &c->at[i];
    }
    if (c->n == COUNTERS_MAX) {
        return NULL;
    }
    memmove(&c->at[i + 1], &c->at[i], (c->n - i) * sizeof c->at[0]);
    c->n++;
    memcpy(c->at[i].name, wanted, sizeof wanted);
    c->at[i].value = 0;
    return &c->at[i];
}

void counters_read(const char *root, struct counters *ret_counters)
{
    char path[PATH_MAX];
    struct buf text = {0};
    memset(ret_counters, 0, sizeof *ret_counters);
    if (store_path(root, "state/counters", path) == ERR_OK &&
        file_read(path, FILE_MAX, &text) == ERR_OK) {
        struct slice rest = buf_slice(&text);
        while (rest.n > 0) {
            struct slice value = slice_cut(&rest, '\n');
            struct slice name = slice_cut(&value, ' ');
            uint64_t v = 0;
            struct counter *counter =
                slice_to_u64(value, &v) ? counter_of(ret_counters, name) : NULL;
            if (counter) {
                counter->value = v;
            }
        }
    }
    buf_finish(&text);
}

enum err counters_write(const char *root, struct counters *c)
{
    char path[PATH_MAX];
    struct buf text = {0};
    for (size_t i = 0; i < c->n; i++) {
        buf_printf(&text, "%s %" PRIu64 "\n", c->at[i].name, c->at[i].value);
    }
    enum err e = store_path(root, "state/counters", path);
    if (e == ERR_OK) {
        e = buf_status(&text);
    }
    if (e == ERR_OK) {
        e = file_replace(path, buf_slice(&text), 0644);
    }
    if (e == ERR_OK) {
        c->changed = false;
    }
    buf_finish(&text);
    return e;
}

void counters_add(struct counters *c, const char *name)
{
    struct counter *counter = counter_of(c, slice_of(name));
    if (counter && counter->value < UINT64_MAX) {
        counter->value++;
        c->changed = true;
    }
}

uint64_t counters_value(const struct counters *c, const char *name)
{
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->at[i].name, name) == 0) {
            return c->at[i].value;
        }
    }
    return 0;
}
