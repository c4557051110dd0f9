/* Opening, jumping in, scrolling and resizing long documents at 1080×1920 in software.
 *   bench_reader            from the root of the project; the packer and the fonts are those of the
 * build the program lies in Every figure is taken in a process of its own that has shown the home
 * screen and then opens the document for the first time; opening, jumping and resizing are medians
 * of ROUNDS such processes. Memory is the resident set beyond that of home. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kiosk/app.h"
#include "long_document.h"
#include "measure.h"
#include "screens/reader.h"

#define W 1080
#define H 1920
#define ROUNDS 5
#define STEPS 480
#define STEP_PX 24
#define FRAME_NS 16666667
#define VALUES_MAX 8

struct kiosk {
    struct clock clock;
    struct app *app;
    uint32_t *px;
    uint32_t doc;
    double idle_kib;
};

struct setup {
    char fonts[4096], bin[4096];
    char db_100k[4096], db_1m[4096];
};

static double ms_since(int64_t began_ns)
{
    return (double)(measure_now_ns() - began_ns) / 1e6;
}

static double frame(struct kiosk *k)
{
    struct rect damage[16];
    int32_t next;
    int64_t began = measure_now_ns();
    (void)app_frame(k->app, damage, &next);
    return ms_since(began);
}

static void settle(struct kiosk *k)
{
    do {
        clock_advance(&k->clock, 16);
        (void)frame(k);
    } while (!app_is_idle(k->app));
}

static double do_action(struct kiosk *k, struct action a)
{
    int64_t began = measure_now_ns();
    terminal_act(k->app->terminal, &k->app->ui, a);
    (void)frame(k);
    return ms_since(began);
}

static double resident_kib(void)
{
    return (double)measure_proc(getpid(), "smaps_rollup", "Rss:");
}

static bool start(struct kiosk *k, const struct setup *s, const char *db)
{
    struct app_options o = {
        .panel = {W, H, 336.0f, 597.0f}, .config = {60000, 30000, 60000}, .font_dir = s->fonts};
    struct edition_status status = {.epoch = 1, .number = 1};
    struct edition *e;
    struct item *items;
    size_t n = 0;
    k->clock = clock_virtual(1795311660);
    k->px = calloc((size_t)W * H, sizeof *k->px);
    if (k->px == NULL || app_create(&k->clock, &o, &k->app) != ERR_OK ||
        edition_open(db, &e) != ERR_OK) {
        return false;
    }
    app_set_canvas(k->app, &(struct canvas){k->px, W, H, W});
    terminal_take_edition(k->app->terminal, e, &status);
    struct arena a;
    arena_init(&a, 4096);
    const struct item_filter all = {.year = 0};
    if (edition_items(e, &all, 0, 1, &a, &items, &n) == ERR_OK && n == 1) {
        k->doc = items[0].doc;
    }
    arena_finish(&a);
    settle(k);
    k->idle_kib = resident_kib();
    return k->doc != 0;
}

static double open_document(struct kiosk *k)
{
    return do_action(k, action_open(SCREEN_READER, k->doc));
}

/* --- the figures
 * ------------------------------------------------------------------------------------ */

static size_t run_open(struct kiosk *k, double *values)
{
    values[0] = open_document(k);
    return 1;
}

/* The chapter list, then the tap on its last row, while most of the document was never looked at.
 */
static size_t run_jump(struct kiosk *k, double *values)
{
    (void)open_document(k);
    values[1] = do_action(k, action_of(ACTION_PANEL, PANEL_CHAPTERS));
    const struct reader *r = k->app->terminal->reader;
    uint32_t last = r->chapters[r->chapter_count - 1].block;
    values[0] = do_action(k, action_of(ACTION_CHAPTER, (int32_t)last));
    return 2;
}

/* The longest that one key of a find, or a slice of the search that follows it, holds up the screen. */
static size_t run_find(struct kiosk *k, double *values)
{
    (void)open_document(k);
    settle(k);
    (void)do_action(k, action_of(ACTION_PANEL, PANEL_FIND));
    int64_t began = measure_now_ns();
    reader_find(k->app->terminal, SLICE_LIT("办理"));
    (void)frame(k);
    values[0] = ms_since(began);
    while (!app_is_idle(k->app)) {
        double ms = frame(k);
        values[0] = ms > values[0] ? ms : values[0];
    }
    return k->app->terminal->reader->find.n > 0 ? 1 : 0;
}

static size_t run_textsize(struct kiosk *k, double *values)
{
    (void)open_document(k);
    settle(k);
    struct scroller *s = &k->app->terminal->visit.main;
    scroller_reset(s, s->max / 2.0f);
    k->app->terminal->dirty = true;
    settle(k);
    values[0] = 0.0;
    for (int i = 0; i < 4; i++) {
        double ms = do_action(k, (struct action){.id = ACTION_TEXT_SIZE});
        values[0] = ms > values[0] ? ms : values[0];
    }
    return 1;
}

/* Reads the whole document screen by screen and back at another size; the largest resident set on
 * the way. */
static size_t run_memory(struct kiosk *k, double *values)
{
    double most = 0.0;
    (void)open_document(k);
    settle(k);
    struct scroller *s = &k->app->terminal->visit.main;
    for (int round = 0; round < 2; round++) {
        scroller_reset(s, 0.0f);
        for (int i = 0; s->offset < s->max; i++) {
            scroller_reset(s, s->offset + (float)s->view.h);
            k->app->terminal->dirty = true;
            (void)frame(k);
            double now = i % 64 == 0 ? resident_kib() : 0.0;
            most = now > most ? now : most;
        }
        (void)do_action(k, (struct action){.id = ACTION_TEXT_SIZE});
    }
    values[0] = (most - k->idle_kib) / 1024.0;
    return 1;
}

