/* Waiting, the headless platform, and SDL's events translated (on SDL's dummy driver). */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <SDL.h>
#include <cmocka.h>

#include "base/clock.h"
#include "kiosk/platform.h"
#include "kiosk/wake.h"

static int64_t now_ms(void)
{
    struct clock c = clock_system();
    return clock_ms(&c);
}

/* --- wake
 * ------------------------------------------------------------------------------------------ */

static struct wake *new_wake(enum wake_sort sort, int fd, const char *dir)
{
    struct wake *w = NULL;
    assert_int_equal(wake_create(sort, fd, dir, &w), ERR_OK);
    return w;
}

static void test_wake_sleeps_and_posts(void **state)
{
    struct wake *w = new_wake(WAKE_NOTHING, -1, NULL);
    struct wake_result r;
    (void)state;
    int64_t start = now_ms();
    wake_wait(w, 30, &r);
    assert_true(now_ms() - start >= 29);
    assert_false(r.posted || r.input || r.fd_count);
    wake_post(w);
    wake_post(w);
    wake_wait(w, -1, &r);
    assert_true(r.posted);
    wake_wait(w, 0, &r);
    assert_false(r.posted); /* both were one */
    wake_destroy(w);
    wake_destroy(NULL);
}

static void *post_later(void *w)
{
    usleep(20000);
    wake_post(w);
    return NULL;
}

static void test_wake_from_thread(void **state)
{
    struct wake *w = new_wake(WAKE_NOTHING, -1, NULL);
    struct wake_result r;
    pthread_t thread;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, post_later, w), 0);
    wake_wait(w, -1, &r);
    assert_true(r.posted);
    pthread_join(thread, NULL);
    wake_destroy(w);
}

static void test_wake_watches(void **state)
{
    struct wake *w = new_wake(WAKE_NOTHING, -1, NULL);
    struct wake_result r;
    int pair[2];
    (void)state;
    assert_int_equal(pipe(pair), 0);
    assert_int_equal(wake_watch(w, pair[0], POLLIN), ERR_OK);
    wake_wait(w, 0, &r);
    assert_int_equal(r.fd_count, 0);
    assert_int_equal(write(pair[1], "x", 1), 1);
    for (int i = 0; i < 2; i++) { /* as long as it is ready */
        wake_wait(w, -1, &r);
        assert_int_equal(r.fd_count, 1);
        assert_int_equal(r.fds[0].fd, pair[0]);
        assert_true(r.fds[0].revents & POLLIN);
    }
    assert_int_equal(wake_watch(w, pair[0], POLLPRI), ERR_OK); /* other events, the same entry */
    wake_wait(w, 0, &r);
    assert_int_equal(r.fd_count, 0);
    for (int fd = 1000; fd < 1000 + WAKE_FDS - 1; fd++) {
        assert_int_equal(wake_watch(w, fd, POLLIN), ERR_OK);
    }
    assert_int_equal(wake_watch(w, 2000, POLLIN), ERR_LIMIT);
    for (int fd = 1000; fd < 1000 + WAKE_FDS - 1; fd++) {
        wake_unwatch(w, fd);
    }
    wake_unwatch(w, pair[0]);
    close(pair[1]);
    wake_wait(w, 0, &r);
    assert_int_equal(r.fd_count, 0);
    close(pair[0]);
    wake_destroy(w);
}

static void test_wake_connection_settles(void **state)
{
    struct wake_result r;
    int pair[2];
    char byte;
    (void)state;
    assert_int_equal(pipe(pair), 0);
    struct wake *w = new_wake(WAKE_CONNECTION, pair[0], NULL);
    assert_int_equal(write(pair[1], "x", 1), 1);
    wake_wait(w, -1, &r);
    assert_true(r.input);
    assert_int_equal(read(pair[0], &byte, 1), 1);
    int64_t start = now_ms();
    wake_wait(w, -1, &r); /* once more, although nothing came */
    assert_true(r.input);
    assert_true(now_ms() - start >= 200);
    wake_wait(w, 20, &r); /* and then quiet */
    assert_false(r.input);
    close(pair[0]);
    close(pair[1]);
    wake_destroy(w);
}

