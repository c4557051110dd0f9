/* Two dumb buffers and page flips. Guarantees: the panel never shows a buffer that is being written
 * to, unless the driver knows no flips; only damage is copied (that of two frames, since the
 * buffers take turns); the mode is set with the first frame, so that what stood on the panel before
 * stays until then. No hardware cursor, no planes, no colour management. */
#include "kiosk/scanout.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "kiosk/platform.h"

#define CARDS_MAX 8
#define FLIP_MS 200 /* a flip that takes longer is lost */

struct buffer {
    uint32_t handle, id;
    uint32_t *px;
    uint64_t bytes;
    int32_t stride;                         /* px */
    struct rect stale[PLATFORM_DAMAGE_MAX]; /* of the canvas: newer on the other buffer */
    size_t stale_count;
    bool stale_all;
};

struct scanout {
    int fd;
    bool master;
    uint32_t connector, crtc;
    drmModeModeInfo mode;
    enum turn turn;
    struct buffer buffers[2];
    int front;        /* of buffers: what the panel shows or is about to show */
    bool mode_set;    /* the panel shows our buffer */
    bool single;      /* no flips: buffers[0] is written while it is shown */
    bool flip_waited; /* a flip is under way */
};

/* --- buffers --- */

static void buffer_free(int fd, struct buffer *b)
{
    if (b->px) {
        munmap(b->px, b->bytes);
    }
    if (b->id) {
        drmModeRmFB(fd, b->id);
    }
    if (b->handle) {
        (void)drmModeDestroyDumbBuffer(fd, b->handle);
    }
    *b = (struct buffer){.stale_all = true};
}

static enum err buffer_make(int fd, struct size size, struct buffer *b)
{
    uint32_t pitch;
    uint64_t offset;
    uint32_t w = (uint32_t)size.w;
    uint32_t h = (uint32_t)size.h;
    *b = (struct buffer){.stale_all = true};
    if (drmModeCreateDumbBuffer(fd, w, h, 32, 0, &b->handle, &pitch, &b->bytes) != 0) {
        return err_of_errno(errno);
    }
    b->stride = (int32_t)(pitch / sizeof *b->px);
    if (drmModeAddFB(fd, w, h, 24, 32, pitch, b->handle, &b->id) != 0 ||
        drmModeMapDumbBuffer(fd, b->handle, &offset) != 0) {
        return err_of_errno(errno);
    }
    void *px = mmap(NULL, b->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
    if (px == MAP_FAILED) {
        return err_of_errno(errno);
    }
    b->px = px;
    return ERR_OK;
}

static void buffers_free(struct scanout *s)
{
    buffer_free(s->fd, &s->buffers[0]);
    buffer_free(s->fd, &s->buffers[1]);
    s->mode_set = false;
    s->flip_waited = false;
}

static enum err buffers_make(struct scanout *s)
{
    s->front = 0;
    enum err e = buffer_make(s->fd, scanout_size(s), &s->buffers[0]);
    if (e == ERR_OK) {
        e = buffer_make(s->fd, scanout_size(s), &s->buffers[1]);
    }
    if (e != ERR_OK) {
        buffers_free(s);
    }
    return e;
}

/* --- what is connected
 * ------------------------------------------------------------------------------ */

static const drmModeModeInfo *mode_choose(const drmModeConnector *c)
{
    const drmModeModeInfo *best = NULL;
    for (int i = 0; i < c->count_modes; i++) {
        const drmModeModeInfo *m = &c->modes[i];
        if (m->type & DRM_MODE_TYPE_USERDEF) {
            return m;
        }
        if (best == NULL || (m->type & ~best->type & DRM_MODE_TYPE_PREFERRED)) {
            best = m;
        }
    }
    return best;
}

/* The controller that drives the connector now, else the first that can; 0: none. */
static uint32_t crtc_choose(int fd, const drmModeRes *res, const drmModeConnector *c)
{
    uint32_t found = 0;
    drmModeEncoder *now = c->encoder_id ? drmModeGetEncoder(fd, c->encoder_id) : NULL;
    if (now) {
        found = now->crtc_id;
        drmModeFreeEncoder(now);
    }
    for (int i = 0; i < c->count_encoders && found == 0; i++) {
        drmModeEncoder *e = drmModeGetEncoder(fd, c->encoders[i]);
        for (int k = 0; e && k < res->count_crtcs && found == 0; k++) {
            found = e->possible_crtcs >> k & 1 ? res->crtcs[k] : 0;
        }
        drmModeFreeEncoder(e);
    }
    return found;
}

static enum turn turn_of(int fd, const drmModeConnector *c)
{
    static const struct {
        const char *name;
        enum turn turn;
    } names[] = {
        {"Upside Down", TURN_HALF}, {"Left Side Up", TURN_LEFT}, {"Right Side Up", TURN_RIGHT}};
    enum turn turn = TURN_NONE;
    for (int i = 0; i < c->count_props; i++) {
        drmModePropertyRes *p = drmModeGetProperty(fd, c->props[i]);
        bool is_it = p && strcmp(p->name, "panel orientation") == 0;
        for (int k = 0; is_it && k < p->count_enums; k++) {
            for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
                if (p->enums[k].value == c->prop_values[i] &&
                    strcmp(p->enums[k].name, names[n].name) == 0) {
                    turn = names[n].turn;
                }
            }
        }
        drmModeFreeProperty(p);
    }
    return turn;
}

