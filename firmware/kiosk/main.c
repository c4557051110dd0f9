/* gongkai-kiosk: the screens of the terminal. Opens the edition, the panel and the fonts, then
 * sleeps until something happens. */
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "kiosk/app.h"
#include "kiosk/driver.h"
#include "kiosk/options.h"
#include "kiosk/platform.h"
#include "kiosk/source.h"
#include "kiosk/staff_link.h"
#include "store/time_floor.h"

/* The only mutable state outside main's frame: what a signal handler may touch. */
static struct platform *signal_platform;
static volatile sig_atomic_t signal_quit;

struct kiosk {
    struct options options;
    struct log log;
    struct clock clock;
    struct platform *platform;
    struct app *app;
    struct source *source;
    int watched_fd;
    char fonts[PATH_MAX], input[PATH_MAX];
};

static void on_signal(int number)
{
    (void)number;
    signal_quit = 1;
    if (signal_platform) {
        platform_post_wake(signal_platform);
    }
}

/* fonts/ and input/ lie beside the program's folder (a build), or where the package puts them. */
static bool find_data(struct kiosk *k)
{
    char base[PATH_MAX - 16];
    if (k->options.data) {
        (void)snprintf(base, sizeof base, "%s", k->options.data);
    } else {
        char exe[PATH_MAX];
        ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
        exe[n > 0 ? n : 0] = '\0';
        for (int up = 0; up < 2; up++) {
            char *slash = strrchr(exe, '/');
            if (slash) {
                *slash = '\0';
            }
        }
        (void)snprintf(base, sizeof base, "%.*s", (int)(sizeof base - 1), exe);
    }
    (void)snprintf(k->fonts, sizeof k->fonts, "%s/fonts", base);
    if (!path_exists(k->fonts) && k->options.data == NULL) {
        (void)snprintf(base, sizeof base, "/usr/share/gongkai");
        (void)snprintf(k->fonts, sizeof k->fonts, "%s/fonts", base);
    }
    (void)snprintf(k->input, sizeof k->input, "%s/input", base);
    return path_exists(k->fonts);
}

/* --- editions --- */

static void write_status(struct kiosk *k, const struct edition_status *st)
{
    char path[PATH_MAX];
    struct buf text = {0};
    struct json j;
    if (k->options.state == NULL ||
        snprintf(path, sizeof path, "%s/status.json", k->options.state) >= (int)sizeof path) {
        return;
    }
    json_init(&j, &text);
    json_open(&j, '{');
    json_key(&j, "program");
    json_cstr(&j, "gongkai-kiosk " GONGKAI_VERSION);
    json_key(&j, "epoch");
    json_int(&j, (int64_t)st->epoch);
    json_key(&j, "edition");
    json_int(&j, (int64_t)st->number);
    json_key(&j, "fallback");
    json_bool(&j, st->fallback);
    json_key(&j, "note");
    json_cstr(&j, st->note);
    json_key(&j, "since");
    json_int(&j, clock_wall_s(&k->clock));
    json_close(&j, '}');
    buf_append_byte(&text, '\n');
    enum err e = buf_status(&text);
    if (e == ERR_OK) {
        e = file_replace(path, buf_slice(&text), 0644);
    }
    if (e != ERR_OK) {
        log_line(&k->log, LOG_LEVEL_WARN, "%s：%s", path, err_sentence(e));
    }
    buf_finish(&text);
}

static enum err show_edition(struct kiosk *k)
{
    struct edition *edition;
    struct edition_status status;
    enum err e = source_open(k->source, &edition, &status);
    if (e != ERR_OK) {
        return e;
    }
    log_line(&k->log, LOG_LEVEL_INFO, "显示第 %llu 期%s%s", (unsigned long long)status.number,
             status.note[0] ? "：" : "", status.note);
    write_status(k, &status);
    terminal_take_edition(k->app->terminal, edition, &status);
    return ERR_OK;
}

/* A page of the edition turned out damaged: the next of the chain takes its place at once. */
static bool replace_damaged(struct kiosk *k)
{
    log_line(&k->log, LOG_LEVEL_ERROR, "内容库损坏，改用备用的一期");
    source_failed(k->source, "corrupt");
    return show_edition(k) == ERR_OK;
}

