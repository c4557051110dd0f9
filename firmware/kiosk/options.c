/* Reading the command line: every mistake gets one sentence that says what to write instead. */
#include "kiosk/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "kiosk/driver.h"

#define LEAST_PX 320
#define MOST_PX 8192

enum {
    OPT_EDITION = 256,
    OPT_STORE,
    OPT_FACTORY,
    OPT_SIZE,
    OPT_PANEL,
    OPT_TURN,
    OPT_HEADLESS,
    OPT_DRIVE,
    OPT_STATE,
    OPT_DATA,
    OPT_WINDOW,
    OPT_NOW,
    OPT_IDLE,
    OPT_HELP,
    OPT_VERSION
};

static const struct option table[] = {
    {"edition", required_argument, NULL, OPT_EDITION},
    {"store", required_argument, NULL, OPT_STORE},
    {"factory", required_argument, NULL, OPT_FACTORY},
    {"size", required_argument, NULL, OPT_SIZE},
    {"panel-mm", required_argument, NULL, OPT_PANEL},
    {"turn", required_argument, NULL, OPT_TURN},
    {"headless", no_argument, NULL, OPT_HEADLESS},
    {"drive", required_argument, NULL, OPT_DRIVE},
    {"state", required_argument, NULL, OPT_STATE},
    {"data", required_argument, NULL, OPT_DATA},
    {"window", no_argument, NULL, OPT_WINDOW},
    {"now", required_argument, NULL, OPT_NOW},
    {"idle", required_argument, NULL, OPT_IDLE},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static void print_help(void)
{
    (void)printf(
        "用法：gongkai-kiosk --edition 文件|--store 目录 [选项]\n"
        "政府信息公开触摸终端的屏幕程序。\n\n"
        "  --edition 文件         显示一个内容库（content.db）\n"
        "  --store 目录           显示 gongkai-syncd 管理的目录中的当前一期，随更新切换\n"
        "  --factory 目录         出厂内容所在目录（默认：store 目录下的 factory）\n"
        "  --size 宽x高           屏幕像素（默认：全屏；没有显示器或 --headless 时 1080x1920）\n"
        "  --panel-mm 宽x高       面板的实际毫米数（默认按 27 英寸 336x597，横屏 597x336）\n"
        "  --turn 度数            没有桌面时画面在面板上顺时针转 0、90、180 或 270 度\n"
        "                         （默认按面板驱动所报的安装方向）\n"
        "  --window               在窗口中显示，不全屏\n"
        "  --headless             不打开窗口，画在内存里\n"
        "  --drive 文件|-         按脚本操作，每行一个命令，逐行回答 JSON\n"
        "  --now \"年-月-日 时:分\"  脚本开始时的时钟（默认 2026-11-22 09:41）\n"
        "  --idle 秒,秒,秒        无人操作到提醒、提醒到结束、首页到待机画面（默认 60,30,60）\n"
        "  --data 目录            字体与输入数据（默认：程序旁边，否则 /usr/share/gongkai）\n"
        "  --state 目录           写入 status.json（显示的是哪一期、何时开始）\n"
        "  --help, --version\n\n"
        "脚本命令：\n%s\n"
        "退出码：0 全部成立；1 有一条不成立；2 参数有误或没有可显示的内容。\n",
        driver_help());
}

static bool two_numbers(const char *s, float *ret_a, float *ret_b)
{
    char *end;
    *ret_a = strtof(s, &end);
    if (end == s || (*end != 'x' && *end != 'X')) {
        return false;
    }
    const char *second = end + 1;
    *ret_b = strtof(second, &end);
    return end != second && *end == '\0';
}

static bool parse_size(const char *s, struct options *o)
{
    float w;
    float h;
    if (!two_numbers(s, &w, &h) ||
        !(w >= LEAST_PX && w <= MOST_PX && h >= LEAST_PX && h <= MOST_PX)) {
        return false;
    }
    o->panel.width_px = (int32_t)w;
    o->panel.height_px = (int32_t)h;
    o->sized = true;
    return true;
}

static bool parse_panel(const char *s, struct options *o)
{
    o->panel_given = true;
    return two_numbers(s, &o->panel.width_mm, &o->panel.height_mm) && o->panel.width_mm >= 50 &&
           o->panel.width_mm <= 5000 && o->panel.height_mm >= 50 && o->panel.height_mm <= 5000;
}

static bool parse_turn(const char *s, struct options *o)
{
    static const char *const degrees[] = {
        [TURN_NONE] = "0", [TURN_RIGHT] = "90", [TURN_HALF] = "180", [TURN_LEFT] = "270"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(s, degrees[i]) == 0) {
            o->turn = (enum turn)i;
            o->turn_given = true;
            return true;
        }
    }
    return false;
}

