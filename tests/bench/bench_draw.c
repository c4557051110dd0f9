/* Painting at 1080×1920: whole pages, and scrolling a document by finger-sized steps.
 *   bench_draw [REPORT.txt]
 * The fonts are those of the build the program lies in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"
#include "draw/draw.h"

#define W 1080
#define H 1920
#define PARAGRAPHS_MAX 4096
#define STEPS 600
#define FULL_ROUNDS 40

static const struct rect screen = {0, 0, W, H};
static const struct rect view = {0, 132, W, H - 132 - 168};

struct document {
    struct arena arena;
    struct paragraph paragraphs[PARAGRAPHS_MAX];
    int32_t tops[PARAGRAPHS_MAX];
    size_t n;
    int32_t height;
    struct paragraph label;
};

struct bench {
    struct fonts *fonts;
    struct painter *painter;
    struct canvas canvas;
    struct arena lists[2];
    unsigned turn;
    struct document *document;
};

static double now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static int double_cmp(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts. */
static double percentile(double *ms, size_t n, size_t percent)
{
    qsort(ms, n, sizeof *ms, double_cmp);
    return ms[(n - 1) * percent / 100];
}

/* The report again and again, until scrolling through it takes all steps. */
static bool document_open(struct document *d, struct fonts *f, struct slice report)
{
    const struct para_style body = {.face = FACE_SERIF,
                                    .em = 38 * 64,
                                    .line_height = 66 * 64,
                                    .indent = 76 * 64,
                                    .align = ALIGN_JUSTIFY};
    const struct para_style label = {.face = FACE_SANS, .em = 26 * 64};
    arena_init(&d->arena, 1 << 20);
    while (d->height < STEPS * 40 + H && report.n > 0) {
        struct slice rest = report;
        while (rest.n > 0 && d->n < PARAGRAPHS_MAX) {
            struct paragraph *p = &d->paragraphs[d->n];
            if (paragraph_set(f, slice_cut(&rest, '\n'), &body, 960 * 64, &d->arena, p) != ERR_OK) {
                return false;
            }
            d->tops[d->n++] = d->height;
            d->height += p->height_px + 12;
        }
    }
    return d->n < PARAGRAPHS_MAX && paragraph_set(f, SLICE_LIT("公开指南"), &label, 300 * 64,
                                                  &d->arena, &d->label) == ERR_OK;
}

/* --- frames
 * ---------------------------------------------------------------------------------------- */

static void push_box(struct draw_list *l, struct rect box, int16_t radius, colour fill, colour edge)
{
    const struct draw_item i = {
        .kind = DRAW_BOX,
        .box = box,
        .clip = screen,
        .fill = fill,
        .edge = edge,
        .as.box_style = {.radius = radius, .border = (int16_t)(edge ? 2 : 0)}};
    draw_push(l, &i);
}

static void push_text(struct draw_list *l, const struct paragraph *p, int32_t x, int32_t y)
{
    const struct draw_item i = {.kind = DRAW_GLYPHS,
                                .box = {x, y, p->measure >> 6, p->height_px},
                                .clip = screen,
                                .fill = 0xFF211C17u,
                                .as.glyphs = {p, 0, (uint32_t)p->line_count}};
    draw_push(l, &i);
}

/* Bar above and help bar below, as on every screen. */
static void push_chrome(struct draw_list *l, const struct document *d)
{
    static const enum icon icons[] = {ICON_HOME,     ICON_BACK,  ICON_TEXT,
                                      ICON_CONTRAST, ICON_SPEAK, ICON_REACH};
    push_box(l, (struct rect){0, 0, W, 132}, 0, 0xFFFFFDF8u, 0xFFDDD2BFu);
    push_box(l, (struct rect){56, 34, 64, 64}, 14, 0xFF9A2B1Fu, 0);
    push_box(l, (struct rect){0, H - 168, W, 168}, 0, 0xFFFFFDF8u, 0xFFDDD2BFu);
    for (int32_t k = 0; k < 6; k++) {
        int32_t x = 40 + k * 168;
        const struct draw_item icon = {.kind = DRAW_ICON,
                                       .box = {x + 52, H - 140, 52, 52},
                                       .clip = screen,
                                       .fill = 0xFF564C42u,
                                       .as.icon = {(uint16_t)icons[k], 2.2f}};
        draw_push(l, &icon);
        push_text(l, &d->label, x + 26, H - 84);
    }
}

static void push_page(struct draw_list *l, const struct document *d, int32_t offset)
{
    push_box(l, screen, 0, 0xFFF6F1E7u, 0);
    for (size_t k = 0; k < d->n; k++) {
        const struct paragraph *p = &d->paragraphs[k];
        int32_t y = view.y + d->tops[k] - offset;
        if (y + p->height_px < view.y || y > view.y + view.h) {
            continue;
        }
        const struct draw_item text = {.kind = DRAW_GLYPHS,
                                       .box = {60, y, 960, p->height_px},
                                       .clip = view,
                                       .scroll = 1,
                                       .fill = 0xFF211C17u,
                                       .as.glyphs = {p, 0, (uint32_t)p->line_count}};
        draw_push(l, &text);
    }
    int32_t thumb = (int32_t)((int64_t)offset * (view.h - 120) / d->height);
    push_box(l, (struct rect){1060, view.y + thumb, 8, 120}, 4, 0x80564C42u, 0);
    push_chrome(l, d);
}

