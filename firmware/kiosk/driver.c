/* The scripted driver: technicians use it for acceptance, tests for everything. Here are its lines,
 * how time passes, what is waited for, expected and told. */
#include "kiosk/driver.h"

#include <stdlib.h>
#include <string.h>

#include "kiosk/driver_answers.h"
#include "kiosk/driver_inside.h"

#define LINE_MAX_BYTES 65536
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

void driver_frame(struct driver *d)
{
    struct rect damage[16];
    int32_t next;
    size_t n = app_frame(d->app, damage, &next);
    if (d->host) {
        d->host->presented(d->host->user, damage, n);
    }
}

void driver_pass(struct driver *d, int64_t ms)
{
    while (ms > 0) {
        int64_t step = ms < STEP_MS ? ms : STEP_MS;
        clock_advance(d->clock, step);
        ms -= step;
        driver_frame(d);
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
    driver_frame(d);
}

/* --- commands ------------------------------------------------------------------------------------
 */

static enum outcome wait_idle(struct driver *d, struct json *j)
{
    driver_frame(d);
    for (int64_t waited = 0; !app_is_idle(d->app); waited += STEP_MS) {
        if (waited > IDLE_MAX_MS) {
            json_key(j, "error");
            json_cstr(j, "屏幕一直没有静止");
            return OUTCOME_FAILED;
        }
        driver_pass(d, STEP_MS);
    }
    return OUTCOME_OK;
}

static enum outcome wait_edition(struct driver *d, struct slice rest, struct json *j)
{
    int32_t number;
    int32_t left_ms = 10000;
    if (!words_int(&rest, &number) || (slice_trim(rest).n && !words_int(&rest, &left_ms)) ||
        d->host == NULL) {
        return OUTCOME_USAGE;
    }
    const struct terminal *t = d->app->terminal;
    const int step_ms = 20;
    while (edition_fact_int(t->edition, "edition", 0) != number && left_ms > 0) {
        (void)d->host->poll_edition(d->host->user, step_ms);
        driver_frame(d);
        left_ms -= step_ms;
    }
    driver_frame(d);
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
    if (end == SIZE_MAX || !words_quoted(slice_sub(rest, 0, end + 1), &text) || text.n == 0) {
        return OUTCOME_USAGE;
    }
    rest = slice_sub(rest, end + 1, rest.n);
    if ((slice_trim(rest).n && !words_int(&rest, &left_ms)) || d->host == NULL) {
        return OUTCOME_USAGE;
    }
    const int step_ms = 20;
    driver_frame(d);
    while (!ui_shows(&d->app->ui, text) && left_ms > 0) {
        (void)d->host->poll_edition(d->host->user, step_ms);
        driver_frame(d);
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
    driver_frame(d);
    return OUTCOME_OK;
}

static enum outcome cmd_resize(struct driver *d, struct slice rest, struct json *j)
{
    int32_t w;
    int32_t h;
    if (!words_int(&rest, &w) || !words_int(&rest, &h) || rest.n || d->host == NULL) {
        return OUTCOME_USAGE;
    }
    if (!d->host->resize(d->host->user, w, h)) {
        json_key(j, "error");
        json_cstr(j, "不能改成这个大小");
        return OUTCOME_FAILED;
    }
    driver_frame(d);
    return OUTCOME_OK;
}

static enum outcome cmd_wait(struct driver *d, struct slice rest, struct json *j)
{
    struct slice w;
    int32_t ms;
    struct slice all = rest;
    if (!words_next(&rest, &w)) {
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
    if (!words_int(&all, &ms) || ms < 0) {
        return OUTCOME_USAGE;
    }
    pass_long(d, ms);
    return OUTCOME_OK;
}

static enum outcome expect(struct driver *d, struct slice rest, bool wanted)
{
    struct slice text;
    if (!words_quoted(rest, &text) || text.n == 0) {
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
    driver_frame(d);
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
    driver_command run;
} commands[] = {
    {"tap", hand_tap},      {"hold", hand_hold},    {"swipe", hand_swipe},
    {"ink", hand_ink},      {"key", hand_key},      {"type", hand_type},
    {"wait", cmd_wait},     {"expect", cmd_expect}, {"expect-not", cmd_expect_not},
    {"tree", cmd_tree},     {"text", cmd_text},     {"shot", cmd_shot},
    {"perf", cmd_perf},     {"staff", cmd_staff},   {"palm", hand_palm},
    {"resize", cmd_resize},
};

static enum outcome run_command(struct driver *d, struct slice line, struct json *j)
{
    struct slice rest = line;
    struct slice name;
    if (!words_next(&rest, &name)) {
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
    driver_frame(d);
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