/* A folder that stands for /dev/input, with pipes for devices. */
static void test_wake_devices_come_and_go(void **state)
{
    char dir[] = "/tmp/gongkai-wake-XXXXXX";
    char input[64];
    char event3[80];
    struct wake_result r;
    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(input, sizeof input, "%s/input", dir);
    (void)snprintf(event3, sizeof event3, "%s/event3", input);
    struct wake *w = new_wake(WAKE_DEVICES, -1, input); /* not there yet */
    wake_wait(w, 0, &r);
    assert_false(r.input);
    assert_int_equal(mkdir(input, 0755), 0);
    wake_wait(w, 1000, &r);
    assert_true(r.input);
    assert_int_equal(mkfifo(event3, 0600), 0);
    wake_wait(w, 1000, &r);
    assert_true(r.input);
    int device = open(event3, O_WRONLY | O_NONBLOCK); /* fails unless the other end was opened */
    assert_true(device >= 0);
    int64_t fastest = INT64_MAX;
    for (int i = 0; i < 2 || (i < 20 && fastest >= 200); i++) { /* a busy machine may hold up one */
        while (wake_wait(w, 0, &r), r.input) { /* drained, so that the next is news again */
        }
        assert_int_equal(write(device, "motion", 6), 6);
        int64_t start = now_ms();
        wake_wait(w, -1, &r);
        assert_true(r.input);
        fastest = now_ms() - start < fastest ? now_ms() - start : fastest;
    }
    assert_true(fastest < 200); /* without the time that a connection is given to settle */
    close(device);              /* unplugged: the reading end hangs up and is let go */
    wake_wait(w, 1000, &r);
    assert_true(r.input);
    assert_true(open(event3, O_WRONLY | O_NONBLOCK) < 0);
    wake_destroy(w);
    unlink(event3);
    rmdir(input);
    rmdir(dir);
}

struct listened {
    int opened, read, closed;
};

static void device_opened(void *user, int fd)
{
    assert_true(fd >= 0);
    ((struct listened *)user)->opened++;
}

static bool device_readable(void *user, int fd)
{
    char byte;
    ((struct listened *)user)->read++;
    return read(fd, &byte, 1) == 1; /* one at a time: the rest rings again */
}

static void device_closed(void *user, int fd)
{
    assert_true(fd >= 0);
    ((struct listened *)user)->closed++;
}

static void test_wake_listener(void **state)
{
    char dir[] = "/tmp/gongkai-wake-XXXXXX";
    char event0[80];
    char event1[80];
    struct listened seen = {0, 0, 0};
    const struct wake_listener listener = {&seen, device_opened, device_readable, device_closed};
    struct wake_result r;
    int news[2];
    (void)state;
    assert_non_null(mkdtemp(dir));
    assert_int_equal(pipe(news), 0);
    (void)snprintf(event0, sizeof event0, "%s/event0", dir);
    (void)snprintf(event1, sizeof event1, "%s/event1", dir);
    assert_int_equal(mkfifo(event0, 0600), 0);
    struct wake *w = new_wake(WAKE_DEVICES, news[0], dir);
    wake_listen(w, &listener);
    assert_int_equal(seen.opened, 1);
    assert_int_equal(mkfifo(event1, 0600), 0);
    wake_wait(w, 1000, &r);
    assert_int_equal(seen.opened, 2);
    int device = open(event1, O_WRONLY | O_NONBLOCK);
    assert_int_equal(write(device, "ab", 2), 2);
    wake_wait(w, 1000, &r);
    wake_wait(w, 1000, &r);
    assert_int_equal(seen.read, 2);
    close(device);
    wake_wait(w, 1000, &r);
    assert_int_equal(seen.closed, 1);
    assert_int_equal(write(news[1], "x", 1), 1);
    wake_wait(w, 1000, &r);
    assert_true(r.input); /* a connection beside the devices */
    wake_destroy(w);
    assert_int_equal(seen.closed, 2);
    close(news[0]);
    close(news[1]);
    unlink(event0);
    unlink(event1);
    rmdir(dir);
}