/* Fills connector, crtc, mode and turn; false, and nothing changed: no panel on this card. */
static bool panel_find(struct scanout *s)
{
    drmModeRes *res = drmModeGetResources(s->fd);
    bool found = false;
    for (int i = 0; res && i < res->count_connectors && !found; i++) {
        drmModeConnector *c = drmModeGetConnector(s->fd, res->connectors[i]);
        const drmModeModeInfo *mode =
            c && c->connection == DRM_MODE_CONNECTED ? mode_choose(c) : NULL;
        uint32_t crtc = mode ? crtc_choose(s->fd, res, c) : 0;
        if (crtc) {
            s->connector = c->connector_id;
            s->crtc = crtc;
            s->mode = *mode;
            s->turn = turn_of(s->fd, c);
            found = true;
        }
        drmModeFreeConnector(c);
    }
    drmModeFreeResources(res);
    return found;
}

/* --- frames --- */

static void flip_done(int fd, unsigned frame, unsigned s, unsigned us, void *user)
{
    struct scanout *scanout = user;
    (void)fd;
    (void)frame;
    (void)s;
    (void)us;
    scanout->flip_waited = false;
}

/* False: the flip that is under way did not come to an end. */
static bool flip_wait(struct scanout *s)
{
    drmEventContext context = {.version = 2, .page_flip_handler = flip_done};
    while (s->flip_waited) {
        struct pollfd p = {.fd = s->fd, .events = POLLIN};
        int n = poll(&p, 1, FLIP_MS);
        if (n == 0 || (n < 0 && errno != EINTR) ||
            (n > 0 && drmHandleEvent(s->fd, &context) != 0)) {
            s->flip_waited = false;
            return false;
        }
    }
    return true;
}

static void copy_rects(struct buffer *to, const struct canvas *canvas, enum turn turn,
                       const struct rect *rects, size_t n)
{
    const struct rect all = {0, 0, canvas->w, canvas->h};
    for (size_t i = 0; i < n; i++) {
        struct rect r = rect_intersect(rects[i], all);
        if (!rect_empty(r)) {
            turn_copy(turn, canvas, r, to->px, to->stride);
        }
    }
}

/* What changed goes into the buffer, with what changed while it was not the one written to. */
static void buffer_fill(struct buffer *to, const struct canvas *canvas, enum turn turn,
                        const struct rect *damage, size_t n)
{
    const struct rect all = {0, 0, canvas->w, canvas->h};
    if (to->stale_all) {
        copy_rects(to, canvas, turn, &all, 1);
    } else {
        copy_rects(to, canvas, turn, to->stale, to->stale_count);
        copy_rects(to, canvas, turn, damage, n);
    }
    to->stale_all = false;
    to->stale_count = 0;
}

static void buffer_miss(struct buffer *other, const struct rect *damage, size_t n)
{
    if (other->stale_count + n > PLATFORM_DAMAGE_MAX) {
        other->stale_all = true;
    } else if (n > 0) {
        memcpy(other->stale + other->stale_count, damage, n * sizeof *damage);
        other->stale_count += n;
    }
}

/* Drivers that copy the buffer elsewhere (USB, SPI, virtual machines) are told where to look; the
 * others refuse, which is well. */
static void tell_dirty(struct scanout *s, const struct canvas *canvas, enum turn turn,
                       const struct rect *damage, size_t n)
{
    drmModeClip clips[PLATFORM_DAMAGE_MAX];
    for (size_t i = 0; i < n; i++) {
        const struct size size = {canvas->w, canvas->h};
        struct rect r = rect_intersect(damage[i], (struct rect){0, 0, size.w, size.h});
        r = turn_rect(turn, size, r);
        clips[i] = (drmModeClip){(uint16_t)r.x, (uint16_t)r.y, (uint16_t)(r.x + r.w),
                                 (uint16_t)(r.y + r.h)};
    }
    (void)drmModeDirtyFB(s->fd, s->buffers[s->front].id, clips, (uint32_t)n);
}

