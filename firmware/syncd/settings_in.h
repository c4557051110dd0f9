#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"
#include "package/settings.h"
#include "syncd/config.h"

/* Signed settings (*.gks, package/settings.h) that arrive from a stick, the drop folder or a
 * server: ROOT/state/settings.gks. Taken when the office threshold of the trust root in force has
 * signed them, for this channel and key epoch, with a greater serial than those in force. Settings
 * signed by a key that has been revoked since are no longer in force. */
struct settings_in_result {
    bool taken;
    bool refused;
    bool uncopied;            /* taken, but the copy against decay could not be written */
    struct settings settings; /* when taken */
    char sentence[256];       /* empty when they are those in force already */
};

/* The bytes of a *.gks. Errors are those of the disk and of memory (try again later). */
enum err settings_in_take(const char *root, struct slice bytes,
                          struct settings_in_result *ret_result) MUST_USE;

/* Those in force; *ret_found false: none, or damaged, or signed by a revoked key. */
enum err settings_in_load(const char *root, bool *ret_found,
                          struct settings *ret_settings) MUST_USE;

/* What the settings say, over what the ini file says; the PIN is pin.h's. */
void settings_apply(const struct settings *s, struct config *c);
