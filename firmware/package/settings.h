#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "package/secret.h"
#include "package/trust.h"

/* Settings of a hall's terminals, signed by the office: a file *.gks. Lines `key=value`, each once,
 * in this order, then minisign signatures of
 * the role office, one behind the other. Some may be left out:
 *
 *   auto_apply=yes|no        packages of the drop folder and the server apply by themselves
 *   channel=hall-name
 *   drop_max_files=N         quota of the drop folder, 1..256
 *   drop_max_mib=N           1..1048576
 *   epoch=N                  key epoch of the trust root they are signed under
 *   export=yes|no            may staff export records to a stick
 *   max_kib_per_s=N          rate limit of fetching, 0 none, ..1048576
 *   pin=none|$argon2id$…     the PIN of the hall's staff (secret.h)
 *   product=gongkai-settings
 *   serial=N                 only grows within an epoch, 1..
 *   status_post=none|https://…  where the terminals' reports go
 *   stick_apply=staff|auto   sticks wait for staff with the PIN, or apply by themselves
 *   url=none|https://…       where editions are published; a folder, ends in '/'
 *   window=always|HH:MM-HH:MM[,…]  local times of the day for fetching; one may pass midnight
 *
 * channel, epoch, product and serial are always there. `product` keeps a signature over settings
 * from being one over anything else. */
#define SETTINGS_TEXT_MAX 8192u
#define SETTINGS_FILE_MAX (SETTINGS_TEXT_MAX + 4096u)
#define SETTINGS_URL_MAX 500u
#define SETTINGS_WINDOW 64u

enum setting { SETTING_ABSENT = 0, SETTING_NO, SETTING_YES };

struct settings {
    char channel[48];
    uint64_t epoch, serial;
    enum setting auto_apply;
    enum setting export;
    enum setting stick_auto; /* stick_apply: auto is yes, staff is no */
    int64_t drop_max_files;  /* these three: -1 absent */
    int64_t drop_max_mib;
    int64_t max_kib_per_s;
    char pin[SECRET_TEXT];          /* "" absent, "none", or an argon2id text */
    char url[SETTINGS_URL_MAX + 1]; /* "" absent, "none", or http(s)://…/ */
    char status_post[SETTINGS_URL_MAX + 1]; /* "" absent, "none", or http(s)://… */
    char window[SETTINGS_WINDOW];   /* "" absent, "always", or 20:00-06:00[,…] */
};

/* Nothing set but the names: serial 1, epoch 1, empty channel. */
struct settings settings_none(void);

enum err settings_parse(struct slice text, struct settings *ret_settings) MUST_USE;
/* Checked by parsing again: what we write is what we accept. */
enum err settings_write(const struct settings *s, struct buf *ret_text) MUST_USE;

/* A file cut into its text and its signatures. ERR_LIMIT, ERR_FORMAT. */
enum err settings_split(struct slice file, struct slice *ret_text,
                        struct slice *ret_signatures) MUST_USE;

/* The whole way: split, signatures by the office threshold of the newest root over the raw text,
 * and only then parsing; then product, channel and an epoch that is not above the root's. Reasons:
 * REJECT_NOT_PACKAGE, REJECT_OVERSIZED, REJECT_SIGNATURE, REJECT_UNSIGNED, REJECT_KEY_UNKNOWN,
 * REJECT_OFFICE_MISSING, REJECT_MANIFEST, REJECT_CHANNEL, REJECT_EPOCH. */
enum reject settings_open(const struct trust *t, struct slice file,
                          struct settings *ret_settings) MUST_USE;
