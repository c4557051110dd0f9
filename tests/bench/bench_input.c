/* The input methods as a resident meets them: opening both, memory they add, one recognition.
 * Prints hand_ms (median of 400 recognitions of a character of nine strokes, each drawn a little
 * differently), input_open_ms (both, first time in the process) and input_extra_mib (growth of the
 * proportional set size). Data: the input folder beside the programs' folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "input/handwriting.h"
#include "input/pinyin.h"

#define RUNS 400

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double pss_mib(void)
{
    char line[256];
    unsigned long kib = 0;
    FILE *f = fopen("/proc/self/smaps_rollup", "re");
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "Pss: %lu kB", &kib) == 1) {
            break;
        }
    }
    if (f) {
        (void)fclose(f);
    }
    return (double)kib / 1024.0;
}

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

/* 查, nine strokes of straight parts; every point moved by up to 2 % of the pad. */
static void draw(struct hand_ink *ink, unsigned *seed)
{
    static const struct {
        int n;
        float at[3][2];
    } strokes[] = {
        {2, {{0.25f, 0.2f}, {0.75f, 0.2f}}},   {2, {{0.5f, 0.08f}, {0.5f, 0.45f}}},
        {2, {{0.48f, 0.22f}, {0.25f, 0.42f}}}, {2, {{0.52f, 0.22f}, {0.75f, 0.4f}}},
        {2, {{0.35f, 0.5f}, {0.35f, 0.75f}}},  {3, {{0.35f, 0.5f}, {0.65f, 0.5f}, {0.65f, 0.75f}}},
        {2, {{0.37f, 0.61f}, {0.63f, 0.61f}}}, {2, {{0.37f, 0.74f}, {0.63f, 0.74f}}},
        {2, {{0.15f, 0.9f}, {0.85f, 0.9f}}},
    };
    hand_ink_init(ink, 1.0f);
    for (size_t s = 0; s < sizeof strokes / sizeof *strokes; s++) {
        (void)hand_ink_begin(ink);
        for (int p = 0; p + 1 < strokes[s].n; p++) {
            for (int i = 0; i <= 12; i++) {
                float t = (float)i / 12.0f;
                float jx = ((float)(next_random(seed) % 401) - 200.0f) / 10000.0f;
                float jy = ((float)(next_random(seed) % 401) - 200.0f) / 10000.0f;
                const float *a = strokes[s].at[p];
                const float *b = strokes[s].at[p + 1];
                (void)hand_ink_add(ink, a[0] + (b[0] - a[0]) * t + jx,
                                   a[1] + (b[1] - a[1]) * t + jy);
            }
        }
    }
}

static int by_value(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

static bool path_beside(const char *program, const char *name, char out[4096])
{
    const char *marker = strstr(program, "/tests/bench/");
    int n = marker ? snprintf(out, 4096, "%.*s/../input/%s", (int)(marker - program), program, name)
                   : -1;
    return n > 0 && n < 4096;
}

int main(int argc, char **argv)
{
    static struct hand_ink ink;
    static double ms[RUNS];
    char strokes[4096];
    char rime[4096];
    struct hand *hand = NULL;
    struct pinyin *pinyin = NULL;
    struct hand_candidate best[7];
    struct slice words[7];
    unsigned seed = 1;
    unsigned right = 0;
    (void)argc;
    if (!path_beside(argv[0], "strokes.bin", strokes) || !path_beside(argv[0], "rime", rime)) {
        (void)fprintf(stderr, "bench_input: run it as build/release/tests/bench/bench_input\n");
        return 2;
    }
    double before_mib = pss_mib();
    double from = now_ms();
    if (hand_open(strokes, &hand) != ERR_OK || pinyin_open(rime, &pinyin) != ERR_OK) {
        (void)fprintf(stderr, "bench_input: no input data in %s\n", strokes);
        return 1;
    }
    double opened = now_ms() - from;
    for (const char *c = "zfxxgk"; *c; c++) {
        (void)pinyin_key(pinyin, *c);
        (void)pinyin_candidates(pinyin, 0, words, 7);
    }
    for (int i = 0; i < RUNS; i++) {
        draw(&ink, &seed);
        from = now_ms();
        size_t n = hand_recognise(hand, &ink, NULL, best, 7);
        ms[i] = now_ms() - from;
        for (size_t k = 0; k < n; k++) {
            right += best[k].cp == 0x67E5;
        }
    }
    if (right < RUNS * 9 / 10) {
        (void)fprintf(stderr, "bench_input: recognised only %u of %d\n", right, RUNS);
        return 1;
    }
    qsort(ms, RUNS, sizeof ms[0], by_value);
    (void)printf("hand_ms %.2f ms\ninput_open_ms %.1f ms\ninput_extra_mib %.1f MiB\n", ms[RUNS / 2],
                 opened, pss_mib() - before_mib);
    pinyin_close(pinyin);
    hand_close(hand);
    return 0;
}
