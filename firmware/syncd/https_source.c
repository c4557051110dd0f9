/* What is there: the head, and one window of bytes behind it that moves forward. Guarantees that
 * no byte is asked for twice while this process lives, but for what a seek backwards needs, and
 * that memory holds at most two requests' bytes beside the head. */
#include "syncd/https_source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "syncd/https_window.h"

#define AHEAD_FIRST (256u << 10)
#define RETRY_FIRST_MS 500
#define RETRY_MAX_MS 15000
#define PAGE 4096u

struct https_source {
    struct https_order o;
    char url[FETCH_URL_MAX];
    char window[64];
    int fd;
    uint64_t from, to;         /* bytes of the window that are there */
    uint64_t asked, asked_end; /* of the request under way */
    bool asking;
    uint64_t last_end;  /* of what the job wanted last */
    uint64_t given_end; /* of what it was last told to be there */
    uint64_t ahead;
    uint64_t fetched;
    enum fetch_status failure;
    int64_t retry_ms, retry_wait_ms;
    int64_t news_ms; /* when a byte last came, or the job last went on */
};

/* Of fixed size for whoever has the descriptor, so that nobody cuts it under a reader. */
static enum err memory_make(uint64_t size, int *ret_fd)
{
    int fd = memfd_create("gongkai-package", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return ERR_NOMEM;
    }
    *ret_fd = fd;
    return ERR_OK;
}

enum err https_source_create(const struct https_order *o, struct https_source **ret_source)
{
    struct https_source *s = calloc(1, sizeof *s);
    if (!s) {
        return ERR_NOMEM;
    }
    s->o = *o;
    s->fd = -1;
    enum err e = strlen(o->url) < sizeof s->url && strlen(o->window) < sizeof s->window &&
                         o->head.n <= o->total
                     ? ERR_OK
                     : ERR_LIMIT;
    if (e == ERR_OK) {
        memcpy(s->url, o->url, strlen(o->url) + 1);
        memcpy(s->window, o->window, strlen(o->window) + 1);
        e = memory_make(o->total, &s->fd);
    }
    if (e == ERR_OK && fd_write_at(s->fd, o->head.p, o->head.n, 0) != ERR_OK) {
        e = ERR_NOMEM;
    }
    if (e != ERR_OK) {
        https_source_destroy(s);
        return e;
    }
    s->o.head.p = NULL; /* only its length is used from here on */
    s->failure = FETCH_MORE;
    s->retry_wait_ms = RETRY_FIRST_MS;
    s->news_ms = clock_ms(o->clock);
    *ret_source = s;
    return ERR_OK;
}

void https_source_destroy(struct https_source *s)
{
    if (!s) {
        return;
    }
    if (s->asking) {
        fetch_stop(s->o.fetch);
    }
    if (s->fd >= 0) {
        close(s->fd);
    }
    free(s);
}

enum fetch_status https_source_failure(const struct https_source *s)
{
    return s->failure;
}

uint64_t https_source_fetched(const struct https_source *s)
{
    return s->fetched;
}

/* Gives memory back to the system; the head stays. */
static void forget(const struct https_source *s, uint64_t from, uint64_t to)
{
    uint64_t begin = from < s->o.head.n ? s->o.head.n : from;
    if (to > begin) {
        (void)fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)begin,
                        (off_t)(to - begin));
    }
}

static bool is_there(const struct https_source *s, uint64_t offset, uint64_t n)
{
    return offset + n <= s->o.head.n || (offset >= s->from && offset + n <= s->to);
}

static void request_failed(struct https_source *s, enum fetch_status status, bool got_some,
                           int64_t now_ms)
{
    if (!fetch_status_may_pass(status)) {
        s->failure = status;
        return;
    }
    s->retry_wait_ms = got_some || s->retry_wait_ms == 0 ? RETRY_FIRST_MS : s->retry_wait_ms * 2;
    if (s->retry_wait_ms > RETRY_MAX_MS) {
        s->retry_wait_ms = RETRY_MAX_MS;
    }
    s->retry_ms = now_ms + s->retry_wait_ms;
    if (now_ms - s->news_ms >= HTTPS_GIVE_UP_MS) {
        s->failure = status;
    }
}

