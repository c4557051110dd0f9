/* Bytes of a field are never changed, so a field that holds the boundary cannot be sent. */
#include "syncd/post_form.h"

enum err post_form_write(const char *boundary, const struct post_field *fields, size_t n,
                         struct buf *ret_body)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_find(fields[i].bytes, slice_of(boundary), 0) != SIZE_MAX) {
            return ERR_FORMAT;
        }
    }
    for (size_t i = 0; i < n; i++) {
        buf_printf(ret_body,
                   "--%s\r\n"
                   "Content-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n"
                   "Content-Type: %s\r\n\r\n",
                   boundary, fields[i].name, fields[i].file, fields[i].type);
        buf_append(ret_body, fields[i].bytes);
        buf_append_cstr(ret_body, "\r\n");
    }
    buf_printf(ret_body, "--%s--\r\n", boundary);
    return buf_status(ret_body);
}
