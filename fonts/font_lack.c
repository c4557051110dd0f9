/* font_lack RANGES FONT OTHER…: the code points of the file RANGES (hexadecimal "first-last" a
 * line) that FONT has and at least one OTHER lacks, one number a line, for hb-subset. */
#include <stdio.h>

#include <hb.h>

static hb_set_t *set_of(const char *path)
{
    hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
    if (blob == NULL) {
        (void)fprintf(stderr, "打不开字体 %s。\n", path);
        return NULL;
    }
    hb_face_t *face = hb_face_create(blob, 0);
    hb_set_t *set = hb_set_create();
    hb_face_collect_unicodes(face, set);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
    return set;
}

static hb_set_t *set_of_ranges(const char *path)
{
    char line[64];
    hb_codepoint_t first;
    hb_codepoint_t last;
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        (void)fprintf(stderr, "打不开 %s。\n", path);
        return NULL;
    }
    hb_set_t *set = hb_set_create();
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "%x-%x", &first, &last) == 2) {
            hb_set_add_range(set, first, last);
        }
    }
    (void)fclose(f);
    return set;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        (void)fprintf(stderr, "用法：font_lack 范围 字体 其他字体…\n");
        return 2;
    }
    hb_set_t *ranges = set_of_ranges(argv[1]);
    hb_set_t *lack = set_of(argv[2]);
    hb_set_t *common = set_of(argv[3]);
    for (int i = 4; i < argc && common; i++) {
        hb_set_t *next = set_of(argv[i]);
        if (next == NULL) {
            return 1;
        }
        hb_set_intersect(common, next);
        hb_set_destroy(next);
    }
    if (ranges == NULL || lack == NULL || common == NULL) {
        return 1;
    }
    hb_set_intersect(lack, ranges);
    hb_set_subtract(lack, common);
    for (hb_codepoint_t cp = HB_SET_VALUE_INVALID; hb_set_next(lack, &cp);) {
        (void)printf("%X\n", cp);
    }
    hb_set_destroy(ranges);
    hb_set_destroy(lack);
    hb_set_destroy(common);
    return ferror(stdout) ? 1 : 0;
}