/* Takes over what has arrived. */
static void request_look(struct https_source *s, int64_t now_ms)
{
    if (!s->asking) {
        return;
    }
    struct fetch_result r = fetch_step(s->o.fetch, now_ms);
    uint64_t to = s->asked + r.got;
    if (to > s->to) {
        s->fetched += to - s->to;
        s->to = to;
        s->news_ms = now_ms;
    }
    if (r.status == FETCH_MORE) {
        return;
    }
    s->asking = false;
    if (r.status != FETCH_DONE) {
        request_failed(s, r.status, r.got > 0, now_ms);
    } else if (r.got == 0) {
        request_failed(s, FETCH_CUT, false, now_ms);
    }
}

static void request_start(struct https_source *s, uint64_t from, uint64_t n, int64_t now_ms)
{
    uint64_t most = s->o.total - from;
    const struct fetch_request r = {
        .url = s->url, .fd = s->fd, .from = from, .n = n < most ? n : most, .total = s->o.total};
    if (!https_window_open(slice_of(s->window), clock_wall_s(s->o.clock))) {
        s->failure = FETCH_DONE;
    } else if (fetch_start(s->o.fetch, &r, now_ms) != ERR_OK) {
        request_failed(s, FETCH_STORAGE, false, now_ms);
    } else {
        s->asking = true;
        s->asked = from;
        s->asked_end = from + r.n;
    }
}

/* The job waits for [offset, offset + n). */
static void request_for(struct https_source *s, uint64_t offset, uint64_t n, int64_t now_ms)
{
    bool goes_on = offset >= s->from && offset <= s->to;
    if (s->asking && goes_on && offset < s->asked_end) {
        return; /* on its way */
    }
    if (s->asking && offset >= s->asked && offset < s->asked_end) {
        return;
    }
    if (s->asking) {
        fetch_stop(s->o.fetch);
        s->asking = false;
    }
    if (now_ms < s->retry_ms) {
        return;
    }
    if (!goes_on) { /* what was given is still being read, what lies behind it is not wanted */
        forget(s, s->given_end > s->from ? s->given_end : s->from, s->to);
        s->from = s->to = offset;
    }
    uint64_t missing = offset + n - s->to;
    request_start(s, s->to, missing > s->ahead ? missing : s->ahead, now_ms);
}

/* The longer the job goes straight on, the more is asked for ahead of it. */
static void pace_set(struct https_source *s, uint64_t offset, uint64_t n)
{
    if (offset + n == s->last_end) {
        return; /* the same again */
    }
    bool straight = offset == s->last_end;
    uint64_t more = s->ahead == 0 ? AHEAD_FIRST : s->ahead * 2;
    s->ahead = !straight ? 0 : more < HTTPS_AHEAD ? more : HTTPS_AHEAD;
    s->last_end = offset + n;
}

static enum source_ready source_want(void *user, uint64_t offset, uint64_t n)
{
    struct https_source *s = user;
    int64_t now_ms = clock_ms(s->o.clock);
    if (offset > s->o.total || n > s->o.total - offset) {
        return SOURCE_FAILED; /* the package says so, and the job refuses it for that elsewhere */
    }
    if (offset + n <= s->o.head.n) {
        return SOURCE_READY;
    }
    request_look(s, now_ms);
    pace_set(s, offset, n);
    bool there = is_there(s, offset, n);
    if (!there && s->failure == FETCH_MORE) {
        request_for(s, offset, n, now_ms);
    } else if (there && !s->asking && s->to < s->o.total && now_ms >= s->retry_ms &&
               s->to - (offset + n) < s->ahead / 2) {
        request_start(s, s->to, s->ahead, now_ms);
    }
    if (there) {
        s->news_ms = now_ms;
    }
    s->given_end = there ? offset + n : s->given_end;
    return there ? SOURCE_READY : s->failure == FETCH_MORE ? SOURCE_LATER : SOURCE_FAILED;
}

static void source_used(void *user, uint64_t offset, uint64_t n)
{
    struct https_source *s = user;
    uint64_t end = offset + n;
    forget(s, offset / PAGE * PAGE, end); /* all before it was used or passed over */
    if (offset >= s->from && end <= s->to) {
        s->from = end;
    }
}

struct install_source https_source_install(struct https_source *s)
{
    return (struct install_source){
        .fd = s->fd, .size = s->o.total, .want = source_want, .used = source_used, .user = s};
}
