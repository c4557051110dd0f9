/* Finding nodes: by a point, by a label, by keypad order. Only what a resident sees counts. */
#include "ui/ui.h"

static bool touchable(const struct node *n)
{
    return n->enabled && (n->action.id != 0 || n->role == NODE_PAD || n->role == NODE_SCROLLBAR);
}

const struct node *ui_hit(const struct ui *ui, int32_t x, int32_t y)
{
    for (size_t i = ui->node_count; i-- > ui->modal_from;) {
        const struct node *n = &ui->nodes[i];
        if (!touchable(n) || !rect_contains(n->clip, x, y)) {
            continue;
        }
        if (rect_contains(n->box, x, y)) {
            return n;
        }
    }
    return NULL;
}

static bool visible(const struct node *n)
{
    struct rect seen = rect_intersect(n->box, n->clip);
    return !rect_empty(seen) && n->role != NODE_DECOR;
}

/* Is more than half of it on the screen along each axis? Only such a node can be meant by its
 * label. */
static bool mostly_visible(const struct node *n)
{
    struct rect seen = rect_intersect(n->box, n->clip);
    return visible(n) && seen.h * 2 >= n->box.h && seen.w * 2 >= n->box.w;
}

const struct node *ui_find(const struct ui *ui, struct slice label)
{
    for (int round = 0; round < 4; round++) {
        const struct node *found = NULL;
        size_t count = 0;
        for (size_t i = ui->modal_from; i < ui->node_count; i++) {
            const struct node *n = &ui->nodes[i];
            bool exact = round < 2;
            bool must_touch = round % 2 == 0;
            if (!mostly_visible(n) || (must_touch && !touchable(n))) {
                continue;
            }
            if (exact ? slice_eq(n->label, label) : slice_find(n->label, label, 0) != SIZE_MAX) {
                count += found == NULL || exact == false;
                found = found && exact ? found : n;
            }
        }
        if (count == 1) {
            return found;
        }
    }
    return NULL;
}

bool ui_shows(const struct ui *ui, struct slice text)
{
    for (size_t i = 0; i < ui->node_count; i++) {
        const struct node *n = &ui->nodes[i];
        if (!visible(n)) {
            continue;
        }
        if (slice_find(n->label, text, 0) != SIZE_MAX ||
            (n->text && slice_find(n->text->text, text, 0) != SIZE_MAX)) {
            return true;
        }
    }
    return false;
}

bool ui_focus_move(struct ui *ui, int direction)
{
    size_t count = 0;
    size_t at = SIZE_MAX;
    for (size_t i = ui->modal_from; i < ui->node_count; i++) {
        const struct node *n = &ui->nodes[i];
        if (touchable(n) && visible(n) && n->action.id != 0) {
            if (ui->focused.id != 0 && action_equal(n->action, ui->focused)) {
                at = count;
            }
            count++;
        }
    }
    if (count == 0) {
        return false;
    }
    size_t want;
    if (at == SIZE_MAX) {
        want = direction > 0 ? 0 : count - 1;
    } else {
        want = direction > 0 ? (at + 1) % count : (at + count - 1) % count;
    }
    for (size_t i = ui->modal_from; i < ui->node_count; i++) {
        const struct node *n = &ui->nodes[i];
        if (touchable(n) && visible(n) && n->action.id != 0 && want-- == 0) {
            ui->focused = n->action;
            ui->focus_visible = true;
            return true;
        }
    }
    return false;
}
