/* Hostile pictures: refused with a reason, or made into one within the bounds of an edition that
 * reads back with the size it is said to have. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "pack/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_made(const struct image_made *made)
{
    struct image_made again;
    const char *why = NULL;
    assert(made->width >= 1 && made->width <= IMAGE_WIDTH_MAX);
    assert(made->height >= 1 && made->height <= IMAGE_HEIGHT_MAX);
    assert((uint64_t)made->width * made->height <= IMAGE_PIXELS_MAX);
    assert(made->bytes.n >= 1 && made->bytes.n <= IMAGE_BYTES_MAX);
    enum err e = image_make(buf_slice(&made->bytes), &again, &why);
    assert(e == ERR_OK && why == NULL);
    assert(again.width == made->width && again.height == made->height);
    assert(again.kind == made->kind);
    buf_finish(&again.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct image_made made;
    const char *why = NULL;
    struct slice in = {(const char *)data, n};
    unsigned orientation = jpeg_orientation(in);
    assert(orientation >= 1 && orientation <= 8);
    enum err e = image_make(in, &made, &why);
    assert(e == ERR_OK);
    if (why == NULL) {
        check_made(&made);
    }
    buf_finish(&made.bytes);
    return 0;
}
