#include "served_fixture.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../e2e/hostile_serve.h"
#include "base/file.h"

void served_start(struct served *s, size_t n)
{
    char path[128];
    memset(s, 0, sizeof *s);
    s->n = n;
    s->bytes = malloc(n);
    assert_non_null(s->bytes);
    (void)snprintf(s->dir, sizeof s->dir, "/tmp/gongkai-served-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    uint32_t x = 7;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525 + 1013904223;
        s->bytes[i] = (char)(x >> 24);
    }
    (void)snprintf(path, sizeof path, "%s/file", s->dir);
    assert_int_equal(file_replace(path, (struct slice){s->bytes, n}, 0644), ERR_OK);
    int fd = hostile_listen(&s->port);
    assert_true(fd >= 0);
    s->server = fork();
    if (s->server == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        hostile_serve(fd, s->dir);
    }
    (void)close(fd);
    const struct fetch_options o = {.stall_s = SERVED_STALL_S};
    assert_int_equal(fetch_open(&o, &s->fetch), ERR_OK);
}

void served_finish(struct served *s)
{
    fetch_close(s->fetch);
    (void)kill(s->server, SIGKILL);
    (void)waitpid(s->server, NULL, 0);
    assert_int_equal(dir_remove(s->dir), ERR_OK);
    free(s->bytes);
}

void served_url(const struct served *s, const char *manner, char url[128])
{
    (void)snprintf(url, 128, "http://127.0.0.1:%d/%s/file", s->port, manner);
}
