#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

/* gongkai-pack settings: makes, changes, signs and shows the signed settings of a hall's terminals
 * (package/settings.h). Every function appends one Chinese sentence to *problem when it fails. */
enum settings_value {
    VALUE_AUTO_APPLY,
    VALUE_DROP_MAX_FILES,
    VALUE_DROP_MAX_MIB,
    VALUE_EXPORT,
    VALUE_MAX_KIB_PER_S,
    VALUE_SERIAL,
    VALUE_STATUS_POST,
    VALUE_STICK_APPLY,
    VALUE_URL,
    VALUE_WINDOW,
    VALUE_COUNT
};
extern const char *const settings_value_names[VALUE_COUNT]; /* as options: "auto-apply" … */

struct settings_options {
    const char *path;                /* the *.gks */
    const char *trust;               /* folder; needed for making and for verifying */
    const char *values[VALUE_COUNT]; /* NULL: as it was, "": left out */
    const char *pin;                 /* NULL: as it was; "ask", "none", "" (left out) */
    const char *pin_file;            /* its first line instead of asking */
};

/* Is anything to be set? */
bool settings_are_given(const struct settings_options *o);
/* A new file, or the old one's values with those given over them and the next serial; without
 * signatures. */
enum err settings_make(const struct settings_options *o, FILE *out, struct buf *problem) MUST_USE;
/* Adds the office's signature. */
enum err settings_sign(const struct settings_options *o, const char *key_path,
                       const char *password_file, FILE *out, struct buf *problem) MUST_USE;
/* Prints it; with a trust folder also whether a terminal takes it (*ret_good; true without). */
enum err settings_show(const struct settings_options *o, FILE *out, struct buf *problem,
                       bool *ret_good) MUST_USE;
