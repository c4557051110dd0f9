#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Takes word-processor residue out of one line: [bookmark: …], [comment: …], field codes such as
 * { HYPERLINK "…" } and {PAGE}, "Error! Bookmark not defined." and 错误!未定义书签。, _Toc123456
 * anchors, zero-width and direction marks, stray control characters. Appends what is left to
 * *ret_line; appends to *ret_log one line a removal: where (line, column in characters) and what.
 * Nothing else changes. */
enum err residue_remove(struct slice line, unsigned line_no, struct buf *ret_line,
                        struct buf *ret_log) MUST_USE;
