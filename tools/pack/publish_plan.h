#pragma once

#include <limits.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "package/hash.h"
#include "package/listing.h"
#include "package/trust.h"

/* What of a folder of packages is to be published. */
#define PUBLISH_FILES_MAX 512u
#define PUBLISH_KEEP_MAX 32u

struct publish_package {
    char path[PATH_MAX];
    uint64_t epoch, edition;
    uint64_t base;   /* 0: a full package */
    uint64_t n;      /* bytes of the file */
    uint64_t head_n; /* header, manifest, signatures and table */
    struct hash manifest, db, base_db;
    char channel[48];
    bool chosen; /* it is laid out */
};

struct publish_plan {
    struct publish_package *package; /* newest first; of one edition the full one first */
    size_t count;
    const struct publish_package *newest; /* full */
    size_t fulls, deltas;                 /* chosen */
};

/* Reads one file through: whole, its table and frames right, signed by both roles (with a trust: by
 * its keys). path and chosen are left alone. */
enum err publish_package_read(const char *path, const struct trust *trust, struct buf *problem,
                              struct publish_package *ret_package) MUST_USE;

/* Reads and checks every *.gkp of a folder: whole, signed by both roles (with a trust: by its
 * keys), of one channel, deltas of the same content as the full package of their edition; then
 * chooses the full packages of the last `keep` editions and the deltas to them. The first thing
 * that is wrong ends it, with a sentence. Free with publish_plan_finish in any case. */
enum err publish_plan_make(const char *folder, const struct trust *trust, uint64_t keep,
                           struct publish_plan *ret_plan, struct buf *problem) MUST_USE;
void publish_plan_finish(struct publish_plan *plan);

/* Editions kept from which no delta leads to the newest, newest first; returns how many. */
size_t publish_plan_missing(const struct publish_plan *plan, uint64_t ret_bases[PUBLISH_KEEP_MAX]);

/* The index; root and settings are the caller's to set. */
enum err publish_plan_listing(const struct publish_plan *plan,
                              struct listing *ret_listing) MUST_USE;
