/* font_ranges FONT…: the code points that at least one of the fonts has, as C initialisers "{first,
 * last}," in ascending order. */
#include <stdio.h>

#include <hb.h>

int main(int argc, char **argv)
{
    hb_set_t *all = hb_set_create();
    hb_codepoint_t first = HB_SET_VALUE_INVALID;
    hb_codepoint_t last = HB_SET_VALUE_INVALID;
    if (argc < 2) {
        (void)fprintf(stderr, "用法：font_ranges 字体…\n");
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        hb_blob_t *blob = hb_blob_create_from_file_or_fail(argv[i]);
        if (blob == NULL) {
            (void)fprintf(stderr, "打不开字体 %s。\n", argv[i]);
            return 1;
        }
        hb_face_t *face = hb_face_create(blob, 0);
        hb_face_collect_unicodes(face, all);
        hb_face_destroy(face);
        hb_blob_destroy(blob);
    }
    while (hb_set_next_range(all, &first, &last)) {
        (void)printf("{0x%X, 0x%X},\n", first, last);
    }
    hb_set_destroy(all);
    return 0;
}
