/* QR codes by libqrencode, with the quiet zone that phones need. */
#include "draw/qr.h"

#include <qrencode.h>

#define QUIET 4

enum err qr_encode(struct slice bytes, struct arena *a, uint8_t **ret_cells, uint16_t *ret_side)
{
    if (bytes.n == 0 || bytes.n > QR_BYTES_MAX) {
        return ERR_LIMIT;
    }
    unsigned char *data = arena_alloc(a, bytes.n);
    if (data == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < bytes.n; i++) {
        data[i] = (unsigned char)bytes.p[i];
    }
    QRcode *code = QRcode_encodeData((int)bytes.n, data, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        return ERR_NOMEM;
    }
    int inner = code->width;
    int side = inner + 2 * QUIET;
    uint8_t *cells = arena_array(a, (size_t)side, (size_t)side);
    for (int y = 0; cells && y < inner; y++) {
        for (int x = 0; x < inner; x++) {
            cells[(y + QUIET) * side + x + QUIET] = code->data[y * inner + x] & 1;
        }
    }
    QRcode_free(code);
    if (cells == NULL) {
        return ERR_NOMEM;
    }
    *ret_cells = cells;
    *ret_side = (uint16_t)side;
    return ERR_OK;
}
