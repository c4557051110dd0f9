#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define ATTACH_TRIES 50
#define LOOP_MAJOR_NUMBER 7

static bool complain(const char *what, const char *path)
{
    fprintf(stderr, "%s %s: %s\n", what, path, strerror(errno));
    return false;
}

/* Runs a program without a word; its exit code, -1 when it could not run. */
static int run_quietly(char *const argv[])
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        (void)dup2(null, STDIN_FILENO);
        (void)dup2(null, STDOUT_FILENO);
        (void)dup2(null, STDERR_FILENO);
        execvp(argv[0], argv);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
        return -1;
    }
    return WEXITSTATUS(status);
}

static char *writable(const char *text, char *buf, size_t size)
{
    (void)snprintf(buf, size, "%s", text);
    return buf;
}

bool disk_format(const char *file, size_t size)
{
    char word[13][64];
    char path[700];
    static const char *const words[] = {"mkfs.ext4", "-q",     "-F",           "-b",  "4096",
                                        "-J",        "size=4", "-N",           "512", "-m",
                                        "0",         "-O",     "^resize_inode"};
    char *argv[16];
    size_t n = 0;
    int fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0) {
        return complain("image", file);
    }
    close(fd);
    for (; n < sizeof words / sizeof *words; n++) {
        argv[n] = writable(words[n], word[n], sizeof word[n]);
    }
    argv[n++] = writable(file, path, sizeof path);
    argv[n] = NULL;
    int code = run_quietly(argv);
    if (code != 0) {
        fprintf(stderr, "mkfs.ext4 ended with %d (is e2fsprogs installed, /sbin in PATH?)\n", code);
    }
    return code == 0;
}

/* Opens the next free loop device, making its node where /dev is not the kernel's own. */
static int loop_open(char device[32])
{
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    int n = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
    if (control >= 0) {
        close(control);
    }
    if (n < 0) {
        return -1;
    }
    (void)snprintf(device, 32, "/dev/loop%d", n);
    if (access(device, F_OK) != 0 &&
        mknod(device, S_IFBLK | 0600, makedev(LOOP_MAJOR_NUMBER, (unsigned)n)) != 0 &&
        errno != EEXIST) {
        return -1;
    }
    return open(device, O_RDWR | O_CLOEXEC);
}

bool disk_attach(struct disk *d, const char *file, const char *mount_dir)
{
    *d = (struct disk){.mounted = false};
    (void)snprintf(d->mount, sizeof d->mount, "%s", mount_dir);
    if (mkdir(mount_dir, 0755) != 0 && errno != EEXIST) {
        return complain("mkdir", mount_dir);
    }
    int fd = open(file, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return complain("open", file);
    }
    for (int i = 0; i < ATTACH_TRIES; i++) {
        char device[32] = "";
        int loop = loop_open(device);
        struct loop_config config = {.fd = (unsigned)fd, .block_size = 512};
        bool good = loop >= 0 && ioctl(loop, LOOP_CONFIGURE, &config) == 0;
        int error = errno;
        if (loop >= 0) {
            close(loop);
        }
        if (good) {
            memcpy(d->device, device, sizeof device);
            close(fd);
            return true;
        }
        errno = error;
        if (error != EBUSY && error != EAGAIN) { /* taken by another program: the next one */
            break;
        }
        (void)usleep(10000);
    }
    close(fd);
    return complain("loop device for", file);
}

void disk_detach(struct disk *d)
{
    if (d->device[0] == '\0') {
        return;
    }
    (void)umount2(d->mount, MNT_DETACH); /* it may have been mounted by a child that has failed */
    d->mounted = false;
    int fd = open(d->device, O_RDWR | O_CLOEXEC);
    if (fd >= 0) {
        (void)ioctl(fd, LOOP_CLR_FD);
        close(fd);
    }
    d->device[0] = '\0';
}

bool disk_mount(struct disk *d, const char *options)
{
    /* Nothing that somebody else read from the device may stay in memory. */
    int fd = open(d->device, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        (void)ioctl(fd, BLKFLSBUF);
        close(fd);
    }
    d->mounted =
        mount(d->device, d->mount, "ext4", MS_NOATIME | MS_NODEV | MS_NOSUID, options) == 0;
    return d->mounted;
}

bool disk_unmount(struct disk *d)
{
    for (int i = 0; umount(d->mount) != 0; i++) {
        if (errno != EBUSY || i == ATTACH_TRIES) {
            return complain("umount", d->mount);
        }
        (void)usleep(2000); /* a child of the daemon is just ending */
    }
    d->mounted = false;
    return true;
}

int disk_check(const struct disk *d)
{
    char name[] = "e2fsck";
    char preen[] = "-p";
    char yes[] = "-fy";
    char device[32];
    memcpy(device, d->device, sizeof device);
    char *first[] = {name, preen, device, NULL};
    char *second[] = {name, yes, device, NULL};
    int code = run_quietly(first);
    if (code >= 0 && code <= 2) {
        return 0;
    }
    code = run_quietly(second);
    return code >= 0 && code <= 2 ? 1 : -1;
}

bool disk_private_mounts(void)
{
    return (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0) ||
           complain("mount namespace", "");
}
