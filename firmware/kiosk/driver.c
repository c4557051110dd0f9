/* The scripted driver: technicians use it for acceptance, tests for everything. Touches go through
 * the same gesture machine as fingers. */
#include "kiosk/driver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "kiosk/driver_answers.h"

#define LINE_MAX_BYTES 65536
#define STEP_MS 16
#define IDLE_MAX_MS 20000

const char *driver_help(void)
{
    return "tap \"公开目录\"            点名称完全相同的可见节点；没有时点唯一包含该文字的节点\n"
           "tap 540 960               点坐标（像素）\n"
           "hold X Y MS               按住      swipe X1 Y1 X2 Y2 MS   滑动\n"
           "ink \"x,y x,y …; x,y …\"     在手写板上写，0..1 为手写板的宽高\n"
           "palm X Y | palm off       手掌搁在屏幕上不动；抬起（可与 ink 同用）\n"
           "key Tab|Enter|Up|…        外接键盘   type \"zfxx\"            点屏幕键盘的各键\n"
           "wait idle | wait 500      等到静止；等待的毫秒数（虚拟时间）\n"
           "wait edition 13 [MS]      等到屏幕显示第13期（真实时间，默认 10000 毫秒）\n"
           "expect \"文字\" | expect-not \"文字\"   某个可见节点的名称或文字包含它\n"
           "wait text \"文字\" [MS]      等到屏幕出现文字（真实时间，默认 10000 毫秒）\n"
           "staff 消息                当作 gongkai-syncd 发来的一行，例如 staff stick state=empty\n"
           "resize 宽 高              面板换成另一种大小（只用于 --headless）\n"
           "tree                      列出全部可见节点    text | text shown  全文（原文｜显示）\n"
           "shot 文件.png             截屏               perf [reset]       每帧真实用时\n";
}

static void frame(struct driver *d)
{
    struct rect damage[16];
    int32_t next;
    size_t n = app_frame(d->app, damage, &next);
    if (d->host) {
        d->host->presented(d->host->user, damage, n);
    }
}

static void pass(struct driver *d, int64_t ms)
{
    while (ms > 0) {
        int64_t step = ms < STEP_MS ? ms : STEP_MS;
        clock_advance(d->clock, step);
        ms -= step;
        frame(d);
    }
}

/* Long waits skip from one deadline to the next, so that a minute of nothing costs nothing. */
static void pass_long(struct driver *d, int64_t ms)
{
    while (ms > 0) {
        struct rect damage[16];
        int32_t next;
        size_t n = app_frame(d->app, damage, &next);
        if (d->host) {
            d->host->presented(d->host->user, damage, n);
        }
        int64_t step = next < 0 || next > ms ? ms : next < 1 ? 1 : next;
        clock_advance(d->clock, step);
        ms -= step;
    }
    frame(d);
}

static void touch(struct driver *d, enum app_touch kind, int32_t x, int32_t y)
{
    app_touch_event(d->app, kind, 0, x, y);
    frame(d);
}

static void tap_at(struct driver *d, int32_t x, int32_t y)
{
    touch(d, APP_TOUCH_DOWN, x, y);
    pass(d, 48);
    touch(d, APP_TOUCH_UP, x, y);
}

/* --- words of a line
 * ------------------------------------------------------------------------------ */

static bool next_word(struct slice *rest, struct slice *ret)
{
    *rest = slice_trim(*rest);
    if (rest->n == 0) {
        return false;
    }
    *ret = slice_trim(slice_cut(rest, ' '));
    return true;
}

static bool next_int(struct slice *rest, int32_t *ret)
{
    struct slice w;
    uint64_t v;
    if (!next_word(rest, &w)) {
        return false;
    }
    bool minus = w.n > 1 && w.p[0] == '-';
    if (!slice_to_u64(slice_sub(w, minus ? 1 : 0, w.n), &v) || v > 1000000) {
        return false;
    }
    *ret = minus ? -(int32_t)v : (int32_t)v;
    return true;
}

static bool quoted(struct slice rest, struct slice *ret)
{
    rest = slice_trim(rest);
    if (rest.n < 2 || rest.p[0] != '"' || rest.p[rest.n - 1] != '"') {
        return false;
    }
    *ret = slice_sub(rest, 1, rest.n - 1);
    return true;
}

