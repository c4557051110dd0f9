#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/* A QR code (ISO/IEC 18004) of bytes, error correction level M, as side × side cells, 1 = dark, a
 * quiet zone of 4 cells included. At most QR_BYTES_MAX bytes; more is ERR_LIMIT. */
#define QR_BYTES_MAX 2331
enum err qr_encode(struct slice bytes, struct arena *a, uint8_t **ret_cells,
                   uint16_t *ret_side) MUST_USE;