static void push_home(struct draw_list *l, const struct document *d, int32_t unused)
{
    (void)unused;
    push_box(l, screen, 0, 0xFFF6F1E7u, 0);
    for (int32_t k = 0; k < 7; k++) {
        const struct rect card = {56, 200 + k * 210, 968, 180};
        const struct draw_item shadow = {.kind = DRAW_SHADOW,
                                         .box = rect_inset(card, -32, -32),
                                         .clip = screen,
                                         .fill = 0x30211C17u,
                                         .as.shadow = {.radius = 24, .blur = 24, .dy = 8}};
        draw_push(l, &shadow);
        push_box(l, card, 24, 0xFFFFFDF8u, 0xFFDDD2BFu);
        push_text(l, &d->label, 220, card.y + 60);
    }
    push_chrome(l, d);
}

static double frame(struct bench *b,
                    void (*push)(struct draw_list *, const struct document *, int32_t),
                    int32_t offset, int32_t moved)
{
    const struct draw_scroll scroll = {1, view, moved};
    struct rect damage[16];
    struct draw_list l;
    struct arena *a = &b->lists[b->turn ^= 1u];
    arena_reset(a);
    draw_list_init(&l, a);
    push(&l, b->document, offset);
    double start = now_ms();
    (void)painter_paint(b->painter, &b->canvas, &l, &scroll, 1, damage);
    return now_ms() - start;
}

static double full(struct bench *b,
                   void (*push)(struct draw_list *, const struct document *, int32_t))
{
    double ms[FULL_ROUNDS];
    for (int i = 0; i < FULL_ROUNDS; i++) {
        painter_invalidate(b->painter);
        ms[i] = frame(b, push, 0, 0);
    }
    return percentile(ms, FULL_ROUNDS, 50);
}

static void run(struct bench *b)
{
    static double ms[STEPS];
    double first = frame(b, push_page, 0, 0);
    int32_t offset = 0;
    (void)printf("paint_first_page_ms %.2f ms\n", first);
    (void)printf("paint_full_ms %.2f ms\n", full(b, push_page));
    for (int i = 0; i < STEPS; i++) {
        int32_t step = 10 + i * 7 % 60;
        offset += step;
        ms[i] = frame(b, push_page, offset, -step);
    }
    (void)printf("paint_scroll_p50_ms %.2f ms\n", percentile(ms, STEPS, 50));
    (void)printf("paint_scroll_p99_ms %.2f ms\n", percentile(ms, STEPS, 99));
    (void)printf("paint_home_ms %.2f ms\n", full(b, push_home));
    for (int i = 0; i < FULL_ROUNDS; i++) {
        ms[i] = frame(b, push_home, 0, 0);
    }
    (void)printf("paint_same_ms %.3f ms\n", percentile(ms, FULL_ROUNDS, 50));
}

int main(int argc, char **argv)
{
    const char *report = argc > 1 ? argv[1] : "assets/demo/reports/2009.txt";
    const char *slash = strrchr(argv[0], '/');
    char dir[1024];
    struct buf text = {0};
    struct bench b = {.canvas = {NULL, W, H, W}};
    int status = 1;
    (void)snprintf(dir, sizeof dir, "%.*s/../../../fonts", slash ? (int)(slash - argv[0]) : 1,
                   slash ? argv[0] : ".");
    arena_init(&b.lists[0], 1 << 16);
    arena_init(&b.lists[1], 1 << 16);
    b.document = calloc(1, sizeof *b.document);
    b.canvas.px = calloc((size_t)W * H, sizeof *b.canvas.px);
    if (b.document == NULL || b.canvas.px == NULL || file_read(report, 1 << 20, &text) != ERR_OK ||
        fonts_open(dir, 8u << 20, &b.fonts) != ERR_OK ||
        !document_open(b.document, b.fonts, buf_slice(&text)) ||
        painter_create(b.fonts, &b.painter) != ERR_OK) {
        (void)fprintf(stderr, "bench_draw：打不开字体或 %s，请在项目目录中运行 make bench。\n",
                      report);
        goto out;
    }
    run(&b);
    status = 0;
out:
    painter_destroy(b.painter);
    if (b.document) {
        arena_finish(&b.document->arena);
    }
    fonts_close(b.fonts);
    free(b.document);
    free(b.canvas.px);
    arena_finish(&b.lists[0]);
    arena_finish(&b.lists[1]);
    buf_finish(&text);
    return status;
}