static void watch_source(struct kiosk *k)
{
    int fd = source_fd(k->source);
    if (fd == k->watched_fd) {
        return;
    }
    if (k->watched_fd >= 0) {
        platform_unwatch(k->platform, k->watched_fd);
    }
    k->watched_fd = fd >= 0 && platform_watch(k->platform, fd, POLLIN) == ERR_OK ? fd : -1;
}

/* --- staff --- */

static void hear(void *user, const struct link_message *m)
{
    struct kiosk *k = user;
    if (m == NULL) {
        staff_disconnected(k->app->terminal);
    } else {
        staff_link_hear(k->app->terminal, m);
    }
}

/* What the staff asked for since goes to syncd. When it cannot, the link is gone, which the staff
 * are told. */
static void send_requests(struct kiosk *k)
{
    struct staff_request r;
    while (staff_next_request(k->app->terminal->staff, &r)) {
        struct link_message m;
        staff_link_say(&r, &m);
        enum err e = source_send(k->source, &m);
        if (e != ERR_OK && k->options.edition == NULL && k->app->terminal->staff->model.linked) {
            staff_disconnected(k->app->terminal);
        }
        explicit_bzero(&m, sizeof m);
        explicit_bzero(&r, sizeof r);
    }
}

/* Looks for news from syncd and takes a new edition; true when one was taken. */
static bool follow_source(struct kiosk *k)
{
    bool news = source_poll(k->source, clock_ms(&k->clock));
    watch_source(k);
    if (news && show_edition(k) != ERR_OK) {
        log_line(&k->log, LOG_LEVEL_ERROR, "没有一期内容能打开，继续显示原来的内容");
        news = false;
    }
    return news;
}

/* Damage found while a frame was built: true when another edition took its place, so that the frame
 * is not to be presented. When nothing else opens, what can be read is shown on. */
static bool mend(struct kiosk *k)
{
    struct terminal *t = k->app->terminal;
    if (!t->damaged) {
        return false;
    }
    if (replace_damaged(k)) {
        app_repaint(k->app);
        return true;
    }
    t->damaged = false;
    return false;
}

/* What is on the panel is confirmed. */
static void after_frame(struct kiosk *k)
{
    struct terminal *t = k->app->terminal;
    send_requests(k);
    if (t->waiting == NULL && t->edition) {
        source_drawn(k->source);
    }
}

/* --- the loop
 * ---------------------------------------------------------------------------------------- */

static void handle_text(struct kiosk *k, const char *text)
{
    if (strcmp(text, " ") == 0) {
        (void)app_key(k->app, "Enter");
    }
}

/* No desktop is running, and none was asked for. */
static bool is_bare(const struct options *o)
{
    return !o->headless && !o->windowed && !o->sized && getenv("DISPLAY") == NULL &&
           getenv("WAYLAND_DISPLAY") == NULL && getenv("SDL_VIDEODRIVER") == NULL;
}

/* Draws on the platform's canvas from now on, which may be of another size: another panel, another
 * mode, the window. False: there is none at the moment. */
static bool take_canvas(struct kiosk *k)
{
    struct canvas canvas;
    const struct canvas *old = &k->app->canvas;
    if (platform_lock(k->platform, &canvas) != ERR_OK) {
        return false;
    }
    if (canvas.w != old->w || canvas.h != old->h) {
        enum err e = app_set_panel(k->app, options_panel(&k->options, canvas.w, canvas.h));
        log_line(&k->log, e == ERR_OK ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "画面大小改为 %d×%d%s%s",
                 canvas.w, canvas.h, e == ERR_OK ? "" : "：", e == ERR_OK ? "" : err_sentence(e));
    }
    k->app->canvas = canvas;
    return true;
}

