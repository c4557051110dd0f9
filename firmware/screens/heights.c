/* Node i of the tree (from 1) holds the sum of the last (i & -i) heights up to block i - 1. */
#include "screens/heights.h"

#include <assert.h>

enum err heights_init(struct heights *h, struct arena *a, uint32_t n)
{
    int32_t *tree = arena_array(a, (size_t)n + 1, sizeof *tree);
    int32_t *value = arena_array(a, (size_t)n + 1, sizeof *value);
    if (tree == NULL || value == NULL) {
        return ERR_NOMEM;
    }
    *h = (struct heights){.tree = tree, .value = value, .n = n};
    return ERR_OK;
}

void heights_rebuild(struct heights *h)
{
    h->total = 0;
    for (uint32_t i = 0; i < h->n; i++) {
        int32_t room = HEIGHTS_MAX - 1 - h->total;
        h->value[i] = h->value[i] > room ? room : h->value[i];
        h->total += h->value[i];
        h->tree[i + 1] = 0;
    }
    for (uint32_t i = 1; i <= h->n; i++) {
        uint32_t up = i + (i & -i);
        h->tree[i] += h->value[i - 1];
        if (up <= h->n) {
            h->tree[up] += h->tree[i];
        }
    }
}

int32_t heights_put(struct heights *h, uint32_t i, int32_t height)
{
    assert(i < h->n && height >= 0);
    int32_t room = HEIGHTS_MAX - 1 - (h->total - h->value[i]);
    height = height > room ? room : height;
    int32_t grown = height - h->value[i];
    h->value[i] = height;
    h->total += grown;
    for (uint32_t k = i + 1; grown != 0 && k <= h->n; k += k & -k) {
        h->tree[k] += grown;
    }
    return grown;
}

int32_t heights_before(const struct heights *h, uint32_t i)
{
    int32_t sum = 0;
    assert(i <= h->n);
    for (uint32_t k = i; k > 0; k -= k & -k) {
        sum += h->tree[k];
    }
    return sum;
}

uint32_t heights_find(const struct heights *h, int32_t y)
{
    uint32_t step = 1;
    uint32_t at = 0; /* blocks wholly above y */
    while (step <= h->n / 2) {
        step *= 2;
    }
    for (; step > 0; step /= 2) {
        if (at + step <= h->n && h->tree[at + step] <= y) {
            at += step;
            y -= h->tree[at];
        }
    }
    return at < h->n ? at : h->n > 0 ? h->n - 1 : 0;
}
