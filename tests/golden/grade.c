/* Grades screenshots against their references, which are stored at half size.
 *   grade [--update] REFERENCE.png SHOT.png      prints SAME, GOOD, BAD or NEW and the share of
 * differing pixels SAME: every channel equal. GOOD: at most 2 in 1,000 pixels differ by more than
 * 24 levels. Exit 0 for those, 1 for BAD, 2 for errors. */
#include <png.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS 24
#define SHARE_OK 0.002

struct picture {
    png_image head;
    unsigned char *rgb;
};

static bool load(const char *path, struct picture *p)
{
    memset(&p->head, 0, sizeof p->head);
    p->head.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_file(&p->head, path)) {
        return false;
    }
    p->head.format = PNG_FORMAT_RGB;
    p->rgb = malloc(PNG_IMAGE_SIZE(p->head));
    return p->rgb && png_image_finish_read(&p->head, NULL, p->rgb, 0, NULL);
}

/* The mean of each square of four pixels. */
static void halve(struct picture *p)
{
    size_t w = p->head.width / 2;
    size_t h = p->head.height / 2;
    size_t row = (size_t)p->head.width * 3;
    for (size_t y = 0; y < h; y++) {
        for (size_t x = 0; x < w * 3; x++) {
            const unsigned char *a = p->rgb + 2 * y * row + (x / 3) * 6 + x % 3;
            p->rgb[y * w * 3 + x] = (unsigned char)((a[0] + a[3] + a[row] + a[row + 3] + 2) / 4);
        }
    }
    p->head.width = (png_uint_32)w;
    p->head.height = (png_uint_32)h;
}

static int compare(const struct picture *a, const struct picture *b, const char *name)
{
    size_t pixels = (size_t)a->head.width * a->head.height;
    size_t differ = 0;
    bool same = true;
    if (a->head.width != b->head.width || a->head.height != b->head.height) {
        printf("BAD  %s: size %ux%u, reference %ux%u\n", name, b->head.width, b->head.height,
               a->head.width, a->head.height);
        return 1;
    }
    for (size_t i = 0; i < pixels; i++) {
        int most = 0;
        for (size_t c = 0; c < 3; c++) {
            int d = abs(a->rgb[i * 3 + c] - b->rgb[i * 3 + c]);
            most = d > most ? d : most;
        }
        same = same && most == 0;
        differ += most > LEVELS;
    }
    double share = (double)differ / (double)pixels;
    const char *grade = same ? "SAME" : share <= SHARE_OK ? "GOOD" : "BAD ";
    printf("%s %s: %.4f %% of pixels differ\n", grade, name, share * 100);
    return same || share <= SHARE_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    bool update = argc == 4 && strcmp(argv[1], "--update") == 0;
    if (argc != 3 && !update) {
        fprintf(stderr, "usage: grade [--update] REFERENCE.png SHOT.png\n");
        return 2;
    }
    const char *reference = argv[argc - 2];
    struct picture shot;
    struct picture ref;
    if (!load(argv[argc - 1], &shot)) {
        fprintf(stderr, "grade: cannot read %s\n", argv[argc - 1]);
        return 2;
    }
    halve(&shot);
    if (update) {
        printf("NEW  %s\n", reference);
        return png_image_write_to_file(&shot.head, reference, 0, shot.rgb, 0, NULL) ? 0 : 2;
    }
    if (!load(reference, &ref)) {
        fprintf(stderr, "grade: no reference %s (UPDATE_GOLDEN=1 makes it)\n", reference);
        return 1;
    }
    return compare(&ref, &shot, reference);
}
