#pragma once

#include <stdbool.h>

#include "base/json.h"
#include "kiosk/app.h"

/* The longer answers of the driver, written into an open JSON object. */
void answer_tree(const struct ui *ui,
                 struct json *j); /* "nodes": [{role, label, x, y, w, h, enabled, …}] */
bool answer_text(struct terminal *t, bool shown,
                 struct json *j); /* "text", or "error" when no document is open */
void answer_perf(const struct perf *p, struct json *j); /* frames, p50_ms, p99_ms, max_ms */
