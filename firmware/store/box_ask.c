/* Asking a child of the box. Guarantees that the child is gone and reaped when box_ask returns. */
#include "store/box_ask.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "store/box.h"

_Static_assert(BOX_ASK_MAX <= BOX_SHARED, "the longest answer fits");

struct question {
    box_answer answer;
    const void *task;
};

static void run_answer(const struct box_room *room, void *task)
{
    const struct question *q = task;
    const struct box_message done = {.kind = BOX_DONE};
    q->answer(q->task, room->shared);
    (void)box_child_send(room, &done);
}

/* Killed and without files: it ends at once. */
static void child_end(struct box *b)
{
    struct box_left left = {0};
    box_end(b, &left);
    for (size_t i = 0; i < sizeof left.pid / sizeof *left.pid; i++) {
        while (left.pid[i] > 0 && waitpid(left.pid[i], NULL, 0) < 0 && errno == EINTR) {
        }
    }
}

static enum err ask_once(struct question *q, void *ret_answer, size_t n)
{
    struct box *b = NULL;
    struct box_message m;
    const struct box_order order = {.run = run_answer, .task = q, .source = -1, .base = -1};
    enum err e = box_start(&order, &b);
    if (e != ERR_OK) {
        return e;
    }
    enum box_news news = BOX_SILENT;
    while (news == BOX_SILENT && box_silence_ms(b) < BOX_ASK_LIMIT_MS) {
        news = box_receive(b, BOX_ASK_LIMIT_MS, &m);
    }
    if (news == BOX_MESSAGE && m.kind == BOX_DONE) {
        memcpy(ret_answer, box_shared(b), n);
    } else if (news == BOX_ENDED) {
        e = box_why_ended(b) == REJECT_NOMEM ? ERR_NOMEM : ERR_CORRUPT;
    } else {
        e = news == BOX_BROKEN ? ERR_NOMEM : ERR_CORRUPT;
    }
    child_end(b);
    return e;
}

enum err box_ask(box_answer answer, const void *task, void *ret_answer, size_t n)
{
    struct question q = {answer, task};
    assert(n <= BOX_ASK_MAX);
    enum err e = ask_once(&q, ret_answer, n);
    return e == ERR_CORRUPT ? ask_once(&q, ret_answer, n) : e;
}
