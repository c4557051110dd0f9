#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "package/trust.h"
#include "store/id.h"

/* Reads a sealed edition from the medium and holds every leaf against its signed table, one frame a
 * step. What fails is looked at a second time before it is called damaged. */
struct scrub;

enum scrub_result {
    SCRUB_RUNNING = 0,
    SCRUB_GOOD,
    SCRUB_DAMAGED,
    SCRUB_UNPROVEN, /* signed by keys that the trust root no longer names: accepted once, cannot be
                       re-checked */
    SCRUB_UNABLE    /* no memory or no descriptor to look with: says nothing about the edition */
};

enum err scrub_create(const char *root, struct edition_id id, const struct trust *trust,
                      struct scrub **ret_scrub) MUST_USE;
void scrub_destroy(struct scrub *s);           /* NULL is fine */
enum scrub_result scrub_step(struct scrub *s); /* reads at most 1 MiB */
struct edition_id scrub_id(const struct scrub *s);
uint64_t scrub_done_bytes(const struct scrub *s);
