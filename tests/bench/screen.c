/* Xvfb and its frame buffer. The file is in the format of xwd (X11/XWDFile.h): a header of
 * big-endian 32-bit numbers, a colour map, the pixels. */
#include "screen.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "measure.h"

#define WAIT_NS INT64_C(10000000000)
#define SETTLED_NS INT64_C(1000000000)
#define COLOUR_BYTES 12u

static uint32_t header_word(const struct screen *s, size_t index)
{
    const uint8_t *p = s->map + index * 4;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool pixels_map(struct screen *s)
{
    enum { HEADER_SIZE = 0, HEIGHT = 5, BYTES_PER_LINE = 12, COLOURS = 19, HEADER_WORDS = 25 };
    char path[96];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/Xvfb_screen0", s->dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < HEADER_WORDS * 4) {
        return false;
    }
    s->map_size = (size_t)st.st_size;
    void *map = mmap(NULL, s->map_size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
    (void)close(fd);
    if (map == MAP_FAILED) {
        return false;
    }
    s->map = map;
    size_t at = header_word(s, HEADER_SIZE) + (size_t)header_word(s, COLOURS) * COLOUR_BYTES;
    s->size = (size_t)header_word(s, BYTES_PER_LINE) * header_word(s, HEIGHT);
    s->reference = malloc(s->size);
    s->pixels = s->map + at;
    return s->size > 0 && at + s->size <= s->map_size && s->reference != NULL;
}

/* The number that Xvfb writes when it is ready for clients. */
static bool display_read(int fd)
{
    char number[16] = ":";
    size_t n = 1;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (n < sizeof number - 1 && poll(&p, 1, 10000) > 0 && read(fd, number + n, 1) == 1) {
        if (number[n] == '\n') {
            number[n] = '\0';
            return n > 1 && setenv("DISPLAY", number, 1) == 0;
        }
        n++;
    }
    return false;
}

bool screen_open(struct screen *s, int32_t width, int32_t height)
{
    char mode[32];
    char ready[16];
    int ends[2];
    *s = (struct screen){.pid = -1};
    (void)snprintf(s->dir, sizeof s->dir, "%s/gongkai-bench-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(s->dir) == NULL || pipe(ends) != 0) {
        (void)fprintf(stderr, "bench：不能建立临时目录 %s。\n", s->dir);
        s->dir[0] = '\0';
        return false;
    }
    (void)snprintf(s->log, sizeof s->log, "%s/log", s->dir);
    (void)snprintf(mode, sizeof mode, "%dx%dx24", (int)width, (int)height);
    (void)snprintf(ready, sizeof ready, "%d", ends[1]);
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    const char *const argv[] = {"Xvfb", "-displayfd", ready,  "-screen",   "0",
                                mode,   "-fbdir",     s->dir, "-noreset",  "-nolisten",
                                "tcp",  "-s",         "0",    "-nocursor", NULL};
    bool ok = measure_start(argv, s->log, &s->pid);
    (void)close(ends[1]);
    ok = ok && display_read(ends[0]) && pixels_map(s);
    (void)close(ends[0]);
    (void)unsetenv("WAYLAND_DISPLAY");
    (void)unsetenv("SDL_VIDEODRIVER");
    if (!ok) {
        (void)fprintf(stderr, "bench：Xvfb 没有启动，请安装软件包 xvfb。\n");
        measure_show_log(s->log);
    }
    return ok;
}

void screen_close(struct screen *s)
{
    char path[96];
    measure_stop(s->pid);
    if (s->map) {
        (void)munmap(s->map, s->map_size);
    }
    free(s->reference);
    if (s->dir[0]) {
        (void)snprintf(path, sizeof path, "%s/Xvfb_screen0", s->dir);
        (void)unlink(path);
        (void)unlink(s->log);
        (void)rmdir(s->dir);
    }
    *s = (struct screen){.pid = -1};
}

/* Every pixel has the colour of the first, which is black. */
static bool is_bare(const struct screen *s)
{
    static const uint8_t black[4];
    return memcmp(s->pixels, black, 3) == 0 && memcmp(s->pixels, s->pixels + 4, s->size - 4) == 0;
}

static bool late(const struct screen *s, int64_t since_ns)
{
    if (measure_now_ns() - since_ns < WAIT_NS) {
        return false;
    }
    (void)fprintf(stderr, "bench：等了 10 秒，屏幕上没有出现应有的画面。\n");
    measure_show_log(s->log);
    return true;
}

bool screen_wait_bare(const struct screen *s)
{
    int64_t began = measure_now_ns();
    while (!is_bare(s)) {
        if (late(s, began)) {
            return false;
        }
        measure_pause_us(2000);
    }
    return true;
}

bool screen_wait_settled(struct screen *s)
{
    int64_t began = measure_now_ns();
    int64_t changed = began;
    memcpy(s->reference, s->pixels, s->size);
    while (measure_now_ns() - changed < SETTLED_NS) {
        if (is_bare(s) || memcmp(s->reference, s->pixels, s->size) != 0) {
            memcpy(s->reference, s->pixels, s->size);
            changed = measure_now_ns();
        }
        if (late(s, began)) {
            return false;
        }
        measure_pause_us(20000);
    }
    return true;
}

bool screen_wait_reference(const struct screen *s)
{
    int64_t began = measure_now_ns();
    while (memcmp(s->reference, s->pixels, s->size) != 0) {
        if (late(s, began)) {
            return false;
        }
        measure_pause_us(200);
    }
    return true;
}
