/* The file system of slow_stick.h. Reads are served one after another; each takes at least as long
 * as the pace says, and time not used is not saved up. */
#define FUSE_USE_VERSION 31
#include "slow_stick.h"

#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

struct stick {
    char path[256]; /* "/name" */
    int fd;
    off_t size;
    double ns_per_byte;
    int64_t free_ns; /* when the stick is done with what it was last asked */
};

static struct stick *stick_of(void)
{
    return fuse_get_context()->private_data;
}

static int on_attributes(const char *path, struct stat *st, struct fuse_file_info *info)
{
    const struct stick *s = stick_of();
    (void)info;
    memset(st, 0, sizeof *st);
    if (strcmp(path, "/") == 0) {
        st->st_mode = S_IFDIR | 0555;
        st->st_nlink = 2;
        return 0;
    }
    if (strcmp(path, s->path) != 0) {
        return -ENOENT;
    }
    st->st_mode = S_IFREG | 0444;
    st->st_nlink = 1;
    st->st_size = s->size;
    return 0;
}

static int on_list(const char *path, void *to, fuse_fill_dir_t fill, off_t offset,
                   struct fuse_file_info *info, enum fuse_readdir_flags flags)
{
    (void)path;
    (void)offset;
    (void)info;
    (void)flags;
    (void)fill(to, stick_of()->path + 1, NULL, 0, 0);
    return 0;
}

static int on_open(const char *path, struct fuse_file_info *info)
{
    (void)info;
    return strcmp(path, stick_of()->path) == 0 ? 0 : -ENOENT;
}

static int on_read(const char *path, char *p, size_t n, off_t offset, struct fuse_file_info *info)
{
    struct stick *s = stick_of();
    (void)path;
    (void)info;
    ssize_t done = pread(s->fd, p, n, offset);
    if (done <= 0) {
        return done < 0 ? -errno : 0;
    }
    int64_t now = measure_now_ns();
    s->free_ns = s->free_ns > now ? s->free_ns : now;
    s->free_ns += (int64_t)((double)done * s->ns_per_byte);
    if (s->free_ns > now) {
        measure_pause_us((long)((s->free_ns - now) / 1000));
    }
    return (int)done;
}

static const struct fuse_operations operations = {
    .getattr = on_attributes,
    .readdir = on_list,
    .open = on_open,
    .read = on_read,
};

static int serve(struct stick *s, const char *folder)
{
    char *argv[] = {(char[]){"slow_stick"}, (char[]){"-f"}, (char[]){"-s"}, NULL, NULL};
    char mount_point[1024];
    (void)snprintf(mount_point, sizeof mount_point, "%s", folder);
    argv[3] = mount_point;
    return fuse_main(4, argv, &operations, s);
}

bool slow_stick_mount(struct slow_stick *s, const char *folder, const char *name,
                      const char *behind, double bytes_per_s)
{
    struct stick stick = {.ns_per_byte = bytes_per_s > 0 ? 1e9 / bytes_per_s : 0};
    struct stat st;
    (void)snprintf(s->folder, sizeof s->folder, "%s", folder);
    (void)snprintf(s->file, sizeof s->file, "%s/%s", folder, name);
    (void)snprintf(stick.path, sizeof stick.path, "/%s", name);
    (void)umount2(folder, MNT_DETACH); /* of a run that was cut off */
    (void)mkdir(folder, 0755);
    stick.fd = open(behind, O_RDONLY | O_CLOEXEC);
    if (stick.fd < 0 || fstat(stick.fd, &st) != 0) {
        perror(behind);
        return false;
    }
    stick.size = st.st_size;
    s->server = fork();
    if (s->server == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        _exit(serve(&stick, folder));
    }
    close(stick.fd);
    for (int i = 0; s->server > 0 && i < 1000; i++) {
        if (access(s->file, R_OK) == 0) {
            return true;
        }
        measure_pause_us(5000);
    }
    (void)fprintf(stderr, "bench：%s 上挂不上 FUSE 文件系统，请检查 /dev/fuse。\n", folder);
    slow_stick_unmount(s);
    return false;
}

void slow_stick_unmount(struct slow_stick *s)
{
    if (s->server > 0) {
        measure_stop(s->server); /* unmounts it */
        (void)umount2(s->folder, MNT_DETACH);
        s->server = 0;
    }
}
