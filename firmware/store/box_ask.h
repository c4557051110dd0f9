#pragma once

#include <stddef.h>

#include "base/err.h"

/* One question about a small text from outside, answered by a child in the box (box.h) that holds
 * no descriptor but its socket: the parser works there, and a text that breaks it costs the answer.
 * The caller holds the answer within bounds, and verifies again what is signed. */
#define BOX_ASK_MAX 4096 /* bytes of an answer */
#define BOX_ASK_LIMIT_MS 2000

/* Runs in the child. Writes the answer, which was all zero. */
typedef void (*box_answer)(const void *task, void *ret_answer);

/* n: bytes of the answer. Waits for it: some milliseconds, twice BOX_ASK_LIMIT_MS at the most.
 * ERR_NOMEM: no child could be had or memory ran out; ERR_CORRUPT: two children in a row crashed
 * or hung, the fault of what they were asked and not of the machine. */
enum err box_ask(box_answer answer, const void *task, void *ret_answer, size_t n) MUST_USE;