static int by_value(const void *a, const void *b)
{
    double x;
    double y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void wait_until(int64_t ns)
{
    int64_t left = ns - measure_now_ns();
    if (left > 0) {
        measure_pause_us((long)(left / 1000));
    }
}

/* A finger that drags the text up, 60 steps a second, lifted and put down again at the panel's end.
 */
static size_t run_scroll(struct kiosk *k, double *values)
{
    static double times[STEPS];
    int32_t y = 0;
    (void)open_document(k);
    settle(k);
    double cpu = cpu_s();
    int64_t next = measure_now_ns();
    for (int i = 0; i < STEPS; i++) {
        wait_until(next += FRAME_NS);
        clock_advance(&k->clock, 16);
        int64_t began = measure_now_ns();
        if (y < 400) {
            app_touch_event(k->app, APP_TOUCH_UP, 1, W / 2, y);
            y = 1500;
            app_touch_event(k->app, APP_TOUCH_DOWN, 1, W / 2, y);
            y -= 2 * STEP_PX;
            app_touch_event(k->app, APP_TOUCH_MOVE, 1, W / 2, y);
        }
        y -= STEP_PX;
        app_touch_event(k->app, APP_TOUCH_MOVE, 1, W / 2, y);
        (void)frame(k);
        times[i] = ms_since(began);
    }
    values[3] = cpu_s() - cpu;
    qsort(times, STEPS, sizeof times[0], by_value);
    values[0] = times[STEPS / 2];
    values[1] = times[STEPS * 99 / 100];
    values[2] = 0;
    for (int i = 0; i < STEPS; i++) {
        values[2] += times[i] > 16.7;
    }
    return 4;
}

/* --- processes
 * ---------------------------------------------------------------------------------------- */

/* Runs one figure in a process of its own. */
static bool in_process(const struct setup *s, const char *db,
                       size_t (*run)(struct kiosk *k, double *values), double *values)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        struct kiosk k = {.doc = 0};
        bool good = start(&k, s, db) && run(&k, values) > 0;
        good = good && write(ends[1], values, VALUES_MAX * sizeof *values) ==
                           (ssize_t)(VALUES_MAX * sizeof *values);
        _exit(good ? 0 : 1);
    }
    close(ends[1]);
    int status = 1;
    bool good = pid > 0 && read(ends[0], values, VALUES_MAX * sizeof *values) ==
                               (ssize_t)(VALUES_MAX * sizeof *values);
    close(ends[0]);
    good = pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 && good;
    if (!good) {
        (void)fprintf(stderr, "bench_reader: a measuring process failed (%s)\n", db);
    }
    return good;
}

static bool print_median(const char *name, const struct setup *s, const char *db,
                         size_t (*run)(struct kiosk *k, double *values))
{
    double all[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        double values[VALUES_MAX] = {0};
        if (!in_process(s, db, run, values)) {
            return false;
        }
        all[i] = values[0];
    }
    measure_print(name, measure_median(all, ROUNDS), 2, "ms");
    return true;
}

static bool measure_all(const struct setup *s)
{
    double v[VALUES_MAX] = {0};
    bool good = print_median("open_100k_ms", s, s->db_100k, run_open) &&
                print_median("open_1m_ms", s, s->db_1m, run_open) &&
                print_median("jump_last_chapter_ms", s, s->db_1m, run_jump) &&
                print_median("find_1m_longest_ms", s, s->db_1m, run_find) &&
                print_median("textsize_change_ms", s, s->db_100k, run_textsize);
    if (good && (good = in_process(s, s->db_1m, run_memory, v))) {
        measure_print("reader_extra_mib", v[0], 1, "MiB");
    }
    if (good && (good = in_process(s, s->db_100k, run_scroll, v))) {
        measure_print("scroll_frames_over_16ms7", v[2], 0, "frames");
        measure_print("scroll_p50_ms", v[0], 2, "ms");
        measure_print("scroll_p99_ms", v[1], 2, "ms");
        measure_print("scroll_cpu_s", v[3], 2, "s");
    }
    return good;
}

static bool make(const struct setup *s, const char *dir, const char *name, size_t characters,
                 char db[4096])
{
    char folder[2048];
    char out[2048];
    char command[4200];
    (void)snprintf(folder, sizeof folder, "%s/%s", dir, name);
    (void)snprintf(out, sizeof out, "%s/%s.out", dir, name);
    (void)snprintf(command, sizeof command, "mkdir '%s'", folder);
    (void)snprintf(db, 4096, "%s/content.db", out);
    return system(command) == 0 &&
           long_document_write(folder, &(struct long_document){characters, 20260122u}) &&
           long_document_pack(s->bin, folder, out);
}

int main(int argc, char **argv)
{
    struct setup s;
    char dir[] = "/tmp/bench_reader.XXXXXX";
    char command[64];
    const char *slash = strrchr(argv[0], '/');
    (void)argc;
    (void)snprintf(s.bin, sizeof s.bin, "%.*s/../..", slash ? (int)(slash - argv[0]) : 1,
                   slash ? argv[0] : ".");
    (void)snprintf(s.fonts, sizeof s.fonts, "%.4000s/../fonts", s.bin);
    if (mkdtemp(dir) == NULL) {
        perror("bench_reader");
        return 1;
    }
    bool good = make(&s, dir, "100k", 107681, s.db_100k) && make(&s, dir, "1m", 1000000, s.db_1m) &&
                measure_all(&s);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command) == 0 && good ? 0 : 1;
}
