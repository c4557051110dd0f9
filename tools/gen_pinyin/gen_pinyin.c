/* Makes pinyin_data.h: gen_pinyin DICT.yaml Unihan_Readings.txt OVERRIDES.txt
 * A character is read as the dictionary weighs it most; words are kept that hold a character of
 * several readings. A program of the build: bad input ends it with a message. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHARACTERS 65536
#define SYLLABLES 1024
#define WORDS 120000
#define WORD_MAX 12

struct word {
    uint32_t cps[WORD_MAX];
    uint16_t syllables[WORD_MAX];
    size_t n;
    size_t order; /* the later of two readings of one word holds */
};

struct data {
    char names[SYLLABLES][8];
    size_t name_count;
    int reading[CHARACTERS]; /* 1 + syllable, 0 none */
    long weight[CHARACTERS];
    bool several[CHARACTERS]; /* readings */
    bool common[CHARACTERS];  /* in the dictionary, in use */
    struct word *words;
    size_t word_count;
};

static void fail(const char *why, const char *line)
{
    fprintf(stderr, "gen_pinyin: %s: %s\n", why, line);
    exit(1);
}

static uint32_t next_cp(const char **s)
{
    const unsigned char *p = (const unsigned char *)*s;
    int more = p[0] >= 0xF0 ? 3 : p[0] >= 0xE0 ? 2 : p[0] >= 0xC0 ? 1 : 0;
    uint32_t cp = more == 3 ? p[0] & 7u : more == 2 ? p[0] & 15u : more == 1 ? p[0] & 31u : p[0];
    for (int i = 1; i <= more; i++) {
        cp = cp << 6 | (p[i] & 0x3Fu);
    }
    *s += more + 1;
    return cp;
}

static int syllable_of(struct data *d, const char *name)
{
    for (size_t i = 0; i < d->name_count; i++) {
        if (strcmp(d->names[i], name) == 0) {
            return (int)i;
        }
    }
    if (d->name_count == SYLLABLES || strlen(name) >= sizeof d->names[0] || !*name ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz") != strlen(name)) {
        fail("not a syllable", name);
    }
    strcpy(d->names[d->name_count], name);
    return (int)d->name_count++;
}

static void add_character(struct data *d, uint32_t cp, int syllable, long weight, bool force)
{
    if (cp >= CHARACTERS) {
        return;
    }
    d->several[cp] |= d->reading[cp] != 0 && d->reading[cp] != syllable + 1;
    if (force || d->reading[cp] == 0 || weight > d->weight[cp]) {
        d->reading[cp] = syllable + 1;
        d->weight[cp] = weight;
    }
}

/* "词<tab or blank>ci yu …", then perhaps a weight. */
static void add_line(struct data *d, char *line, bool force)
{
    char *save = NULL;
    char *text = strtok_r(line, " \t\r\n", &save);
    struct word w = {.order = d->word_count};
    size_t read = 0;
    long weight = 0;
    for (const char *p = text; *p;) {
        if (w.n == WORD_MAX) {
            return;
        }
        w.cps[w.n++] = next_cp(&p);
    }
    for (char *t; (t = strtok_r(NULL, " \t\r\n", &save)) != NULL;) {
        if (*t >= '0' && *t <= '9') {
            weight = strtol(t, NULL, 10);
        } else if (read < w.n) {
            w.syllables[read++] = (uint16_t)syllable_of(d, t);
        }
    }
    if (read != w.n) {
        fail("as many syllables as characters are needed", text);
    }
    if (w.n == 1) {
        add_character(d, w.cps[0], w.syllables[0], weight, force);
        if (w.cps[0] < CHARACTERS) {
            d->common[w.cps[0]] |= weight > 0 || force;
        }
        return;
    }
    if (d->word_count == WORDS) {
        fail("too many words", text);
    }
    d->words[d->word_count++] = w;
}

static void read_dictionary(struct data *d, const char *path, bool force)
{
    char line[512];
    bool body = force;
    FILE *f = fopen(path, "r");
    if (!f) {
        fail("cannot open", path);
    }
    while (fgets(line, sizeof line, f)) {
        if (!body) {
            body = strncmp(line, "...", 3) == 0;
        } else if (line[0] != '#' && line[0] != '\n') {
            add_line(d, line, force);
        }
    }
    fclose(f);
}

