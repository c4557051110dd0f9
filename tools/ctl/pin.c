/* gongkaictl pin: sets the PIN of the hall's staff. Guarantees that it is shown nowhere and stays
 * in memory no longer than it is needed; works without a running syncd, which sees the new one at
 * its next look. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "ctl/commands.h"
#include "package/secret.h"
#include "package/settings.h"
#include "store/roots.h"
#include "store/store.h"

#define LINE_MAX_BYTES 128

struct typed {
    char p[LINE_MAX_BYTES];
    size_t n;
};

/* One line; false when none came or it is longer than any PIN could be. */
static bool line_read(int fd, struct typed *t)
{
    char c = '\0';
    t->n = 0;
    for (;;) {
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got != 1 || c == '\n') {
            break;
        }
        if (t->n == sizeof t->p) {
            return false;
        }
        t->p[t->n++] = c;
    }
    if (t->n > 0 && t->p[t->n - 1] == '\r') {
        t->n--;
    }
    return t->n > 0 || c == '\n';
}

static bool line_ask(int tty, const char *prompt, struct typed *t)
{
    struct termios shown;
    if (tcgetattr(tty, &shown) != 0) {
        return false;
    }
    struct termios hidden = shown;
    hidden.c_lflag &= (tcflag_t) ~(tcflag_t)ECHO;
    hidden.c_lflag |= ECHONL;
    (void)tcsetattr(tty, TCSAFLUSH, &hidden);
    (void)dprintf(tty, "%s", prompt);
    bool good = line_read(tty, t);
    (void)tcsetattr(tty, TCSAFLUSH, &shown);
    return good;
}

static struct slice typed_slice(const struct typed *t)
{
    return (struct slice){t->p, t->n};
}

/* Twice from the terminal, or once from standard input. False after a sentence. */
static bool pin_ask(bool from_stdin, struct typed *ret_pin)
{
    struct typed again = {.n = 0};
    bool good = false;
    if (from_stdin) {
        good = line_read(STDIN_FILENO, ret_pin);
        if (!good) {
            ctl_complain("标准输入里没有口令；请写入一行 6 至 12 位数字。");
        }
        return good;
    }
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0) {
        ctl_complain("没有终端可以输入口令；请用 --stdin 从标准输入读取。");
        return false;
    }
    enum secret_weakness w = SECRET_FINE;
    good = line_ask(tty, "请输入新的工作人员口令（6 至 12 位数字）：", ret_pin);
    if (good) {
        w = secret_pin_check(typed_slice(ret_pin)); /* before it is asked for again */
    }
    good = good && (w != SECRET_FINE || line_ask(tty, "请再输入一遍：", &again));
    if (!good) {
        ctl_complain("没有读到口令，没有改动；请重新运行。");
    } else if (w == SECRET_FINE && !slice_eq(typed_slice(ret_pin), typed_slice(&again))) {
        ctl_complain("两次输入的口令不同，没有改动；请重新运行。");
        good = false;
    }
    (void)close(tty);
    secret_wipe(&again, sizeof again);
    return good;
}

/* Is the PIN laid down by signed settings, so that one set here would have no effect? */
static bool settings_rule(const char *root)
{
    char path[PATH_MAX];
    struct trust *t = NULL;
    struct buf file = {0};
    struct settings s;
    enum err e = store_path(root, "state/settings.gks", path);
    e = e == ERR_OK ? file_read(path, SETTINGS_FILE_MAX, &file) : e;
    e = e == ERR_OK ? roots_open(root, &t) : e;
    bool rule =
        e == ERR_OK && settings_open(t, buf_slice(&file), &s) == REJECT_NONE && s.pin[0] != '\0';
    trust_close(t);
    buf_finish(&file);
    return rule;
}

/* As the folder's owner: syncd must be able to read what a technician wrote as root. */
static enum err pin_store(const char *root, const char *text)
{
    char path[PATH_MAX];
    struct stat st;
    enum err e = store_path(root, "state", path);
    if (e == ERR_OK && !path_exists(root)) {
        e = ERR_MISSING;
    }
    if (e == ERR_OK && !path_exists(path)) {
        e = dir_make(path, 0750);
    }
    if (e == ERR_OK && stat(path, &st) != 0) {
        e = err_of_errno(errno);
    }
    if (e == ERR_OK && geteuid() == 0 && st.st_uid != 0 &&
        (setegid(st.st_gid) != 0 || seteuid(st.st_uid) != 0)) {
        e = err_of_errno(errno);
    }
    e = e == ERR_OK ? store_path(root, "state/pin", path) : e;
    return e == ERR_OK ? secret_file_write(path, text) : e;
}

int ctl_pin(const struct ctl_options *o, bool from_stdin)
{
    char text[SECRET_TEXT];
    struct typed pin = {.n = 0};
    int code = 1;
    if (settings_rule(o->root)) {
        ctl_complain("口令由签名的终端配置规定，在这里设置不起作用；"
                     "请用 gongkai-pack settings 改口令并重新签名。");
        return 1;
    }
    if (!pin_ask(from_stdin, &pin)) {
        goto out;
    }
    enum secret_weakness w = secret_pin_check(typed_slice(&pin));
    if (w != SECRET_FINE) {
        ctl_complain("%s", secret_weakness_sentence(w));
        goto out;
    }
    enum err e = secret_hash(typed_slice(&pin), text);
    e = e == ERR_OK ? pin_store(o->root, text) : e;
    if (e != ERR_OK) {
        ctl_complain("口令没有写入 %s：%s", o->root,
                     e == ERR_MISSING ? "没有这个文件夹，请用 --root 给出终端的数据文件夹。"
                                      : err_sentence(e));
        goto out;
    }
    puts("已设置工作人员口令；输错的次数已清零。");
    code = 0;
out:
    secret_wipe(&pin, sizeof pin);
    return code;
}
