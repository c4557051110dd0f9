#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* A form of files (RFC 7578 multipart/form-data), as every web framework reads it. Pure. */
struct post_field {
    const char *name; /* of the field; these three plain ASCII without quotes */
    const char *file; /* file name that the server is told */
    const char *type; /* application/json */
    struct slice bytes;
};

#define POST_FORM_TYPE "multipart/form-data; boundary=" /* and the boundary */

/* Appends the whole body. The boundary (letters, digits, '-', at most 70) should be one that nobody
 * who has a word in the fields can know. ERR_FORMAT: it is in one of them all the same; ERR_NOMEM.
 */
enum err post_form_write(const char *boundary, const struct post_field *fields, size_t n,
                         struct buf *ret_body) MUST_USE;