static bool parse_now(const char *s, struct options *o)
{
    struct slice rest = slice_of(s);
    struct slice day = slice_cut(&rest, ' ');
    struct slice hour = slice_cut(&rest, ':');
    struct date d;
    uint64_t h;
    uint64_t m;
    if (!date_parse(day, &d) || !slice_to_u64(hour, &h) || !slice_to_u64(rest, &m) || h > 23 ||
        m > 59) {
        return false;
    }
    o->now_s = ((int64_t)date_to_days(d) * 24 + (int64_t)h - 8) * 3600 + (int64_t)m * 60;
    return true;
}

static bool parse_idle(const char *s, struct options *o)
{
    struct slice rest = slice_of(s);
    int32_t *const to[3] = {&o->config.idle_warning_ms, &o->config.idle_end_ms,
                            &o->config.attract_ms};
    for (int i = 0; i < 3; i++) {
        uint64_t v;
        if (!slice_to_u64(slice_cut(&rest, ','), &v) || v < 1 || v > 86400) {
            return false;
        }
        *to[i] = (int32_t)v * 1000;
    }
    return rest.n == 0;
}

static int wrong(const char *what)
{
    (void)fprintf(stderr, "gongkai-kiosk：%s\n", what);
    return 2;
}

static int take_option(int opt, struct options *o)
{
    switch (opt) {
    case OPT_EDITION:
        o->edition = optarg;
        return 0;
    case OPT_STORE:
        o->store = optarg;
        return 0;
    case OPT_FACTORY:
        o->factory = optarg;
        return 0;
    case OPT_SIZE:
        return parse_size(optarg, o)
                   ? 0
                   : wrong("--size 应写成 宽x高，例如 --size 1080x1920（各 320 到 8192）。");
    case OPT_PANEL:
        return parse_panel(optarg, o)
                   ? 0
                   : wrong("--panel-mm 应写成 宽x高 毫米，例如 --panel-mm 336x597。");
    case OPT_TURN:
        return parse_turn(optarg, o) ? 0 : wrong("--turn 应写成 0、90、180 或 270。");
    case OPT_HEADLESS:
        o->headless = true;
        return 0;
    case OPT_DRIVE:
        o->drive = optarg;
        return 0;
    case OPT_STATE:
        o->state = optarg;
        return 0;
    case OPT_DATA:
        o->data = optarg;
        return 0;
    case OPT_WINDOW:
        o->windowed = true;
        return 0;
    case OPT_NOW:
        return parse_now(optarg, o) ? 0 : wrong("--now 应写成 \"2026-11-22 09:41\"。");
    case OPT_IDLE:
        return parse_idle(optarg, o) ? 0 : wrong("--idle 应写成三个秒数，例如 --idle 60,30,60。");
    case OPT_HELP:
        print_help();
        return 1;
    case OPT_VERSION:
        (void)printf("gongkai-kiosk %s\n", GONGKAI_VERSION);
        return 1;
    default:
        return wrong("不认识的选项，请用 --help 查看用法。");
    }
}

int options_parse(int argc, char **argv, struct options *ret_options)
{
    struct options o = {
        .panel = {.width_px = 1080, .height_px = 1920},
        .config = {.idle_warning_ms = 60000, .idle_end_ms = 30000, .attract_ms = 60000},
    };
    int opt;
    (void)parse_now("2026-11-22 09:41", &o);
    opterr = 0;
    while ((opt = getopt_long(argc, argv, "", table, NULL)) != -1) {
        int r = take_option(opt, &o);
        if (r != 0) {
            return r;
        }
    }
    if (optind < argc) {
        return wrong("多余的参数，请用 --help 查看用法。");
    }
    if ((o.edition == NULL) == (o.store == NULL)) {
        return wrong("请用 --edition 指明一个内容库，或用 --store 指明内容目录（二者取一）。");
    }
    if (o.headless && o.drive == NULL) {
        return wrong("--headless 没有屏幕可看，请同时用 --drive 给出脚本（- 表示标准输入）。");
    }
    *ret_options = o;
    return 0;
}

static int32_t within(int32_t px)
{
    return px < LEAST_PX ? LEAST_PX : px > MOST_PX ? MOST_PX : px;
}

struct panel options_panel(const struct options *o, int32_t width_px, int32_t height_px)
{
    float a = o->panel_given ? o->panel.width_mm : 336.0f;
    float b = o->panel_given ? o->panel.height_mm : 597.0f;
    bool along = (width_px > height_px) == (a > b);
    return (struct panel){within(width_px), within(height_px), along ? a : b, along ? b : a};
}