/* --- commands ------------------------------------------------------------------------------------
 */

enum outcome { OUTCOME_OK, OUTCOME_FAILED, OUTCOME_USAGE };

static enum outcome tap_node(struct driver *d, const struct node *n)
{
    struct rect seen = rect_intersect(n->box, n->clip);
    tap_at(d, seen.x + seen.w / 2, seen.y + seen.h / 2);
    return OUTCOME_OK;
}

static enum outcome cmd_tap(struct driver *d, struct slice rest, struct json *j)
{
    struct slice label;
    int32_t x;
    int32_t y;
    if (quoted(rest, &label)) {
        const struct node *n = ui_find(&d->app->ui, label);
        if (n == NULL) {
            json_key(j, "error");
            json_cstr(j, "屏幕上没有唯一的这个名称");
            return OUTCOME_FAILED;
        }
        return tap_node(d, n);
    }
    if (!next_int(&rest, &x) || !next_int(&rest, &y) || rest.n) {
        return OUTCOME_USAGE;
    }
    tap_at(d, x, y);
    return OUTCOME_OK;
}

static enum outcome cmd_hold(struct driver *d, struct slice rest, struct json *j)
{
    int32_t x;
    int32_t y;
    int32_t ms;
    (void)j;
    if (!next_int(&rest, &x) || !next_int(&rest, &y) || !next_int(&rest, &ms) || ms < 0) {
        return OUTCOME_USAGE;
    }
    touch(d, APP_TOUCH_DOWN, x, y);
    pass(d, ms);
    touch(d, APP_TOUCH_UP, x, y);
    return OUTCOME_OK;
}

static enum outcome cmd_swipe(struct driver *d, struct slice rest, struct json *j)
{
    int32_t v[5];
    (void)j;
    for (size_t i = 0; i < 5; i++) {
        if (!next_int(&rest, &v[i])) {
            return OUTCOME_USAGE;
        }
    }
    int32_t steps = v[4] / STEP_MS > 0 ? v[4] / STEP_MS : 1;
    touch(d, APP_TOUCH_DOWN, v[0], v[1]);
    for (int32_t i = 1; i <= steps; i++) {
        clock_advance(d->clock, STEP_MS);
        touch(d, APP_TOUCH_MOVE, v[0] + (v[2] - v[0]) * i / steps,
              v[1] + (v[3] - v[1]) * i / steps);
    }
    touch(d, APP_TOUCH_UP, v[2], v[3]);
    return OUTCOME_OK;
}

static const struct node *find_pad(const struct driver *d)
{
    for (size_t i = 0; i < d->app->ui.node_count; i++) {
        const struct node *n = &d->app->ui.nodes[i];
        if (n->role == NODE_PAD && n->enabled) {
            return n;
        }
    }
    return NULL;
}

static bool next_point(struct slice *stroke, const struct rect *pad, int32_t *ret_x, int32_t *ret_y)
{
    struct slice w;
    char number[64];
    if (!next_word(stroke, &w) || w.n >= sizeof number) {
        return false;
    }
    memcpy(number, w.p, w.n);
    number[w.n] = '\0';
    char *end;
    double x = strtod(number, &end);
    if (*end != ',') {
        return false;
    }
    double y = strtod(end + 1, &end);
    if (*end != '\0' || !(x >= 0 && x <= 1 && y >= 0 && y <= 1)) {
        return false;
    }
    *ret_x = pad->x + (int32_t)lround(x * pad->w);
    *ret_y = pad->y + (int32_t)lround(y * pad->h);
    return true;
}

