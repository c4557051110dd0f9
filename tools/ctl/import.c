/* import: copies a package into the drop folder as any remote job does, then waits for its fate. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "ctl/commands.h"
#include "store/store.h"

#define COPY_BYTES (1u << 20)
#define SILENCE_MS                                                                                 \
    600000 /* syncd is alive but says nothing of our file for so long: give up waiting */

static void progress(const char *what, uint64_t done, uint64_t total)
{
    if (isatty(STDERR_FILENO)) {
        unsigned percent = total > 0 ? (unsigned)(done * 100 / total) : 0;
        fprintf(stderr, "\r\033[K%s %u%%", what, percent);
    }
}

static void progress_end(void)
{
    if (isatty(STDERR_FILENO)) {
        fputs("\r\033[K", stderr);
    }
}

/* Copies and syncs; from is open, to is created. */
static enum err copy(int from, int to, uint64_t size)
{
    char *bytes = malloc(COPY_BYTES);
    enum err e = bytes ? ERR_OK : ERR_NOMEM;
    for (uint64_t at = 0; e == ERR_OK && at < size;) {
        size_t n = size - at < COPY_BYTES ? (size_t)(size - at) : COPY_BYTES;
        e = fd_read_at(from, bytes, n, at);
        if (e == ERR_OK) {
            e = fd_write_at(to, bytes, n, at);
        }
        at += n;
        progress("正在复制", at, size);
    }
    if (e == ERR_OK && fsync(to) != 0) {
        e = err_of_errno(errno);
    }
    free(bytes);
    return e;
}

/* Into drop/ under a temporary name first, so that syncd never sees a part of it. */
static enum err put_into_drop(const struct ctl_options *o, int from, uint64_t size,
                              const char *name)
{
    char drop[PATH_MAX];
    char tmp[PATH_MAX];
    char target[PATH_MAX];
    enum err e = store_path(o->root, "drop", drop);
    if (e == ERR_OK) {
        e = store_path(drop, name, target);
    }
    int n = e == ERR_OK ? snprintf(tmp, sizeof tmp, "%s/.import.XXXXXX", drop) : -1;
    if (e != ERR_OK || n < 0 || (size_t)n >= sizeof tmp) {
        return ERR_LIMIT;
    }
    int to = mkostemp(tmp, O_CLOEXEC);
    if (to < 0) {
        return err_of_errno(errno);
    }
    e = copy(from, to, size);
    if (e == ERR_OK && fchmod(to, 0644) != 0) {
        e = err_of_errno(errno);
    }
    close(to);
    if (e == ERR_OK && renameat2(AT_FDCWD, tmp, AT_FDCWD, target, RENAME_NOREPLACE) != 0) {
        e = errno == EEXIST ? ERR_BUSY : err_of_errno(errno);
    }
    (void)unlink(tmp);
    return e;
}

static void print_receipt(const char *path)
{
    struct buf bytes = {0};
    if (file_read(path, 1u << 20, &bytes) == ERR_OK) {
        (void)fwrite(bytes.p, 1, bytes.n, stdout);
    }
    buf_finish(&bytes);
}

static int report(const struct ctl_options *o, const struct link_message *m)
{
    bool in_use = strcmp(link_text(m, "result"), "applied") == 0 ||
                  strcmp(link_text(m, "reason"), "same") == 0; /* it was before */
    progress_end();
    if (o->json) {
        print_receipt(link_text(m, "receipt"));
    }
    if (!in_use) {
        ctl_complain("%s", link_text(m, "sentence"));
    } else if (!o->json) {
        puts(link_text(m, "sentence"));
    }
    return in_use ? 0 : 1;
}

/* Follows syncd until our file is done, or waits for somebody's approval. */
static int wait_for(const struct ctl_options *o, struct link *l, const char *name)
{
    for (;;) {
        struct link_message m;
        uint64_t done = 0;
        uint64_t total = 0;
        enum err e = ask_next(l, SILENCE_MS, &m);
        if (e != ERR_OK) {
            progress_end();
            ctl_complain("gongkai-syncd 已停止或没有回音；文件留在 %s/drop，它恢复后会自动处理。",
                         o->root);
            return 1;
        }
        bool ours = strcmp(link_text(&m, "file"), name) == 0;
        if (ours && strcmp(m.verb, "done") == 0) {
            return report(o, &m);
        }
        if (ours && strcmp(m.verb, "job") == 0) {
            if (strcmp(link_text(&m, "state"), "hold") == 0) {
                progress_end();
                puts("更新包已核对无误，等待批准；请运行 gongkaictl approve 装入，或 gongkaictl "
                     "reject 拒绝。");
                return 0;
            }
            if (link_u64(&m, "done", &done) && link_u64(&m, "total", &total)) {
                progress("正在装入", done, total);
            }
        }
    }
}

int ctl_import(const struct ctl_options *o, const char *path)
{
    struct stat st;
    struct link *l = NULL;
    struct link_message m;
    int code = 1;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        ctl_complain("读不了更新包 %s，请检查路径和权限。", path);
        goto out;
    }
    if (name[0] == '.' || name[0] == '\0') {
        ctl_complain("更新包的文件名不能以点开头，请改名后再导入。");
        goto out;
    }
    if (ask_connect(o, &l) != ERR_OK) {
        goto out;
    }
    link_message_init(&m, "hello");
    link_add(&m, "program", "ctl");
    enum err e = link_send(l, &m);
    if (e == ERR_OK) {
        e = put_into_drop(o, fd, (uint64_t)st.st_size, name);
    }
    progress_end();
    if (e != ERR_OK) {
        ctl_complain("不能把更新包放进 %s/drop：%s", o->root,
                     e == ERR_BUSY ? "里面已有同名文件在等待处理，请稍后再试。" : err_sentence(e));
        goto out;
    }
    code = wait_for(o, l, name);
out:
    link_close(l);
    if (fd >= 0) {
        close(fd);
    }
    return code;
}
