/* Keys and settings in the life of the daemon. Guarantees that what is in force follows what is
 * stored: after every arrival the settings are read from the disk again, signatures and all. */
#include "syncd/keys_in_duty.h"

#include <stdlib.h>
#include <string.h>

#include "syncd/inside.h"
#include "syncd/pin.h"
#include "syncd/tell.h"

/* How often a package waits for a root or settings that could not be read or stored: a file that
 * never can be does not hold the others up. */
#define PACKAGE_WAITS 3u

struct keys_in_duty {
    struct daemon *daemon;
    enum err last_problem;
    unsigned waits;  /* for a package, in a row */
    int64_t look_ms; /* when to look into the drop folder next; at once after opening */
    struct arrivals last;
};

/* The ini file, then the signed settings over it. */
static void settings_enforce(struct daemon *d)
{
    struct settings s = settings_none();
    bool found = false;
    if (settings_in_load(d->o->root, &found, &s) != ERR_OK) {
        return; /* no memory: what was in force stays */
    }
    d->config = *d->base_config;
    if (found) {
        settings_apply(&s, &d->config);
    }
    if (d->pin) {
        pin_use(d->pin, found ? s.pin : "");
    }
    if (d->drop) {
        drop_set_limits(d->drop,
                        &(struct drop_limits){.settle_ms = d->config.settle_ms,
                                              .max_files = (size_t)d->config.drop_max_files,
                                              .max_bytes = (uint64_t)d->config.drop_max_mib << 20});
    }
}

/* From the copies, and to them. */
static void keys_heal(struct daemon *d)
{
    struct arrivals arrivals = {0};
    enum err e = keys_in_heal(d->o->root, &arrivals.keys);
    if (e != ERR_OK && e != ERR_MISSING) {
        log_line(d->o->log, LOG_LEVEL_WARN, "信任文件没有能够备份：%s", err_sentence(e));
    }
    if (arrivals.keys.added > 0) {
        keys_in_arrived(d, &arrivals);
    }
}

/* A package that was found good under the old keys is not applied under the new ones. */
void keys_in_arrived(struct daemon *d, const struct arrivals *arrivals)
{
    const struct edition_id none = {0, 0};
    const struct keys_in_result *keys = &arrivals->keys;
    const struct settings_in_result *settings = &arrivals->settings;
    if (keys->sentence[0] != '\0') {
        tell_event(d, keys->added > 0 ? HISTORY_KEYS : HISTORY_KEYS_REFUSED, none, keys->sentence);
    }
    if (settings->sentence[0] != '\0') {
        tell_event(d, settings->taken ? HISTORY_SETTINGS : HISTORY_SETTINGS_REFUSED, none,
                   settings->sentence);
    }
    if (keys->added > 0 && d->install && install_reject(d->install) == ERR_OK) {
        log_line(d->o->log, LOG_LEVEL_WARN, "密钥已更换，已停止按旧密钥进行的更新；请重新导入。");
    }
    if (keys->added > 0 || settings->taken) {
        settings_enforce(d);
    }
    if (keys->added > 0) {
        keys_heal(d);
    }
}

enum err keys_in_duty_open(struct daemon *d, void **ret_self)
{
    struct keys_in_duty *k = calloc(1, sizeof *k);
    enum err e = k == NULL ? ERR_NOMEM : ERR_OK;
    if (e == ERR_OK && d->pin == NULL) {
        e = pin_open(d->o->root, clock_ms(d->o->clock), &d->pin);
    }
    if (e != ERR_OK) {
        free(k);
        return e;
    }
    k->daemon = d;
    keys_heal(d);
    settings_enforce(d);
    *ret_self = k;
    return ERR_OK;
}

/* What was refused at the last look and could not be moved away is not told again. */
static struct arrivals untold(const struct arrivals *now, const struct arrivals *last)
{
    struct arrivals a = *now;
    if (last->stuck && a.keys.refused && strcmp(a.keys.sentence, last->keys.sentence) == 0) {
        a.keys.sentence[0] = '\0';
    }
    if (last->stuck && a.settings.refused &&
        strcmp(a.settings.sentence, last->settings.sentence) == 0) {
        a.settings.sentence[0] = '\0';
    }
    return a;
}

enum install_pace keys_in_duty_step(void *self, int64_t now_ms)
{
    struct keys_in_duty *k = self;
    struct arrivals arrivals = {0};
    if (now_ms < k->look_ms) {
        return INSTALL_AT_REST;
    }
    k->look_ms = now_ms + k->daemon->config.poll_s * 1000;
    enum err e = keys_in_drop(k->daemon->o->root, &arrivals);
    if (e == ERR_OK) {
        k->waits = 0;
        struct arrivals news = untold(&arrivals, &k->last);
        k->last = arrivals;
        keys_in_arrived(k->daemon, &news);
    } else if (e != k->last_problem && e != ERR_MISSING) {
        log_line(k->daemon->o->log, LOG_LEVEL_ERROR,
                 "收到的信任文件或终端配置没有能够保存，将自动重试：%s", err_sentence(e));
    }
    k->last_problem = e;
    return INSTALL_AT_REST;
}

bool keys_in_duty_look(struct daemon *d, int64_t now_ms)
{
    struct keys_in_duty *k = d->duty[DUTY_KEYS];
    if (k != NULL) {
        k->look_ms = now_ms;
        (void)keys_in_duty_step(k, now_ms);
    }
    enum err e = k != NULL ? k->last_problem : ERR_OK;
    bool may_pass = e != ERR_IO && e != ERR_NOMEM && e != ERR_NOSPACE && e != ERR_READONLY;
    if (k == NULL || may_pass || k->waits == PACKAGE_WAITS) {
        return true;
    }
    k->waits++;
    return false;
}

int64_t keys_in_duty_due_ms(const void *self, int64_t now_ms)
{
    const struct keys_in_duty *k = self;
    return k->look_ms > now_ms ? k->look_ms - now_ms : 0;
}

void keys_in_duty_close(void *self)
{
    struct keys_in_duty *k = self;
    pin_close(k->daemon->pin);
    k->daemon->pin = NULL;
    free(k);
}