/* One stroke, as a finger would draw it: straight between the points, 8 ms a step. */
static bool draw_stroke(struct driver *d, struct slice stroke, const struct rect *pad)
{
    int32_t x;
    int32_t y;
    int32_t nx;
    int32_t ny;
    if (!next_point(&stroke, pad, &x, &y)) {
        return false;
    }
    touch(d, APP_TOUCH_DOWN, x, y);
    while (slice_trim(stroke).n && next_point(&stroke, pad, &nx, &ny)) {
        for (int i = 1; i <= 6; i++) {
            clock_advance(d->clock, 8);
            app_touch_event(d->app, APP_TOUCH_MOVE, 0, x + (nx - x) * i / 6, y + (ny - y) * i / 6);
        }
        frame(d);
        x = nx;
        y = ny;
    }
    touch(d, APP_TOUCH_UP, x, y);
    pass(d, 80);
    return slice_trim(stroke).n == 0;
}

static enum outcome cmd_ink(struct driver *d, struct slice rest, struct json *j)
{
    struct slice strokes;
    if (!quoted(rest, &strokes)) {
        return OUTCOME_USAGE;
    }
    while (strokes.n) {
        const struct node *pad = find_pad(d);
        if (pad == NULL) {
            json_key(j, "error");
            json_cstr(j, "屏幕上没有手写板");
            return OUTCOME_FAILED;
        }
        struct rect box = pad->box;
        struct slice stroke = slice_trim(slice_cut(&strokes, ';'));
        if (stroke.n && !draw_stroke(d, stroke, &box)) {
            return OUTCOME_USAGE;
        }
    }
    return OUTCOME_OK;
}

#define PALM_FINGER 9

/* Another contact that rests while the commands that follow are carried out. */
static enum outcome cmd_palm(struct driver *d, struct slice rest, struct json *j)
{
    int32_t x;
    int32_t y;
    (void)j;
    if (slice_eq_cstr(slice_trim(rest), "off")) {
        app_touch_event(d->app, APP_TOUCH_UP, PALM_FINGER, 0, 0);
        frame(d);
        return OUTCOME_OK;
    }
    if (!next_int(&rest, &x) || !next_int(&rest, &y) || rest.n) {
        return OUTCOME_USAGE;
    }
    app_touch_event(d->app, APP_TOUCH_DOWN, PALM_FINGER, x, y);
    frame(d);
    return OUTCOME_OK;
}

static enum outcome cmd_key(struct driver *d, struct slice rest, struct json *j)
{
    char name[32];
    struct slice w;
    if (!next_word(&rest, &w) || w.n >= sizeof name || rest.n) {
        return OUTCOME_USAGE;
    }
    memcpy(name, w.p, w.n);
    name[w.n] = '\0';
    if (!app_key(d->app, name)) {
        json_key(j, "error");
        json_cstr(j, "没有这个键");
        return OUTCOME_USAGE;
    }
    frame(d);
    return OUTCOME_OK;
}

static const struct node *find_key(const struct driver *d, struct slice label)
{
    for (size_t i = 0; i < d->app->ui.node_count; i++) {
        const struct node *n = &d->app->ui.nodes[i];
        if (n->role == NODE_KEY && n->enabled && slice_eq(n->label, label)) {
            return n;
        }
    }
    return NULL;
}

static enum outcome cmd_type(struct driver *d, struct slice rest, struct json *j)
{
    struct slice keys;
    if (!quoted(rest, &keys)) {
        return OUTCOME_USAGE;
    }
    for (size_t at = 0; at < keys.n;) {
        size_t from = at;
        (void)utf8_next(keys, &at);
        const struct node *n = find_key(d, slice_sub(keys, from, at));
        if (n == NULL) {
            json_key(j, "error");
            json_cstr(j, "屏幕键盘上没有这个键");
            return OUTCOME_FAILED;
        }
        (void)tap_node(d, n);
        pass(d, 64);
    }
    return OUTCOME_OK;
}

static enum outcome wait_idle(struct driver *d, struct json *j)
{
    frame(d);
    for (int64_t waited = 0; !app_is_idle(d->app); waited += STEP_MS) {
        if (waited > IDLE_MAX_MS) {
            json_key(j, "error");
            json_cstr(j, "屏幕一直没有静止");
            return OUTCOME_FAILED;
        }
        pass(d, STEP_MS);
    }
    return OUTCOME_OK;
}

