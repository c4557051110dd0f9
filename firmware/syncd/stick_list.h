#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "package/trust.h"
#include "store/policy.h"
#include "store/select.h"
#include "syncd/stick_read.h"

/* The packages of one stick and which of them to take. Only a verified manifest is believed; what
 * the files hold beside it the install machine verifies when it reads them. */
struct stick_package {
    char name[256];
    struct file_identity identity;
    enum reject why;      /* REJECT_NONE: usable here */
    bool special;         /* a link, pipe, device or folder */
    bool tried;           /* the install machine read it and refused it */
    struct edition_id id; /* none: not verified */
    uint64_t base_edition;
    struct date built;
    struct signers signers;
};

struct stick_list {
    size_t n;
    bool more; /* there are packages beyond STICK_PACKAGES_MAX */
    struct stick_package at[STICK_PACKAGES_MAX];
};

/* What this terminal accepts now; all borrowed. */
struct stick_judge {
    const struct trust *trust;
    struct policy policy;
    const struct select *select;
    const struct edition_id *sealed; /* editions that a delta may start from */
    size_t sealed_n;
};

/* Verifies and appends; false when the list is full. */
bool stick_list_add(struct stick_list *l, const struct stick_judge *j, const struct stick_file *f);

/* The usable package of the highest edition, of several the smallest (a delta before the full
 * one); SIZE_MAX: none is usable. */
size_t stick_list_best(const struct stick_list *l);
/* Is a better than b, in the sense above? */
bool stick_package_better(const struct stick_package *a, const struct stick_package *b);
/* The same file in another reading of the stick; SIZE_MAX: not there. */
size_t stick_list_find(const struct stick_list *l, const struct stick_package *p);
/* When none is usable: the one whose reason tells staff most (the highest edition that was
 * verified, else the first); SIZE_MAX for an empty list. */
size_t stick_list_nearest(const struct stick_list *l);
/* How many are not usable for another reason than that they bring nothing new. */
size_t stick_list_wrong(const struct stick_list *l);
const char *stick_package_sentence(const struct stick_package *p);