/* Letters of kMandarin without their tones; ü becomes v. */
static void plain(const char *s, char out[8])
{
    static const char *const vowels[] = {"aāáǎà", "oōóǒò",  "eēéěèêếề", "iīíǐì",
                                         "uūúǔù", "vǖǘǚǜü", "nńňǹ",     "mḿ"};
    size_t n = 0;
    while (*s && *s != ' ' && *s != '\n' && n < 7) {
        uint32_t cp = next_cp(&s);
        char c = cp < 0x80 ? (char)cp : 0;
        for (size_t i = 0; cp >= 0x80 && i < sizeof vowels / sizeof *vowels; i++) {
            for (const char *v = vowels[i] + 1; *v;) {
                c = next_cp(&v) == cp ? vowels[i][0] : c;
            }
        }
        if (c) { /* combining marks fall away */
            out[n++] = c;
        }
    }
    out[n] = '\0';
}

static void read_unihan(struct data *d, const char *path)
{
    char line[4096];
    FILE *f = fopen(path, "r");
    if (!f) {
        fail("cannot open", path);
    }
    while (fgets(line, sizeof line, f)) {
        unsigned cp;
        char name[8];
        int at = 0;
        if (sscanf(line, "U+%X\tkMandarin\t%n", &cp, &at) == 1 && at && cp < CHARACTERS &&
            d->reading[cp] == 0) {
            plain(line + at, name);
            add_character(d, cp, syllable_of(d, name), 0, false);
        }
    }
    fclose(f);
}

static const char (*sort_names)[8];

static int by_name(const void *x, const void *y)
{
    return strcmp(sort_names[*(const int *)x], sort_names[*(const int *)y]);
}

/* By text, longer before its own beginning, the last added first. */
static int by_text(const void *x, const void *y)
{
    const struct word *a = x;
    const struct word *b = y;
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        if (a->cps[i] != b->cps[i]) {
            return a->cps[i] < b->cps[i] ? -1 : 1;
        }
    }
    return a->n != b->n ? (a->n > b->n ? -1 : 1) : (a->order > b->order ? -1 : 1);
}

static bool same_text(const struct word *a, const struct word *b)
{
    return a->n == b->n && memcmp(a->cps, b->cps, a->n * sizeof *a->cps) == 0;
}

static bool is_kept(const struct data *d, size_t i)
{
    const struct word *w = &d->words[i];
    bool several = false;
    if (i > 0 && same_text(&d->words[i - 1], w)) {
        return false;
    }
    for (size_t k = 0; k < w->n; k++) {
        if (w->cps[k] >= CHARACTERS) {
            return false;
        }
        several |= d->several[w->cps[k]];
    }
    return several;
}

static void print_all(struct data *d)
{
    int order[SYLLABLES];
    int rank[SYLLABLES];
    size_t column = 0;
    for (size_t i = 0; i < d->name_count; i++) {
        order[i] = (int)i;
    }
    sort_names = (const char(*)[8])d->names;
    qsort(order, d->name_count, sizeof *order, by_name);
    puts(
        "/* Made by tools/gen_pinyin of rime-data-pinyin-simp (Apache License 2.0) and Unihan. */\n"
        "static const char *const pinyin_names[] = {");
    for (size_t i = 0; i < d->name_count; i++) {
        rank[order[i]] = (int)i;
        printf("\"%s\",\n", d->names[order[i]]);
    }
    puts("};\n/* code point, syllable, in common use */\nstatic const uint16_t "
         "pinyin_characters[][3] = {");
    for (uint32_t cp = 0x3007; cp < CHARACTERS; cp++) {
        if (d->reading[cp] && (cp < 0xD800 || cp > 0xF8FF)) {
            printf("{%u,%d,%d},%s", cp, rank[d->reading[cp] - 1], d->common[cp],
                   column++ % 6 == 5 ? "\n" : "");
        }
    }
    puts("};\n/* length, characters, syllables; by characters, longer before their own beginning "
         "*/\n"
         "static const uint16_t pinyin_words[] = {");
    qsort(d->words, d->word_count, sizeof *d->words, by_text);
    for (size_t i = 0; i < d->word_count; i++) {
        const struct word *w = &d->words[i];
        if (is_kept(d, i)) {
            printf("%zu", w->n);
            for (size_t k = 0; k < w->n; k++) {
                printf(",%u", w->cps[k]);
            }
            for (size_t k = 0; k < w->n; k++) {
                printf(",%d", rank[w->syllables[k]]);
            }
            puts(",");
        }
    }
    puts("0};");
}

int main(int argc, char **argv)
{
    struct data *d = calloc(1, sizeof *d);
    if (argc != 4 || !d || !(d->words = calloc(WORDS, sizeof *d->words))) {
        fail("usage", "gen_pinyin DICT Unihan_Readings OVERRIDES");
    }
    read_dictionary(d, argv[1], false);
    read_unihan(d, argv[2]);
    read_dictionary(d, argv[3], true);
    print_all(d);
    free(d->words);
    free(d);
    return 0;
}