static enum outcome wait_edition(struct driver *d, struct slice rest, struct json *j)
{
    int32_t number;
    int32_t left_ms = 10000;
    if (!next_int(&rest, &number) || (slice_trim(rest).n && !next_int(&rest, &left_ms)) ||
        d->host == NULL) {
        return OUTCOME_USAGE;
    }
    const struct terminal *t = d->app->terminal;
    const int step_ms = 20;
    while (edition_fact_int(t->edition, "edition", 0) != number && left_ms > 0) {
        (void)d->host->poll_edition(d->host->user, step_ms);
        frame(d);
        left_ms -= step_ms;
    }
    frame(d);
    json_key(j, "edition");
    json_int(j, edition_fact_int(t->edition, "edition", 0));
    return edition_fact_int(t->edition, "edition", 0) == number ? OUTCOME_OK : OUTCOME_FAILED;
}

/* Until a node shows the text, in real time: for what other programs bring about. */
static enum outcome wait_text(struct driver *d, struct slice rest)
{
    struct slice text;
    int32_t left_ms = 10000;
    rest = slice_trim(rest);
    size_t end = rest.n > 1 ? slice_find(rest, SLICE_LIT("\""), 1) : SIZE_MAX;
    if (end == SIZE_MAX || !quoted(slice_sub(rest, 0, end + 1), &text) || text.n == 0) {
        return OUTCOME_USAGE;
    }
    rest = slice_sub(rest, end + 1, rest.n);
    if ((slice_trim(rest).n && !next_int(&rest, &left_ms)) || d->host == NULL) {
        return OUTCOME_USAGE;
    }
    const int step_ms = 20;
    frame(d);
    while (!ui_shows(&d->app->ui, text) && left_ms > 0) {
        (void)d->host->poll_edition(d->host->user, step_ms);
        frame(d);
        left_ms -= step_ms;
    }
    return ui_shows(&d->app->ui, text) ? OUTCOME_OK : OUTCOME_FAILED;
}

static enum outcome cmd_staff(struct driver *d, struct slice rest, struct json *j)
{
    (void)j;
    if (d->host == NULL || !d->host->hear(d->host->user, slice_trim(rest))) {
        return OUTCOME_USAGE;
    }
    frame(d);
    return OUTCOME_OK;
}

static enum outcome cmd_resize(struct driver *d, struct slice rest, struct json *j)
{
    int32_t w;
    int32_t h;
    if (!next_int(&rest, &w) || !next_int(&rest, &h) || rest.n || d->host == NULL) {
        return OUTCOME_USAGE;
    }
    if (!d->host->resize(d->host->user, w, h)) {
        json_key(j, "error");
        json_cstr(j, "不能改成这个大小");
        return OUTCOME_FAILED;
    }
    frame(d);
    return OUTCOME_OK;
}

static enum outcome cmd_wait(struct driver *d, struct slice rest, struct json *j)
{
    struct slice w;
    int32_t ms;
    struct slice all = rest;
    if (!next_word(&rest, &w)) {
        return OUTCOME_USAGE;
    }
    if (slice_eq_cstr(w, "idle")) {
        return wait_idle(d, j);
    }
    if (slice_eq_cstr(w, "edition")) {
        return wait_edition(d, rest, j);
    }
    if (slice_eq_cstr(w, "text")) {
        return wait_text(d, rest);
    }
    if (!next_int(&all, &ms) || ms < 0) {
        return OUTCOME_USAGE;
    }
    pass_long(d, ms);
    return OUTCOME_OK;
}

static enum outcome expect(struct driver *d, struct slice rest, bool wanted)
{
    struct slice text;
    if (!quoted(rest, &text) || text.n == 0) {
        return OUTCOME_USAGE;
    }
    return ui_shows(&d->app->ui, text) == wanted ? OUTCOME_OK : OUTCOME_FAILED;
}

static enum outcome cmd_expect(struct driver *d, struct slice rest, struct json *j)
{
    (void)j;
    return expect(d, rest, true);
}

static enum outcome cmd_expect_not(struct driver *d, struct slice rest, struct json *j)
{
    (void)j;
    return expect(d, rest, false);
}

static enum outcome cmd_tree(struct driver *d, struct slice rest, struct json *j)
{
    (void)rest;
    answer_tree(&d->app->ui, j);
    return OUTCOME_OK;
}

