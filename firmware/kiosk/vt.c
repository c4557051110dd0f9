/* The virtual terminal. Guarantees: whatever vt_create changed, vt_destroy changes back. After a
 * crash the terminal stays mute and in graphics mode until the screens are started again, which the
 * unit does after a second: what stands behind them is not for residents. */
#include "kiosk/vt.h"

#include <fcntl.h>
#include <linux/kd.h>
#include <linux/vt.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct vt {
    int tty; /* −1: none */
    int signals;
    int old_keyboard;
    bool switching; /* changes are ours to answer */
};

/* A descriptor of our own for the terminal; −1: there is none. */
static int terminal_open(void)
{
    int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    int mode;
    if (fd >= 0 && ioctl(fd, KDGETMODE, &mode) == 0) {
        return fd;
    }
    if (fd >= 0) {
        close(fd);
    }
    fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0 && ioctl(fd, KDGETMODE, &mode) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* False: the terminal is not ours to change (the kernel wants it to be the controlling one). */
static bool terminal_take(struct vt *v)
{
    struct vt_mode mode = {.mode = VT_PROCESS, .relsig = SIGUSR1, .acqsig = SIGUSR2};
    if (ioctl(v->tty, KDGKBMODE, &v->old_keyboard) != 0 ||
        ioctl(v->tty, KDSETMODE, KD_GRAPHICS) != 0) {
        return false;
    }
    (void)ioctl(v->tty, KDSKBMODE, K_OFF);
    v->switching = ioctl(v->tty, VT_SETMODE, &mode) == 0;
    if (v->old_keyboard == K_OFF) { /* left so by a crash */
        v->old_keyboard = K_UNICODE;
    }
    return true;
}

static void terminal_give(struct vt *v)
{
    (void)ioctl(v->tty, VT_SETMODE, &(struct vt_mode){.mode = VT_AUTO});
    (void)ioctl(v->tty, KDSKBMODE, v->old_keyboard);
    (void)ioctl(v->tty, KDSETMODE, KD_TEXT);
}

enum err vt_create(struct vt **ret_vt)
{
    struct vt *v = calloc(1, sizeof *v);
    sigset_t set;
    if (v == NULL) {
        return ERR_NOMEM;
    }
    v->signals = -1;
    v->tty = terminal_open();
    if (v->tty >= 0) {
        sigemptyset(&set);
        sigaddset(&set, SIGUSR1);
        sigaddset(&set, SIGUSR2);
        (void)sigprocmask(SIG_BLOCK, &set, NULL);
        v->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
        if (v->signals < 0) {
            close(v->tty);
            free(v);
            return ERR_IO;
        }
        if (!terminal_take(v)) {
            close(v->tty);
            v->tty = -1;
        }
    }
    *ret_vt = v;
    return ERR_OK;
}

void vt_destroy(struct vt *v)
{
    if (v == NULL) {
        return;
    }
    if (v->tty >= 0) {
        terminal_give(v);
        close(v->tty);
    }
    if (v->signals >= 0) {
        close(v->signals);
    }
    free(v);
}

int vt_fd(const struct vt *v)
{
    return v->switching ? v->signals : -1;
}

enum vt_news vt_read(struct vt *v)
{
    struct signalfd_siginfo info;
    enum vt_news news = VT_NOTHING;
    while (v->signals >= 0 && read(v->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGUSR1) {
            news = VT_LEAVE;
            break; /* the next change waits for the answer to this one */
        }
        news = VT_ENTER;
    }
    if (news == VT_ENTER) {
        (void)ioctl(v->tty, VT_RELDISP, VT_ACKACQ);
    }
    return news;
}

void vt_leave_done(struct vt *v)
{
    (void)ioctl(v->tty, VT_RELDISP, 1);
}