/* --- headless
 * -------------------------------------------------------------------------------------- */

static void test_headless(void **state)
{
    struct platform *p = NULL;
    struct platform_event e[4];
    struct canvas c;
    uint64_t frames;
    uint64_t px;
    (void)state;
    assert_int_equal(platform_headless_create(0, 10, &p), ERR_LIMIT);
    assert_int_equal(platform_headless_create(40, 30, &p), ERR_OK);
    assert_int_equal(platform_lock(p, &c), ERR_OK);
    assert_true(c.w == 40 && c.h == 30 && c.px[30 * 40 - 1] == 0xFF000000u);
    assert_int_equal(platform_wait(p, -1, e, 4), 0); /* never sleeps */
    for (int i = 0; i < 6; i++) {
        const struct platform_event touch = {.kind = EVENT_TOUCH_MOVE, .x = i};
        assert_int_equal(platform_headless_push(p, &touch), ERR_OK);
    }
    platform_post_wake(p);
    assert_int_equal(platform_wait(p, 0, e, 4), 4);
    assert_int_equal(e[3].x, 3);
    assert_int_equal(platform_wait(p, 0, e, 4), 2);
    assert_int_equal(e[1].x, 5);
    assert_int_equal(platform_wait(p, 0, e, 4), 1);
    assert_int_equal(e[0].kind, EVENT_WAKE);
    const struct rect damage[2] = {{0, 0, 10, 10}, {35, 25, 10, 10}};
    assert_int_equal(platform_present(p, damage, 2), ERR_OK);
    assert_int_equal(platform_present(p, damage, 0), ERR_OK);
    platform_headless_counts(p, &frames, &px);
    assert_true(frames == 1 && px == 125);
    assert_int_equal(platform_headless_resize(p, 20, 60), ERR_OK);
    assert_int_equal(platform_wait(p, 0, e, 4), 1);
    assert_true(e[0].kind == EVENT_RESIZE && e[0].x == 20 && e[0].y == 60);
    platform_destroy(p);
    platform_destroy(NULL);
}

static void test_key_names(void **state)
{
    (void)state;
    for (int i = 0; i < PLATFORM_KEY_COUNT; i++) {
        enum platform_key key = PLATFORM_KEY_COUNT;
        assert_true(platform_key_of(slice_of(platform_key_name((enum platform_key)i)), &key));
        assert_int_equal(key, i);
    }
    enum platform_key key;
    assert_false(platform_key_of(slice_of("tab"), &key));
}

/* --- SDL
 * ------------------------------------------------------------------------------------------- */

static struct platform *new_window(void)
{
    const struct platform_config config = {.width = 200, .height = 100, .title = "test"};
    char reason[100] = "";
    struct platform *p = NULL;
    struct platform_event e[16];
    struct canvas c;
    assert_int_equal(setenv("SDL_VIDEODRIVER", "dummy", 1), 0);
    assert_int_equal(platform_sdl_create(&config, reason, sizeof reason, &p), ERR_OK);
    assert_int_equal(platform_lock(p, &c), ERR_OK);
    assert_true(c.w == 200 && c.h == 100);
    while (platform_wait(p, 0, e, 16) > 0) {
    }
    return p;
}

static void push_finger(uint32_t type, int64_t id, float x, float y)
{
    SDL_Event e = {.tfinger = {.type = type, .touchId = 5, .fingerId = id, .x = x, .y = y}};
    assert_int_equal(SDL_PushEvent(&e), 1);
}

static void push_button(uint32_t type, uint32_t which, int x, int y)
{
    SDL_Event e = {
        .button = {.type = type, .which = which, .button = SDL_BUTTON_LEFT, .x = x, .y = y}};
    assert_int_equal(SDL_PushEvent(&e), 1);
}

