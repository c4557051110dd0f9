/* A stick that misbehaves: shows a folder read-only by FUSE, slowly, with other bytes at a later
 * reading, or only up to some byte, after which every read waits until the stick is pulled.
 *
 *   stick_disk SOURCE PLACE [--rate BYTES_A_S] [--two-faced READS] [--stop-at BYTES MARKER]
 * [--eio-at BYTES]
 *
 * Ends when PLACE is unmounted or on SIGTERM, which pulls it: reads that wait fail. */
#define FUSE_USE_VERSION 31
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct disk {
    const char *source, *place, *marker;
    uint64_t rate, two_faced, stop_at, eio_at; /* 0: not */
    pthread_mutex_t lock;
    uint64_t bytes, reads;
};

static struct disk *disk_of_call(void)
{
    return fuse_get_context()->private_data;
}

static int path_of(const char *path, char out[4096])
{
    int n = snprintf(out, 4096, "%s%s", disk_of_call()->source, path);
    return n < 0 || n >= 4096 ? -ENAMETOOLONG : 0;
}

static int disk_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
    char real[4096];
    (void)fi;
    int e = path_of(path, real);
    if (e == 0 && lstat(real, st) != 0) {
        e = -errno;
    }
    return e;
}

static int disk_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t offset,
                        struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
    char real[4096];
    (void)offset;
    (void)fi;
    (void)flags;
    int e = path_of(path, real);
    DIR *dir = e == 0 ? opendir(real) : NULL;
    const struct dirent *entry;
    if (!dir) {
        return e ? e : -errno;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (fill(buf, entry->d_name, NULL, 0, 0) != 0) {
            break;
        }
    }
    closedir(dir);
    return 0;
}

static int disk_open(const char *path, struct fuse_file_info *fi)
{
    char real[4096];
    int e = path_of(path, real);
    int fd = e == 0 ? open(real, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) {
        return e ? e : -errno;
    }
    fi->fh = (uint64_t)fd;
    fi->direct_io = 1; /* what is read is what is asked */
    return 0;
}

static int disk_release(const char *path, struct fuse_file_info *fi)
{
    (void)path;
    close((int)fi->fh);
    return 0;
}

/* Counts this reading; true: it is beyond what the stick gives. */
static bool count(struct disk *d, uint64_t n, bool *ret_other_face, bool *ret_fails)
{
    (void)pthread_mutex_lock(&d->lock);
    d->reads++;
    *ret_other_face = d->two_faced != 0 && d->reads > d->two_faced;
    bool stopped = d->stop_at != 0 && d->bytes + n > d->stop_at;
    *ret_fails = d->eio_at != 0 && d->bytes + n > d->eio_at;
    d->bytes += stopped || *ret_fails ? 0 : n;
    (void)pthread_mutex_unlock(&d->lock);
    return stopped;
}

static int disk_read(const char *path, char *buf, size_t n, off_t offset, struct fuse_file_info *fi)
{
    struct disk *d = disk_of_call();
    bool other = false;
    bool fails = false;
    (void)path;
    ssize_t got = pread((int)fi->fh, buf, n, offset);
    if (got < 0) {
        return -errno;
    }
    if (count(d, (uint64_t)got, &other, &fails)) {
        int marker = open(d->marker, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        if (marker >= 0) {
            close(marker);
        }
        for (;;) {
            (void)pause();
        }
    }
    if (fails) {
        return -EIO;
    }
    if (d->rate != 0) {
        uint64_t ns = (uint64_t)got * 1000000000u / d->rate;
        const struct timespec pause_ns = {.tv_sec = (time_t)(ns / 1000000000u),
                                          .tv_nsec = (long)(ns % 1000000000u)};
        (void)nanosleep(&pause_ns, NULL);
    }
    for (ssize_t i = 0; other && i < got; i++) {
        buf[i] = (char)~buf[i];
    }
    return (int)got;
}

static void pulled(int signal_number)
{
    (void)signal_number;
    _exit(0); /* the kernel fails what waits */
}

static uint64_t number(const char *text)
{
    return strtoull(text ? text : "0", NULL, 10);
}

int main(int argc, char **argv)
{
    static const struct fuse_operations operations = {
        .getattr = disk_getattr,
        .readdir = disk_readdir,
        .open = disk_open,
        .release = disk_release,
        .read = disk_read,
    };
    struct disk d = {.lock = PTHREAD_MUTEX_INITIALIZER};
    if (argc < 3) {
        fputs("usage: stick_disk SOURCE PLACE [--rate N] [--two-faced N] [--stop-at N MARKER] "
              "[--eio-at N]\n",
              stderr);
        return 2;
    }
    d.source = argv[1];
    d.place = argv[2];
    for (int i = 3; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--rate") == 0) {
            d.rate = number(argv[i + 1]);
        } else if (strcmp(argv[i], "--two-faced") == 0) {
            d.two_faced = number(argv[i + 1]);
        } else if (strcmp(argv[i], "--eio-at") == 0) {
            d.eio_at = number(argv[i + 1]);
        } else if (strcmp(argv[i], "--stop-at") == 0 && i + 2 < argc) {
            d.stop_at = number(argv[i + 1]);
            d.marker = argv[i + 2];
            i++;
        }
    }
    char *arguments[] = {argv[0], argv[2], (char[]){"-f"}, (char[]){"-o"}, (char[]){"ro"}, NULL};
    (void)signal(SIGTERM, pulled);
    return fuse_main(5, arguments, &operations, &d);
}
