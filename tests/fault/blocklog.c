/* The recorder is one process with one thread: the order of the log is the order in which requests
 * were answered, so a write before a flush in the log was complete before it. */
#define FUSE_USE_VERSION 31
#include "blocklog.h"

#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_TRIES 500

struct recorder {
    unsigned char *bytes; /* the image, private to this process */
    size_t size;
    FILE *log;
};

static struct recorder *recorder(void)
{
    return fuse_get_context()->private_data;
}

static int record(enum block_kind kind, uint64_t offset, size_t n, const char *bytes)
{
    struct recorder *r = recorder();
    const uint64_t head[3] = {(uint64_t)kind, offset, bytes ? n : 0};
    bool good = fwrite(head, sizeof head, 1, r->log) == 1 &&
                (!bytes || n == 0 || fwrite(bytes, n, 1, r->log) == 1) && fflush(r->log) == 0;
    return good ? 0 : -EIO;
}

static int on_attributes(const char *path, struct stat *st, struct fuse_file_info *info)
{
    (void)info;
    memset(st, 0, sizeof *st);
    if (strcmp(path, "/") == 0) {
        st->st_mode = S_IFDIR | 0755;
        st->st_nlink = 2;
        return 0;
    }
    if (strcmp(path, "/disk") != 0 && strcmp(path, "/mark") != 0) {
        return -ENOENT;
    }
    st->st_mode = S_IFREG | 0600;
    st->st_nlink = 1;
    st->st_size = path[1] == 'd' ? (off_t)recorder()->size : 0;
    return 0;
}

static int on_open(const char *path, struct fuse_file_info *info)
{
    info->direct_io = path[1] == 'm';
    return 0;
}

static int on_truncate(const char *path, off_t size, struct fuse_file_info *info)
{
    (void)path;
    (void)size;
    (void)info;
    return -EPERM;
}

static int on_read(const char *path, char *p, size_t n, off_t offset, struct fuse_file_info *info)
{
    const struct recorder *r = recorder();
    (void)info;
    if (path[1] != 'd' || offset < 0 || (size_t)offset >= r->size) {
        return 0;
    }
    n = n < r->size - (size_t)offset ? n : r->size - (size_t)offset;
    memcpy(p, r->bytes + offset, n);
    return (int)n;
}

static int on_write(const char *path, const char *p, size_t n, off_t offset,
                    struct fuse_file_info *info)
{
    struct recorder *r = recorder();
    (void)info;
    if (path[1] == 'm') {
        int e = record(BLOCK_MARK, 0, 0, NULL);
        return e == 0 ? (int)n : e;
    }
    if (offset < 0 || n > r->size || (size_t)offset > r->size - n) {
        return -ENOSPC;
    }
    memcpy(r->bytes + offset, p, n);
    int e = record(BLOCK_WRITE, (uint64_t)offset, n, p);
    return e == 0 ? (int)n : e;
}

static int on_sync(const char *path, int data_only, struct fuse_file_info *info)
{
    (void)data_only;
    (void)info;
    return path[1] == 'd' ? record(BLOCK_FLUSH, 0, 0, NULL) : 0;
}

static void *on_init(struct fuse_conn_info *connection, struct fuse_config *config)
{
    (void)connection;
    config->kernel_cache = 1;
    return fuse_get_context()->private_data;
}

static int serve(struct recorder *r, const char *dir)
{
    static const struct fuse_operations operations = {
        .getattr = on_attributes,
        .truncate = on_truncate,
        .open = on_open,
        .read = on_read,
        .write = on_write,
        .fsync = on_sync,
        .init = on_init,
    };
    char program[] = "blocklog";
    char *argv[] = {program, NULL};
    struct fuse_args args = FUSE_ARGS_INIT(1, argv);
    struct fuse *fuse = fuse_new(&args, &operations, sizeof operations, r);
    if (!fuse || fuse_mount(fuse, dir) != 0) {
        return 1;
    }
    int code = fuse_loop(fuse);
    fuse_destroy(fuse);
    return code == 0 ? 0 : 1;
}

static int recorder_main(const char *image, const char *dir, const char *log)
{
    struct stat st;
    struct recorder r = {.log = fopen(log, "wb")};
    int fd = open(image, O_RDONLY | O_CLOEXEC);
    if (!r.log || fd < 0 || fstat(fd, &st) != 0) {
        return 1;
    }
    r.size = (size_t)st.st_size;
    r.bytes = mmap(NULL, r.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
    return r.bytes == MAP_FAILED ? 1 : serve(&r, dir);
}

bool blocklog_start(struct blocklog *b, const char *image, const char *dir, const char *log)
{
    char disk[700];
    struct stat st;
    (void)snprintf(b->dir, sizeof b->dir, "%s", dir);
    (void)snprintf(b->log, sizeof b->log, "%s", log);
    (void)snprintf(disk, sizeof disk, "%s/disk", dir);
    if (mkdir(dir, 0755) != 0 && errno != EEXIST) {
        return false;
    }
    b->pid = fork();
    if (b->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(recorder_main(image, dir, log));
    }
    for (int i = 0; b->pid > 0 && i < START_TRIES; i++) {
        if (stat(disk, &st) == 0) {
            return true;
        }
        if (waitpid(b->pid, NULL, WNOHANG) == b->pid) {
            b->pid = 0;
            break;
        }
        (void)usleep(2000);
    }
    fprintf(stderr, "the FUSE recorder did not start (is /dev/fuse there and permitted?)\n");
    return false;
}

bool blocklog_mark(const struct blocklog *b)
{
    char path[700];
    (void)snprintf(path, sizeof path, "%s/mark", b->dir);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, "m", 1) == 1;
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

bool blocklog_stop(struct blocklog *b)
{
    int status = 0;
    bool good = b->pid > 0 && umount(b->dir) == 0;
    if (!good) {
        (void)umount2(b->dir, MNT_DETACH);
    }
    good = b->pid > 0 && waitpid(b->pid, &status, 0) == b->pid && status == 0 && good;
    b->pid = 0;
    return good;
}

/* --- reading the log --- */

bool block_events_load(struct block_events *e, const char *log)
{
    struct stat st;
    int fd = open(log, O_RDONLY | O_CLOEXEC);
    *e = (struct block_events){0};
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0) {
        return false;
    }
    e->map_size = (size_t)st.st_size;
    e->map = mmap(NULL, e->map_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (e->map == MAP_FAILED) {
        return false;
    }
    size_t room = 0;
    for (size_t at = 0; at + 24 <= e->map_size;) {
        uint64_t head[3];
        memcpy(head, (const char *)e->map + at, sizeof head);
        if (e->n == room) {
            room = room ? 2 * room : 1024;
            struct block_event *more = realloc(e->event, room * sizeof *more);
            if (!more) {
                return false;
            }
            e->event = more;
        }
        e->event[e->n++] = (struct block_event){.kind = (enum block_kind)head[0],
                                                .offset = head[1],
                                                .n = (size_t)head[2],
                                                .bytes = (const unsigned char *)e->map + at + 24};
        at += 24 + (size_t)head[2];
    }
    return true;
}

void block_events_finish(struct block_events *e)
{
    free(e->event);
    if (e->map) {
        (void)munmap(e->map, e->map_size);
    }
    *e = (struct block_events){0};
}