static void test_sdl_fingers(void **state)
{
    struct platform *p = new_window();
    struct platform_event e[16];
    (void)state;
    push_finger(SDL_FINGERDOWN, 77, 0.5f, 0.5f);
    push_finger(SDL_FINGERMOTION, 77, 0.6f, 0.5f);
    push_finger(SDL_FINGERDOWN, 78, 0.1f, 0.1f);
    push_finger(SDL_FINGERMOTION, 77, 0.7f, 1.0f); /* joins the first move */
    push_finger(SDL_FINGERUP, 77, 0.7f, 1.0f);
    push_finger(SDL_FINGERMOTION, 99, 0.7f, 1.0f); /* was never down */
    push_finger(SDL_FINGERUP, 78, 0.1f, 0.1f);
    assert_int_equal(platform_wait(p, 0, e, 16), 5);
    assert_true(e[0].kind == EVENT_TOUCH_DOWN && e[0].finger == 1 && e[0].x == 100 && e[0].y == 50);
    assert_true(e[1].kind == EVENT_TOUCH_MOVE && e[1].finger == 1 && e[1].x == 140);
    assert_int_equal(e[1].y, 99); /* inside the canvas */
    assert_true(e[2].kind == EVENT_TOUCH_DOWN && e[2].finger == 2);
    assert_true(e[3].kind == EVENT_TOUCH_UP && e[3].finger == 1);
    assert_true(e[4].kind == EVENT_TOUCH_UP && e[4].finger == 2);
    platform_destroy(p);
}

/* What is touched after a change of size is on the new canvas, and is told after it. */
static void test_sdl_resize_comes_in_order(void **state)
{
    struct platform *p = new_window();
    struct platform_event e[16];
    struct canvas c;
    (void)state;
    push_button(SDL_MOUSEBUTTONDOWN, 0, 250, 90);
    SDL_SetWindowSize(SDL_GetWindowFromID(1), 300, 400); /* SDL tells it by an event, in order */
    push_button(SDL_MOUSEBUTTONUP, 0, 250, 390);
    assert_int_equal(platform_wait(p, 0, e, 16), 3);
    assert_true(e[0].kind == EVENT_TOUCH_DOWN && e[0].x == 199 && e[0].y == 90);
    assert_true(e[1].kind == EVENT_RESIZE && e[1].x == 300 && e[1].y == 400);
    assert_true(e[2].kind == EVENT_TOUCH_UP && e[2].x == 250 && e[2].y == 390);
    assert_int_equal(platform_lock(p, &c), ERR_OK);
    assert_true(c.w == 300 && c.h == 400);
    platform_destroy(p);
}

/* SDL knows no such device (any more): its fingers cannot come up. */
static void test_sdl_lost_finger(void **state)
{
    struct platform *p = new_window();
    struct platform_event e[16];
    (void)state;
    push_finger(SDL_FINGERDOWN, 3, 0.5f, 0.5f);
    assert_int_equal(platform_wait(p, 0, e, 16), 2);
    assert_int_equal(e[0].kind, EVENT_TOUCH_DOWN);
    assert_int_equal(e[1].kind, EVENT_TOUCH_CANCEL);
    push_finger(SDL_FINGERUP, 3, 0.5f, 0.5f); /* too late: nothing */
    assert_int_equal(platform_wait(p, 0, e, 16), 0);
    platform_destroy(p);
}

