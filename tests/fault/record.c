#include "record.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "blocklog.h"
#include "crew.h"
#include "tree.h"

#define DISK_BYTES (192u << 20) /* sparse; 64 MiB to spare, and a group with a second super block  \
                                 */
#define NEIGHBOUR_US 300

void record_base(struct lab *l, char base[700])
{
    struct disk d;
    char dir[600];
    char root[700];
    (void)snprintf(base, 700, "%s/base.img", l->f.dir);
    (void)snprintf(dir, sizeof dir, "%s/mnt", l->f.dir);
    need(l, disk_format(base, DISK_BYTES), "mkfs.ext4");
    need(l, disk_attach(&d, base, dir), "this test needs loop devices");
    bool mounted = disk_mount(&d, "");
    if (mounted) {
        (void)snprintf(root, sizeof root, "%s/d", dir);
        tree_copy(l->template, root);
        mounted = disk_unmount(&d);
    }
    disk_detach(&d);
    need(l, mounted, "this test needs to mount ext4");
}

/* Rewrites and syncs a small file again and again until it is killed. */
static pid_t neighbour_start(const struct lab *l, const char *dir)
{
    char path[700];
    (void)snprintf(path, sizeof path, "%s/neighbour", dir);
    pid_t child = fork();
    need(l, child >= 0, "fork");
    if (child > 0) {
        return child;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (unsigned i = 0; fd >= 0; i++) {
        /* Growing and shrinking: each sync is a commit of the journal. */
        if (ftruncate(fd, 0) != 0 || pwrite(fd, &i, sizeof i, (off_t)(i % 7)) < 0 ||
            fsync(fd) != 0) {
            break;
        }
        (void)usleep(NEIGHBOUR_US);
    }
    _exit(1);
}

struct run {
    struct lab *l;
    const struct scenario *s;
    const struct recording *r;
    struct disk disk;
    struct blocklog log;
};

/* In a process of its own, so that the devices can be given back whatever happens. */
static void run_on(void *user, struct crew *crew)
{
    struct run *run = user;
    struct lab *l = run->l;
    const struct recording *r = run->r;
    struct disk *d = &run->disk;
    (void)crew;
    /* The mount is to be this process's alone: it must go before the recorder does. */
    need(l, disk_private_mounts() && disk_mount(d, r->options), "mount");
    struct lab on_disk = lab_own(l, "/d", RECORD_MOUNT);
    pid_t neighbour = r->neighbour ? neighbour_start(l, d->mount) : 0;
    bool good = lab_run(&on_disk, run->s) >= 0 && blocklog_mark(&run->log);
    if (neighbour > 0) {
        (void)kill(neighbour, SIGKILL);
        (void)waitpid(neighbour, NULL, 0);
    }
    need(l, good, "the recorded daemon was ended by a signal");
    lab_check_end(&on_disk, run->s);
    int top = open(d->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    need(l, top >= 0 && syncfs(top) == 0, "syncfs");
    close(top);
    need(l, disk_unmount(d), "umount");
}

void record_run(struct lab *l, const struct scenario *s, const struct recording *r,
                const char *base, const char *log)
{
    struct run run = {.l = l, .s = s, .r = r};
    long n[CREW_COUNTS];
    char fuse[600];
    char mount[600];
    char disk[700];
    (void)snprintf(fuse, sizeof fuse, "%s/fuse", l->f.dir);
    (void)snprintf(mount, sizeof mount, "%s/m%d", l->f.dir, RECORD_MOUNT);
    (void)snprintf(disk, sizeof disk, "%s/disk", fuse);
    need(l, blocklog_start(&run.log, base, fuse, log), "this test needs FUSE");
    bool good = disk_attach(&run.disk, disk, mount);
    if (good) {
        good = crew_run(1, run_on, &run, n);
        disk_detach(&run.disk);
    }
    good = blocklog_stop(&run.log) && good;
    need(l, good, "recording");
}
