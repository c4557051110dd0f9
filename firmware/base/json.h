#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Writes JSON (RFC 8259) into a buffer, compact, commas by itself. Ill-formed UTF-8 is written as
 * U+FFFD. Example: json_open(&j, '{'); json_key(&j, "n"); json_int(&j, 3); json_close(&j, '}'); */
struct json {
    struct buf *out;
    bool need_comma;
};

void json_init(struct json *j, struct buf *out);
void json_open(struct json *j, char bracket);  /* '{' or '[' */
void json_close(struct json *j, char bracket); /* '}' or ']' */
void json_key(struct json *j, const char *key);
void json_str(struct json *j, struct slice s);
void json_cstr(struct json *j, const char *s); /* NULL → null */
void json_int(struct json *j, int64_t v);
void json_num(struct json *j, double v); /* three decimals */
void json_bool(struct json *j, bool v);

/* The string value of a key of one flat JSON object, unescaped into *ret; false when absent or not
 * a string. Enough for reading back receipts and messages of our own; not a general parser. */
bool json_find_str(struct slice object, const char *key, struct buf *ret);
bool json_find_int(struct slice object, const char *key, int64_t *ret);