static enum err show_first(struct scanout *s, const struct canvas *canvas, enum turn turn)
{
    const struct rect all = {0, 0, canvas->w, canvas->h};
    enum err e = s->buffers[0].px ? ERR_OK : buffers_make(s);
    if (e != ERR_OK) {
        return e;
    }
    struct buffer *to = &s->buffers[s->front];
    to->stale_all = true;
    buffer_fill(to, canvas, turn, &all, 1);
    if (drmModeSetCrtc(s->fd, s->crtc, to->id, 0, 0, &s->connector, 1, &s->mode) != 0) {
        return ERR_IO;
    }
    s->buffers[!s->front].stale_all = true;
    s->mode_set = true;
    s->single = false;
    tell_dirty(s, canvas, turn, &all, 1);
    return ERR_OK;
}

static enum err show_single(struct scanout *s, const struct canvas *canvas, enum turn turn,
                            const struct rect *damage, size_t n)
{
    buffer_fill(&s->buffers[s->front], canvas, turn, damage, n);
    tell_dirty(s, canvas, turn, damage, n);
    return ERR_OK;
}

enum err scanout_show(struct scanout *s, const struct canvas *canvas, enum turn turn,
                      const struct rect *damage, size_t n)
{
    const struct size fitting = turn_size(turn, scanout_size(s));
    if (!s->master) {
        return ERR_OK;
    }
    if (canvas->w != fitting.w || canvas->h != fitting.h) {
        return ERR_IO;
    }
    if (!s->mode_set) {
        return show_first(s, canvas, turn);
    }
    if (s->single) {
        return show_single(s, canvas, turn, damage, n);
    }
    if (!flip_wait(s)) {
        return ERR_IO;
    }
    int back = !s->front;
    buffer_fill(&s->buffers[back], canvas, turn, damage, n);
    buffer_miss(&s->buffers[s->front], damage, n);
    if (drmModePageFlip(s->fd, s->crtc, s->buffers[back].id, DRM_MODE_PAGE_FLIP_EVENT, s) == 0) {
        s->flip_waited = true;
        s->front = back;
        return ERR_OK;
    }
    s->single = errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
    return s->single ? show_single(s, canvas, turn, damage, n) : ERR_IO;
}

/* --- life --- */

struct size scanout_size(const struct scanout *s)
{
    return (struct size){s->mode.hdisplay, s->mode.vdisplay};
}

enum turn scanout_turn(const struct scanout *s)
{
    return s->turn;
}

void scanout_refresh(struct scanout *s)
{
    struct size old = scanout_size(s);
    (void)flip_wait(s);
    if (!panel_find(s)) {
        return;
    }
    s->mode_set = false;
    struct size size = scanout_size(s);
    if (size.w != old.w || size.h != old.h) {
        buffers_free(s);
    }
}

void scanout_release(struct scanout *s)
{
    (void)flip_wait(s);
    s->master = false;
    (void)drmDropMaster(s->fd);
}

enum err scanout_acquire(struct scanout *s)
{
    if (drmSetMaster(s->fd) != 0) {
        return ERR_BUSY;
    }
    s->master = true;
    s->mode_set = false;
    return ERR_OK;
}

/* ERR_MISSING: not a card with a panel. */
static enum err card_open(const char *path, struct scanout *s)
{
    uint64_t dumb = 0;
    s->fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (s->fd < 0) {
        return errno == EACCES || errno == EPERM ? ERR_DENIED : ERR_MISSING;
    }
    if (drmGetCap(s->fd, DRM_CAP_DUMB_BUFFER, &dumb) != 0 || !dumb || !panel_find(s)) {
        return ERR_MISSING;
    }
    /* Opening an unused card makes us its master; this says whether it did. */
    if (drmSetMaster(s->fd) != 0) {
        return ERR_BUSY;
    }
    s->master = true;
    return buffers_make(s);
}

enum err scanout_create(const char *folder, char *ret_reason, size_t reason_size,
                        struct scanout **ret_scanout)
{
    static const char *const words[ERR_COUNT] = {[ERR_MISSING] = "no connected panel",
                                                 [ERR_DENIED] = "no right to open the card",
                                                 [ERR_BUSY] = "another program has the panel"};
    struct scanout *s = calloc(1, sizeof *s);
    enum err worst = ERR_MISSING;
    if (s == NULL) {
        return ERR_NOMEM;
    }
    for (int i = 0; i < CARDS_MAX; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/card%d", folder, i);
        *s = (struct scanout){.fd = -1};
        enum err e = card_open(path, s);
        if (e == ERR_OK) {
            *ret_scanout = s;
            return ERR_OK;
        }
        worst = e == ERR_MISSING ? worst : e;
        if (s->fd >= 0) {
            close(s->fd);
        }
    }
    if (ret_reason && reason_size > 0) {
        (void)snprintf(ret_reason, reason_size, "%s: %s", folder,
                       words[worst] ? words[worst] : err_name(worst));
    }
    free(s);
    return worst;
}

void scanout_destroy(struct scanout *s)
{
    if (s == NULL) {
        return;
    }
    (void)flip_wait(s);
    buffers_free(s);
    close(s->fd);
    free(s);
}