static bool handle(struct kiosk *k, const struct platform_event *e)
{
    switch (e->kind) {
    case EVENT_TOUCH_DOWN:
        app_touch_event(k->app, APP_TOUCH_DOWN, e->finger, e->x, e->y);
        break;
    case EVENT_TOUCH_MOVE:
        app_touch_event(k->app, APP_TOUCH_MOVE, e->finger, e->x, e->y);
        break;
    case EVENT_TOUCH_UP:
        app_touch_event(k->app, APP_TOUCH_UP, e->finger, e->x, e->y);
        break;
    case EVENT_TOUCH_CANCEL:
        touch_cancel(&k->app->touch, &k->app->ui);
        break;
    case EVENT_WHEEL:
        app_wheel(k->app, e->x, e->y, (float)-e->dy);
        break;
    case EVENT_KEY:
        (void)app_key(k->app, platform_key_name(e->key));
        break;
    case EVENT_TEXT:
        handle_text(k, e->text);
        break;
    case EVENT_EXPOSE:
    case EVENT_RESIZE:
        (void)take_canvas(k);
        app_repaint(k->app);
        break;
    case EVENT_QUIT:
        return false;
    case EVENT_WAKE:
    case EVENT_FD:
        break;
    }
    return true;
}

static int32_t sooner(int32_t a, int32_t b)
{
    return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

static void draw(struct kiosk *k, int32_t *ret_next_ms)
{
    struct rect damage[16];
    if (!take_canvas(k)) {
        *ret_next_ms = 100;
        return;
    }
    size_t n = app_frame(k->app, damage, ret_next_ms);
    if (mend(k)) {
        *ret_next_ms = 0;
        return;
    }
    if (n > 0 && platform_present(k->platform, damage, n) != ERR_OK) {
        app_repaint(k->app);
    }
    after_frame(k);
}

static int loop(struct kiosk *k)
{
    bool going = true;
    while (going && !signal_quit) {
        struct platform_event events[64];
        int32_t next;
        draw(k, &next);
        if (k->app->terminal->dirty) {
            next = 0;
        }
        next = sooner(next, source_next_ms(k->source, clock_ms(&k->clock)));
        size_t n = platform_wait(k->platform, next, events, sizeof events / sizeof events[0]);
        for (size_t i = 0; i < n && going; i++) {
            going = handle(k, &events[i]);
        }
        (void)follow_source(k);
    }
    return 0;
}

/* --- driven --- */

static void driven_presented(void *user, const struct rect *damage, size_t n)
{
    struct kiosk *k = user;
    if (mend(k)) {
        return;
    }
    if (n > 0) {
        (void)!platform_present(k->platform, damage, n);
    }
    after_frame(k);
}

static bool driven_poll(void *user, int timeout_ms)
{
    struct kiosk *k = user;
    if (timeout_ms > 0) {
        struct pollfd p = {.fd = source_fd(k->source), .events = POLLIN};
        (void)poll(&p, p.fd >= 0 ? 1 : 0, timeout_ms);
    }
    bool news = source_poll(k->source, clock_ms(&k->clock));
    return news && show_edition(k) == ERR_OK;
}

static bool driven_resize(void *user, int32_t width, int32_t height)
{
    struct kiosk *k = user;
    struct platform_event said;
    if (!k->options.headless || platform_headless_resize(k->platform, width, height) != ERR_OK) {
        return false;
    }
    (void)platform_wait(k->platform, 0, &said, 1);
    return take_canvas(k);
}

static bool driven_hear(void *user, struct slice line)
{
    struct link_message m;
    if (link_parse(line, &m) != ERR_OK) {
        return false;
    }
    hear(user, &m);
    return true;
}

static int drive(struct kiosk *k)
{
    const struct driver_host host = {k, driven_presented, driven_poll, driven_hear, driven_resize};
    bool standard = strcmp(k->options.drive, "-") == 0;
    struct driver d = {
        .app = k->app, .clock = &k->clock, .host = &host, .in = stdin, .out = stdout};
    if (!standard && (d.in = fopen(k->options.drive, "re")) == NULL) {
        (void)fprintf(stderr, "gongkai-kiosk：打不开脚本 %s，请检查路径。\n", k->options.drive);
        return 2;
    }
    int result = driver_run(&d);
    if (!standard) {
        (void)fclose(d.in);
    }
    return result;
}

/* --- start --- */

static enum err open_platform(struct kiosk *k)
{
    char reason[256] = "";
    const struct options *o = &k->options;
    const struct platform_config config = {.width = o->panel.width_px,
                                           .height = o->panel.height_px,
                                           .fullscreen = !o->windowed && !o->sized,
                                           .title = "政府信息公开",
                                           .turn_given = o->turn_given,
                                           .turn = o->turn};
    enum err e;
    if (o->headless) {
        e = platform_headless_create(o->panel.width_px, o->panel.height_px, &k->platform);
    } else if (is_bare(o)) {
        e = platform_drm_create(&config, reason, sizeof reason, &k->platform);
    } else {
        e = platform_sdl_create(&config, reason, sizeof reason, &k->platform);
    }
    if (e == ERR_MISSING) {
        (void)fprintf(stderr,
                      "gongkai-kiosk：没有显示器可用（%s）。请接好屏幕，或用 --headless --drive "
                      "脚本 在内存中运行。\n",
                      reason);
    } else if (e != ERR_OK) {
        (void)fprintf(stderr, "gongkai-kiosk：不能打开窗口（%s）。请检查显示驱动。\n", reason);
    }
    return e;
}

static enum err open_app(struct kiosk *k)
{
    struct canvas canvas;
    enum err e = platform_lock(k->platform, &canvas);
    if (e != ERR_OK) {
        return e;
    }
    struct app_options a = {options_panel(&k->options, canvas.w, canvas.h), k->options.config,
                            k->fonts, k->input};
    e = app_create(&k->clock, &a, &k->app);
    if (e == ERR_OK) {
        app_set_canvas(k->app, &canvas);
    } else {
        (void)fprintf(stderr, "gongkai-kiosk：%s 中的字体打不开：%s\n", k->fonts, err_sentence(e));
    }
    return e;
}

static enum err open_source(struct kiosk *k)
{
    enum err e = k->options.edition
                     ? source_of_file(k->options.edition, &k->source)
                     : source_of_store(k->options.store, k->options.factory, &k->source);
    if (e != ERR_OK) {
        return e;
    }
    source_listen(k->source, hear, k);
    (void)source_poll(k->source, clock_ms(&k->clock));
    e = show_edition(k);
    if (e != ERR_OK) {
        const char *where = k->options.edition ? k->options.edition : k->options.store;
        (void)fprintf(stderr, "gongkai-kiosk：%s 中没有能显示的内容：%s\n", where, err_sentence(e));
    }
    return e;
}

static void install_signals(struct kiosk *k)
{
    struct sigaction quit = {.sa_handler = on_signal};
    signal_platform = k->platform;
    (void)sigaction(SIGTERM, &quit, NULL);
    (void)sigaction(SIGINT, &quit, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

/* A board without a battery may wake up in 1970: the content knows better. */
static void set_time_floor(struct kiosk *k)
{
    int64_t floor_s = k->options.store ? time_floor_read(k->options.store) : 0;
    if (!k->options.drive && floor_s < TIME_FLOOR_PROGRAM_S) {
        floor_s = TIME_FLOOR_PROGRAM_S;
    }
    k->clock.floor_s = floor_s;
}

int main(int argc, char **argv)
{
    static struct kiosk k;
    int result = 2;
    k.log = (struct log){"gongkai-kiosk", LOG_LEVEL_INFO};
    k.watched_fd = -1;
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    int parsed = options_parse(argc, argv, &k.options);
    if (parsed != 0) {
        return parsed == 1 ? 0 : 2;
    }
    k.clock = k.options.drive ? clock_virtual(k.options.now_s) : clock_system();
    set_time_floor(&k);
    if (!find_data(&k)) {
        (void)fprintf(stderr,
                      "gongkai-kiosk：找不到字体（%s）。请先运行 make，或用 --data 指明目录。\n",
                      k.fonts);
        return 2;
    }
    if (open_platform(&k) != ERR_OK || open_app(&k) != ERR_OK || open_source(&k) != ERR_OK) {
        goto out;
    }
    install_signals(&k);
    watch_source(&k);
    result = k.options.drive ? drive(&k) : loop(&k);
out:
    signal_platform = NULL;
    source_close(k.source);
    app_destroy(k.app);
    platform_destroy(k.platform);
    return result;
}
