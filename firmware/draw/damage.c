/* Comparing two frames. The guarantee: outside the damage, the same contents are painted on every
 * pixel, in the same order and the same place, as they were on the pixel that stands there now. */
#include "draw/damage.h"

#include <assert.h>
#include <string.h>

#include "draw/mask_cache.h"

static int64_t area(struct rect r)
{
    return rect_empty(r) ? 0 : (int64_t)r.w * r.h;
}

/* What the union of both has more than they themselves. */
static int64_t waste(struct rect a, struct rect b)
{
    return area(rect_union(a, b)) - area(a) - area(b) + area(rect_intersect(a, b));
}

static struct rect take(struct damage *d, size_t at)
{
    struct rect r = d->r[at];
    d->r[at] = d->r[--d->n];
    return r;
}

/* Two of the full set become one; the room is for `r`. */
static void merge_cheapest(struct damage *d)
{
    size_t best_i = 0;
    size_t best_j = 1;
    int64_t best = INT64_MAX;
    for (size_t i = 0; i < d->n; i++) {
        for (size_t j = i + 1; j < d->n; j++) {
            int64_t w = waste(d->r[i], d->r[j]);
            if (w < best) {
                best = w;
                best_i = i;
                best_j = j;
            }
        }
    }
    d->r[best_i] = rect_union(d->r[best_i], d->r[best_j]);
    take(d, best_j);
}

void damage_add(struct damage *d, struct rect r)
{
    if (rect_empty(r)) {
        return;
    }
    for (size_t i = 0; i < d->n;) {
        if (rect_covers(d->r[i], r)) {
            return;
        }
        if (waste(d->r[i], r) * 4 <= area(rect_union(d->r[i], r))) {
            r = rect_union(take(d, i), r); /* larger now: look at all the others again */
            i = 0;
        } else {
            i++;
        }
    }
    if (d->n == DAMAGE_MAX) {
        merge_cheapest(d);
    }
    d->r[d->n++] = r;
}

/* --- scrolling
 * ------------------------------------------------------------------------------------ */

static struct rect moved(struct rect r, int32_t dy)
{
    r.y += dy;
    return r;
}

static struct rect normal(struct rect r)
{
    return rect_empty(r) ? (struct rect){0, 0, 0, 0} : r;
}

void damage_begin(struct frames *f)
{
    for (size_t i = 0; i < f->old_count; i++) {
        f->old[i].same = f->old[i].seen;
    }
    for (size_t i = 0; i < f->now_count; i++) {
        f->now[i].same = f->now[i].seen;
    }
}

/* Content of the area that is seen outside its view cannot be compared after the move. */
static bool belongs(struct trace *t, uint16_t id, struct rect view)
{
    if (t->scroll == id && !rect_empty(t->seen) && !rect_covers(view, t->seen)) {
        t->dead = true;
    }
    return t->scroll == id && !t->dead;
}

/* Pixels of one colour are the same wherever they are moved to. */
static bool is_flat_over(const struct trace *t, struct rect view)
{
    return t->flat && trace_covers(t, view);
}

void damage_scroll(struct frames *f, uint16_t id, struct rect view, int32_t dy, struct damage *d)
{
    struct rect kept = rect_intersect(view, moved(view, dy));
    struct rect strip = {view.x, dy > 0 ? view.y : view.y + view.h + dy, view.w, dy > 0 ? dy : -dy};
    assert(!rect_empty(kept));
    damage_add(d, strip);
    for (size_t i = 0; i < f->old_count; i++) {
        struct trace *t = &f->old[i];
        struct rect now_at = normal(rect_intersect(moved(rect_intersect(t->seen, view), dy), view));
        if (belongs(t, id, view)) {
            t->y += dy;
            t->seen = now_at;
            t->same = now_at;
        } else if (!is_flat_over(t, view)) {
            damage_add(d, now_at);
        }
    }
    for (size_t i = 0; i < f->now_count; i++) {
        struct trace *t = &f->now[i];
        if (belongs(t, id, view)) {
            t->same = normal(rect_intersect(t->seen, kept)); /* the strip is painted anyway */
        } else if (!is_flat_over(t, view)) {
            damage_add(d, rect_intersect(t->seen, view));
        }
    }
}

/* --- the comparison
 * ------------------------------------------------------------------------------- */

static size_t bucket_count(size_t n)
{
    size_t buckets = 16;
    while (buckets < n * 2) {
        buckets *= 2;
    }
    return buckets;
}

size_t damage_scratch(size_t old_count)
{
    return bucket_count(old_count) + old_count;
}

static uint64_t key_of(const struct trace *t)
{
    return hash_mix(t->content, (uint64_t)(uint32_t)t->x << 32 | (uint32_t)t->y);
}

static bool rect_equal(struct rect a, struct rect b)
{
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

static bool is_equal(const struct trace *a, const struct trace *b)
{
    return !a->dead && !b->dead && a->content == b->content && a->x == b->x && a->y == b->y &&
           a->scroll == b->scroll && rect_equal(a->same, b->same);
}

/* The first old trace from `from` on that is equal; SIZE_MAX when there is none. */
static size_t find_equal(const struct trace *old, size_t from, const struct trace *t,
                         const uint32_t *head, const uint32_t *next)
{
    uint32_t at = *head;
    while (at != UINT32_MAX && (at < from || !is_equal(&old[at], t))) {
        at = next[at];
    }
    return at == UINT32_MAX ? SIZE_MAX : at;
}

void damage_diff(const struct trace *old, size_t old_count, const struct trace *now,
                 size_t now_count, uint32_t *scratch, struct damage *d)
{
    size_t buckets = bucket_count(old_count);
    uint32_t *head = scratch;
    uint32_t *next = scratch + buckets;
    memset(head, 0xFF, buckets * sizeof *head);
    for (size_t i = old_count; i-- > 0;) {
        size_t b = key_of(&old[i]) & (buckets - 1);
        next[i] = head[b];
        head[b] = (uint32_t)i;
    }
    size_t from = 0; /* old traces before it have their equal or are gone */
    for (size_t k = 0; k < now_count; k++) {
        size_t at = from;
        if (from == old_count || !is_equal(&old[from], &now[k])) {
            size_t b = key_of(&now[k]) & (buckets - 1);
            at = find_equal(old, from, &now[k], &head[b], next);
        }
        if (at == SIZE_MAX) {
            damage_add(d, now[k].seen);
            continue;
        }
        for (; from < at; from++) {
            damage_add(d, old[from].seen);
        }
        from = at + 1;
    }
    for (; from < old_count; from++) {
        damage_add(d, old[from].seen);
    }
}
