#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum encoding {
    ENCODING_UTF8,
    ENCODING_UTF8_BOM,
    ENCODING_UTF16LE_BOM,
    ENCODING_UTF16BE_BOM,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_GB18030
};

const char *encoding_name(enum encoding e); /* "GB18030" "UTF-8（带 BOM）" */

/* Decides the encoding of an office text and appends it as UTF-8, without BOM, line ends untouched.
 * In order: BOM; strict UTF-8; UTF-16 without BOM when one byte order alone makes sense; strict
 * GB18030 whose result is plausible Chinese (GB 18030-2022; no private use, no unassigned). A text
 * that two encodings explain, or none, is ERR_FORMAT: nothing is guessed. ERR_NOMEM. */
enum err encoding_decode(struct slice bytes, struct buf *ret_text,
                         enum encoding *ret_encoding) MUST_USE;

/* The same for a text that names its encoding itself. Proof stands above the label, which servers
 * and editors often get wrong; the label decides where the proof finds two answers or none, and
 * must then decode strictly: utf-8, or gb2312, gbk and gb18030, which all mean GB18030 (Encoding
 * Standard 4.2). */
enum err encoding_decode_labelled(struct slice bytes, struct slice label, struct buf *ret_text,
                                  enum encoding *ret_encoding) MUST_USE;
