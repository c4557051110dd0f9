/* eval_handwriting TEMPLATES NAME=SOURCE… : recognition rates over drawings that the templates were
 * not made from, as drawn and distorted. Prints one line a set and distortion: top-1 and top-10 in
 * per cent. A source is a folder of KanjiVG drawings or a file of lines "字<TAB>x,y x,y;x,y …" with
 * coordinates 0..1. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"
#include "distortion.h"
#include "input/handwriting.h"
#include "kanjivg.h"

enum { TOP = 10, LINE_MAX_BYTES = 1 << 20 };

struct tally {
    size_t n, first, ten;
};

struct score {
    struct tally by_kind[DISTORTION_COUNT];
    double seconds;
    double worst_ms;
    size_t calls;
};

static bool ink_parse(const char *text, struct hand_ink *ink)
{
    bool fresh = true;
    hand_ink_init(ink, 1.0F);
    for (const char *at = text; *at && *at != '\n';) {
        char *end;
        float x = strtof(at, &end);
        if (end == at || *end != ',') {
            return false;
        }
        at = end + 1;
        float y = strtof(at, &end);
        if (end == at || (fresh && !hand_ink_begin(ink))) {
            return false;
        }
        (void)hand_ink_add(ink, x, y);
        fresh = *end == ';';
        at = *end == ';' || *end == ' ' ? end + 1 : end;
    }
    return ink->point_count > 0;
}

/* Processor time: other programs on the machine do not count. */
static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void try_ink(const struct hand *h, uint32_t cp, const struct hand_ink *ink,
                    struct tally *tally, struct score *score)
{
    struct hand_candidate out[TOP];
    double begin = now_s();
    size_t n = hand_recognise(h, ink, NULL, out, TOP);
    double took = now_s() - begin;
    score->seconds += took;
    score->worst_ms = took * 1e3 > score->worst_ms ? took * 1e3 : score->worst_ms;
    score->calls++;
    tally->n++;
    for (size_t i = 0; i < n; i++) {
        tally->first += i == 0 && out[i].cp == cp;
        tally->ten += out[i].cp == cp;
    }
}

static void all_kinds(const struct hand *h, uint32_t cp, struct hand_ink ink[2],
                      struct score *score)
{
    for (int kind = 0; hand_knows(h, cp) && kind < DISTORTION_COUNT; kind++) {
        distortion_apply((enum distortion)kind, ink, cp, ink + 1);
        try_ink(h, cp, ink + 1, &score->by_kind[kind], score);
    }
}

static bool file_eval(const struct hand *h, const char *path, struct hand_ink ink[2],
                      struct score *score)
{
    FILE *f = fopen(path, "r");
    char *line = malloc(LINE_MAX_BYTES);
    bool ok = f && line;
    while (ok && fgets(line, LINE_MAX_BYTES, f)) {
        struct slice s = slice_of(line);
        size_t at = 0;
        uint32_t cp = s.n ? utf8_next(s, &at) : 0;
        if (at < s.n && line[at] == '\t' && ink_parse(line + at + 1, ink)) {
            all_kinds(h, cp, ink, score);
        }
    }
    if (f) {
        fclose(f);
    }
    free(line);
    return ok;
}

static bool folder_eval(const struct hand *h, DIR *d, const char *path, struct hand_ink ink[2],
                        struct score *score)
{
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        char name[4096];
        uint32_t cp;
        int n = snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (n > 0 && (size_t)n < sizeof name && kanjivg_read(name, &cp, ink)) {
            all_kinds(h, cp, ink, score);
        }
    }
    closedir(d);
    return score->calls > 0;
}

static bool source_eval(const struct hand *h, const char *name, const char *path,
                        struct score *score)
{
    struct hand_ink *ink = malloc(2 * sizeof *ink);
    DIR *d = opendir(path);
    bool ok = ink && (d ? folder_eval(h, d, path, ink, score) : file_eval(h, path, ink, score));
    for (int kind = 0; ok && kind < DISTORTION_COUNT; kind++) {
        const struct tally *t = &score->by_kind[kind];
        double n = t->n ? (double)t->n : 1;
        printf("%-10s %-14s %6zu 字  首选 %5.1f %%  前十 %5.1f %%\n", name,
               distortion_name((enum distortion)kind), t->n, 100 * (double)t->first / n,
               100 * (double)t->ten / n);
    }
    free(ink);
    return ok;
}

int main(int argc, char **argv)
{
    struct hand *h = NULL;
    double begin = now_s();
    if (argc < 3 || hand_open(argv[1], &h) != ERR_OK) {
        fputs("用法：eval_handwriting 模板文件 名称=笔迹文件或文件夹…\n", stderr);
        return 2;
    }
    printf("handwriting_open %.1f ms\n", (now_s() - begin) * 1e3);
    struct score total = {0};
    bool ok = true;
    for (int i = 2; i < argc && ok; i++) {
        struct score score = {0};
        char *equals = strchr(argv[i], '=');
        ok = equals != NULL;
        if (ok) {
            *equals = '\0';
            ok = source_eval(h, argv[i], equals + 1, &score);
            total.seconds += score.seconds;
            total.calls += score.calls;
            total.worst_ms = score.worst_ms > total.worst_ms ? score.worst_ms : total.worst_ms;
        }
    }
    printf("handwriting_recognise %.2f ms（最长 %.2f ms）\n",
           total.calls ? total.seconds * 1e3 / (double)total.calls : 0, total.worst_ms);
    hand_close(h);
    return ok ? 0 : 1;
}