static enum outcome cmd_text(struct driver *d, struct slice rest, struct json *j)
{
    rest = slice_trim(rest);
    bool shown = slice_eq_cstr(rest, "shown");
    if (rest.n && !shown) {
        return OUTCOME_USAGE;
    }
    return answer_text(d->app->terminal, shown, j) ? OUTCOME_OK : OUTCOME_FAILED;
}

static enum outcome cmd_shot(struct driver *d, struct slice rest, struct json *j)
{
    char path[4096];
    rest = slice_trim(rest);
    if (rest.n == 0 || rest.n >= sizeof path) {
        return OUTCOME_USAGE;
    }
    memcpy(path, rest.p, rest.n);
    path[rest.n] = '\0';
    frame(d);
    enum err e = canvas_write_png(&d->app->canvas, path);
    if (e != ERR_OK) {
        json_key(j, "error");
        json_cstr(j, err_sentence(e));
    }
    return e == ERR_OK ? OUTCOME_OK : OUTCOME_FAILED;
}

static enum outcome cmd_perf(struct driver *d, struct slice rest, struct json *j)
{
    rest = slice_trim(rest);
    if (slice_eq_cstr(rest, "reset")) {
        d->app->perf->frames = 0;
        d->app->perf->kept = 0;
        return OUTCOME_OK;
    }
    if (rest.n) {
        return OUTCOME_USAGE;
    }
    answer_perf(d->app->perf, j);
    return OUTCOME_OK;
}

static const struct {
    const char *name;
    enum outcome (*run)(struct driver *d, struct slice rest, struct json *j);
} commands[] = {
    {"tap", cmd_tap},   {"hold", cmd_hold},     {"swipe", cmd_swipe},
    {"ink", cmd_ink},   {"key", cmd_key},       {"type", cmd_type},
    {"wait", cmd_wait}, {"expect", cmd_expect}, {"expect-not", cmd_expect_not},
    {"tree", cmd_tree}, {"text", cmd_text},     {"shot", cmd_shot},
    {"perf", cmd_perf},   {"staff", cmd_staff}, {"palm", cmd_palm},
    {"resize", cmd_resize},
};

static enum outcome run_command(struct driver *d, struct slice line, struct json *j)
{
    struct slice rest = line;
    struct slice name;
    if (!next_word(&rest, &name)) {
        return OUTCOME_USAGE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (slice_eq_cstr(name, commands[i].name)) {
            return commands[i].run(d, rest, j);
        }
    }
    return OUTCOME_USAGE;
}

static enum outcome run_line(struct driver *d, struct slice line)
{
    struct buf answer = {0};
    struct json j;
    json_init(&j, &answer);
    json_open(&j, '{');
    json_key(&j, "line");
    json_int(&j, d->line);
    json_key(&j, "command");
    json_str(&j, line);
    if (d->host) {
        (void)d->host->poll_edition(d->host->user, 0);
    }
    enum outcome o = run_command(d, line, &j);
    if (o == OUTCOME_USAGE) {
        json_key(&j, "error");
        json_cstr(&j, "不认识的命令或参数，见 --help");
    }
    json_key(&j, "ok");
    json_bool(&j, o == OUTCOME_OK);
    json_close(&j, '}');
    buf_append_byte(&answer, '\n');
    if (buf_status(&answer) == ERR_OK) {
        (void)fwrite(answer.p, 1, answer.n, d->out);
        (void)fflush(d->out);
    }
    buf_finish(&answer);
    return o;
}

int driver_run(struct driver *d)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t n;
    int result = 0;
    frame(d);
    while (result != 2 && (n = getline(&line, &capacity, d->in)) >= 0) {
        d->line++;
        struct slice text = slice_trim((struct slice){line, (size_t)n});
        if (text.n == 0 || text.p[0] == '#') {
            continue;
        }
        enum outcome o = text.n > LINE_MAX_BYTES ? OUTCOME_USAGE : run_line(d, text);
        d->failed = d->failed || o == OUTCOME_FAILED;
        result = o == OUTCOME_USAGE ? 2 : d->failed ? 1 : result;
    }
    free(line);
    return result;
}
