/* What the driver tells: the node list, the open document's text, frame times. */
#include "kiosk/driver_answers.h"

#include <stdlib.h>
#include <string.h>

#include "screens/reader.h"

static void answer_node(const struct node *n, struct json *j)
{
    struct rect seen = rect_intersect(n->box, n->clip);
    json_open(j, '{');
    json_key(j, "role");
    json_cstr(j, node_role_name(n->role));
    json_key(j, "label");
    json_str(j, n->label);
    const char *const keys[4] = {"x", "y", "w", "h"};
    const int32_t values[4] = {seen.x, seen.y, seen.w, seen.h};
    for (int i = 0; i < 4; i++) {
        json_key(j, keys[i]);
        json_int(j, values[i]);
    }
    json_key(j, "enabled");
    json_bool(j, n->enabled);
    json_key(j, "touchable");
    json_bool(j, n->enabled && n->action.id != 0);
    if (n->selected) {
        json_key(j, "selected");
        json_bool(j, true);
    }
    json_close(j, '}');
}

void answer_tree(const struct ui *ui, struct json *j)
{
    json_key(j, "nodes");
    json_open(j, '[');
    for (size_t i = 0; i < ui->node_count; i++) {
        const struct node *n = &ui->nodes[i];
        bool seen = !rect_empty(rect_intersect(n->box, n->clip));
        if (seen && n->role != NODE_DECOR) {
            answer_node(n, j);
        }
    }
    json_close(j, ']');
}

bool answer_text(struct terminal *t, bool shown, struct json *j)
{
    struct buf text = {0};
    enum err e = reader_text(t, shown, &text);
    if (e == ERR_OK) {
        json_key(j, "text");
        json_str(j, buf_slice(&text));
    } else {
        json_key(j, "error");
        json_cstr(j, e == ERR_MISSING ? "没有打开的文件" : err_sentence(e));
    }
    buf_finish(&text);
    return e == ERR_OK;
}

static int by_value(const void *a, const void *b)
{
    float x;
    float y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

void answer_perf(const struct perf *p, struct json *j)
{
    json_key(j, "frames");
    json_int(j, p->frames);
    float *sorted = p->kept ? malloc(p->kept * sizeof *sorted) : NULL;
    if (sorted == NULL) {
        return;
    }
    memcpy(sorted, p->ms, p->kept * sizeof *sorted);
    qsort(sorted, p->kept, sizeof *sorted, by_value);
    const char *const names[] = {"p50_ms", "p99_ms", "p999_ms", "max_ms"};
    const uint32_t at[] = {p->kept / 2, (uint32_t)((uint64_t)p->kept * 99 / 100),
                           (uint32_t)((uint64_t)p->kept * 999 / 1000), p->kept - 1};
    uint32_t slow = 0;
    for (uint32_t i = 0; i < p->kept; i++) {
        slow += sorted[i] > 16.7f;
    }
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        json_key(j, names[i]);
        json_num(j, (double)sorted[at[i]]);
    }
    json_key(j, "over_16ms7");
    json_int(j, slow);
    free(sorted);
}
