/* hand: what hands do at the emulated terminal, one command a line on standard input.
 *   down SLOT X Y    a finger on the panel; X, Y in 1/10000 of its width and height
 *   move SLOT X Y
 *   up SLOT
 *   wait MS
 *   vt N             another virtual terminal, as a technician changes to one; returns when it is
 * shown The panel is a multi-touch one of ten fingers, made with /dev/uinput (the kernel's
 * Documentation/input/uinput.rst); it is unplugged at the end of the input. Exit 0: all was done.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/uinput.h>
#include <linux/vt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 10, RANGE = 10000 };

static void sleep_ms(long ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    (void)nanosleep(&t, NULL);
}

static bool axis_add(int fd, unsigned code, int max)
{
    struct uinput_abs_setup axis = {.code = (unsigned short)code, .absinfo = {.maximum = max}};
    return ioctl(fd, UI_SET_ABSBIT, code) == 0 && ioctl(fd, UI_ABS_SETUP, &axis) == 0;
}

/* Waits until udev has given the panel's device to its group, and the screens have opened it. */
static void panel_settle(int fd)
{
    char name[64] = "";
    char path[512];
    struct stat st;
    (void)ioctl(fd, UI_GET_SYSNAME(sizeof name), name);
    (void)snprintf(path, sizeof path, "/sys/devices/virtual/input/%s", name);
    DIR *dir = opendir(path);
    const struct dirent *entry;
    path[0] = '\0';
    while (dir && (entry = readdir(dir))) {
        if (strncmp(entry->d_name, "event", 5) == 0) {
            (void)snprintf(path, sizeof path, "/dev/input/%s", entry->d_name);
        }
    }
    if (dir) {
        closedir(dir);
    }
    for (int i = 0; i < 300 && (stat(path, &st) != 0 || st.st_gid == 0); i++) {
        sleep_ms(100);
    }
    sleep_ms(1500);
}

/* −1: not to be had. */
static int panel_plug(void)
{
    struct uinput_setup setup = {.id = {.bustype = BUS_USB}, .name = "panel of the emulator"};
    int fd = open("/dev/uinput", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, UI_SET_EVBIT, EV_ABS) || ioctl(fd, UI_SET_EVBIT, EV_KEY) ||
        ioctl(fd, UI_SET_KEYBIT, BTN_TOUCH) || ioctl(fd, UI_SET_PROPBIT, INPUT_PROP_DIRECT) ||
        !axis_add(fd, ABS_MT_SLOT, SLOTS - 1) || !axis_add(fd, ABS_MT_TRACKING_ID, 65535) ||
        !axis_add(fd, ABS_MT_POSITION_X, RANGE - 1) ||
        !axis_add(fd, ABS_MT_POSITION_Y, RANGE - 1) || ioctl(fd, UI_DEV_SETUP, &setup) ||
        ioctl(fd, UI_DEV_CREATE)) {
        return -1;
    }
    panel_settle(fd);
    return fd;
}

static bool put(int fd, unsigned type, unsigned code, int value)
{
    const struct input_event e = {
        .type = (unsigned short)type, .code = (unsigned short)code, .value = value};
    return write(fd, &e, sizeof e) == (ssize_t)sizeof e;
}

static bool finger(int fd, int slot, int id, int x, int y)
{
    return put(fd, EV_ABS, ABS_MT_SLOT, slot) && put(fd, EV_ABS, ABS_MT_TRACKING_ID, id) &&
           (id < 0 ||
            (put(fd, EV_ABS, ABS_MT_POSITION_X, x) && put(fd, EV_ABS, ABS_MT_POSITION_Y, y))) &&
           put(fd, EV_SYN, SYN_REPORT, 0);
}

static bool vt_change(int n)
{
    int fd = open("/dev/tty0", O_RDWR | O_CLOEXEC | O_NOCTTY);
    bool done = fd >= 0 && ioctl(fd, VT_ACTIVATE, n) == 0 && ioctl(fd, VT_WAITACTIVE, n) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return done;
}

static bool obey(int fd, const char *line)
{
    int slot;
    int x;
    int y;
    long ms;
    if (sscanf(line, "down %d %d %d", &slot, &x, &y) == 3 ||
        sscanf(line, "move %d %d %d", &slot, &x, &y) == 3) {
        return finger(fd, slot, slot + 1, x, y);
    }
    if (sscanf(line, "up %d", &slot) == 1) {
        return finger(fd, slot, -1, 0, 0);
    }
    if (sscanf(line, "wait %ld", &ms) == 1) {
        sleep_ms(ms);
        return true;
    }
    int terminal;
    return sscanf(line, "vt %d", &terminal) == 1 && vt_change(terminal);
}

int main(void)
{
    char line[128];
    int fd = panel_plug();
    bool good = fd >= 0;
    while (good && fgets(line, sizeof line, stdin)) {
        good = obey(fd, line);
        if (!good) {
            (void)fprintf(stderr, "hand: %s", line);
        }
    }
    if (fd < 0) {
        perror("hand: /dev/uinput");
    } else {
        (void)ioctl(fd, UI_DEV_DESTROY);
        close(fd);
    }
    return good ? 0 : 1;
}
