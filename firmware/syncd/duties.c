/* The table of duties and the loop over it. A duty that does not open leaves the others alone. */
#include "syncd/duties.h"

#include "syncd/export.h"
#include "syncd/heal.h"
#include "syncd/https.h"
#include "syncd/inside.h"
#include "syncd/keys_in_duty.h"
#include "syncd/post.h"
#include "syncd/status_duty.h"
#include "syncd/preview.h"
#include "syncd/stick.h"

/* The order of enum duty_id; the last entry only marks the end. */
static const struct duty duties[DUTY_COUNT + 1] = {
    [DUTY_KEYS] = {"keys", keys_in_duty_open, keys_in_duty_step, NULL, keys_in_duty_due_ms,
                   keys_in_duty_close},
    [DUTY_HEAL] = {"heal", heal_open, heal_step, NULL, heal_due_ms, heal_close},
    [DUTY_STICK] = {"stick", stick_open, stick_step, stick_poll_fds, stick_due_ms, stick_close},
    [DUTY_EXPORT] = {"export", export_open, export_step, NULL, export_due_ms, export_close},
    [DUTY_PREVIEW] = {"preview", preview_open, preview_step, preview_poll_fds, NULL, preview_close},
    [DUTY_HTTPS] = {"https", https_open, https_step, https_poll_fds, https_due_ms, https_close},
    [DUTY_POST] = {"post", post_open, post_step, post_poll_fds, post_due_ms, post_close},
    [DUTY_STATUS] = {"status", status_open, status_step, NULL, status_due_ms, status_close},
    [DUTY_COUNT] = {.name = NULL},
};

void duties_open(struct daemon *d)
{
    for (size_t i = 0; duties[i].name; i++) {
        enum err e = d->duty[i] ? ERR_OK : duties[i].open(d, &d->duty[i]);
        if (e != ERR_OK) {
            log_line(d->o->log, LOG_LEVEL_ERROR, "%s：不能开始：%s", duties[i].name,
                     err_sentence(e));
        }
    }
}

enum install_pace duties_step(struct daemon *d, int64_t now_ms)
{
    enum install_pace pace = INSTALL_AT_REST;
    for (size_t i = 0; duties[i].name; i++) {
        enum install_pace p = d->duty[i] ? duties[i].step(d->duty[i], now_ms) : INSTALL_AT_REST;
        pace = p < pace ? p : pace;
    }
    return pace;
}

size_t duties_poll_fds(const struct daemon *d, struct pollfd *fds, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; duties[i].name && n + DUTY_FDS <= room; i++) {
        if (d->duty[i] && duties[i].poll_fds) {
            n += duties[i].poll_fds(d->duty[i], fds + n);
        }
    }
    return n;
}

int64_t duties_due_ms(const struct daemon *d, int64_t now_ms)
{
    int64_t due = -1;
    for (size_t i = 0; duties[i].name; i++) {
        int64_t wait = d->duty[i] && duties[i].due_ms ? duties[i].due_ms(d->duty[i], now_ms) : -1;
        if (wait >= 0 && (due < 0 || wait < due)) {
            due = wait;
        }
    }
    return due;
}

void duties_close(struct daemon *d)
{
    for (size_t i = DUTY_COUNT; i-- > 0;) {
        if (d->duty[i]) {
            duties[i].close(d->duty[i]);
            d->duty[i] = NULL;
        }
    }
}
