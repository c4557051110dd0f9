#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

struct edition;

/* What changed between two editions, in words: 新增, 修改 (which fields), 撤下, each with title and
 * index number; reports, figures, guide, the office's facts and terms too. Appends text lines, or
 * one JSON array of objects. */
enum err diff_write(struct edition *old, struct edition *new_edition, bool json,
                    struct buf *out) MUST_USE;