static void test_sdl_mouse_and_keys(void **state)
{
    struct platform *p = new_window();
    struct platform_event e[16];
    SDL_Event key = {.key = {.type = SDL_KEYDOWN, .keysym = {.sym = SDLK_TAB, .mod = KMOD_LSHIFT}}};
    SDL_Event text = {.text = {.type = SDL_TEXTINPUT, .text = "公"}};
    SDL_Event bad = {.text = {.type = SDL_TEXTINPUT, .text = "\xff"}};
    SDL_Event wheel = {.wheel = {.type = SDL_MOUSEWHEEL, .y = -2, .mouseX = 7, .mouseY = 8}};
    SDL_Event quit = {.type = SDL_QUIT};
    (void)state;
    push_button(SDL_MOUSEBUTTONDOWN, SDL_TOUCH_MOUSEID, 1, 1); /* made up from a finger */
    push_button(SDL_MOUSEBUTTONUP, 0, 1, 1);                   /* without a down */
    push_button(SDL_MOUSEBUTTONDOWN, 0, 10, 20);
    push_button(SDL_MOUSEBUTTONUP, 0, 10, 20);
    SDL_PushEvent(&key);
    key.key.keysym = (SDL_Keysym){.sym = SDLK_UP, .mod = KMOD_LALT};
    SDL_PushEvent(&key);
    SDL_PushEvent(&text);
    SDL_PushEvent(&bad);
    SDL_PushEvent(&wheel);
    SDL_PushEvent(&quit);
    assert_int_equal(platform_wait(p, 0, e, 16), 6);
    assert_true(e[0].kind == EVENT_TOUCH_DOWN && e[0].finger == 0 && e[0].x == 10 && e[0].y == 20);
    assert_int_equal(e[1].kind, EVENT_TOUCH_UP);
    assert_true(e[2].kind == EVENT_KEY && e[2].key == PLATFORM_KEY_BACK_TAB);
    assert_true(e[3].kind == EVENT_TEXT && strcmp(e[3].text, "公") == 0);
    assert_true(e[4].kind == EVENT_WHEEL && e[4].dy == 2 && e[4].x == 7);
    assert_int_equal(e[5].kind, EVENT_QUIT);
    platform_destroy(p);
}

static void test_sdl_more_than_fits(void **state)
{
    struct platform *p = new_window();
    struct platform_event e[8];
    size_t seen = 0;
    (void)state;
    for (int i = 0; i < 20; i++) {
        push_button(i % 2 ? SDL_MOUSEBUTTONUP : SDL_MOUSEBUTTONDOWN, 0, i, 0);
    }
    platform_post_wake(p);
    bool woken = false;
    for (size_t n; (n = platform_wait(p, 0, e, 8)) > 0;) {
        for (size_t i = 0; i < n; i++) {
            if (e[i].kind == EVENT_WAKE) {
                woken = true;
            } else {
                assert_int_equal(e[i].x, seen++);
            }
        }
    }
    assert_int_equal(seen, 20);
    assert_true(woken);
    platform_destroy(p);
}

static void test_sdl_waits(void **state)
{
    struct platform *p = new_window();
    struct platform_event e[8];
    int pair[2];
    (void)state;
    int64_t start = now_ms();
    assert_int_equal(platform_wait(p, 40, e, 8), 0);
    assert_true(now_ms() - start >= 39);
    assert_int_equal(pipe(pair), 0);
    assert_int_equal(platform_watch(p, pair[0], POLLIN), ERR_OK);
    assert_int_equal(write(pair[1], "x", 1), 1);
    assert_int_equal(platform_wait(p, -1, e, 8), 1);
    assert_true(e[0].kind == EVENT_FD && e[0].fd == pair[0] && e[0].revents & POLLIN);
    platform_unwatch(p, pair[0]);
    close(pair[0]);
    close(pair[1]);
    platform_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wake_sleeps_and_posts),
        cmocka_unit_test(test_wake_from_thread),
        cmocka_unit_test(test_wake_watches),
        cmocka_unit_test(test_wake_connection_settles),
        cmocka_unit_test(test_wake_devices_come_and_go),
        cmocka_unit_test(test_wake_listener),
        cmocka_unit_test(test_headless),
        cmocka_unit_test(test_key_names),
        cmocka_unit_test(test_sdl_fingers),
        cmocka_unit_test(test_sdl_resize_comes_in_order),
        cmocka_unit_test(test_sdl_lost_finger),
        cmocka_unit_test(test_sdl_mouse_and_keys),
        cmocka_unit_test(test_sdl_more_than_fits),
        cmocka_unit_test(test_sdl_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
