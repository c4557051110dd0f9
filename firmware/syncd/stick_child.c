/* Lists a stick from within a process that can open nothing but for reading, and speak to nobody
 * but its parent. Guarantees bounds on what it looks at; verifies nothing. */
#include "syncd/stick_child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "package/header.h"
#include "store/filter.h"
#include "syncd/stick_read.h"

#define DATA_BYTES (256u << 20) /* what the parent has included */
#define EXIT_LOCK 3

struct found {
    char name[256];
    int folder; /* index of folders */
};

struct list {
    int folders[2]; /* the stick's top, gongkai/; −1: none */
    size_t n;
    bool more;
    struct found at[STICK_PACKAGES_MAX]; /* highest names first */
};

/* --- locking up --- */

static bool lock_up(void)
{
    static const int calls[] = {SCMP_SYS(getdents64), SCMP_SYS(newfstatat), SCMP_SYS(fstat),
                                SCMP_SYS(lseek),      SCMP_SYS(pread64),    SCMP_SYS(close),
                                SCMP_SYS(fcntl),      SCMP_SYS(statx)};
    const uint64_t writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
    scmp_filter_ctx filter = filter_open();
    bool good = filter != NULL;
    for (size_t i = 0; good && i < sizeof calls / sizeof *calls; i++) {
        good = filter_allow(filter, calls[i]);
    }
    return good && filter_allow_if(filter, SCMP_SYS(openat), 2, writing, 0) &&
           filter_allow_if(filter, SCMP_SYS(sendmsg), 0, UINT64_MAX, STICK_CHILD_SOCKET) &&
           filter_load(filter);
}

/* A listing needs little. */
static void limits_set(void)
{
    const struct rlimit none = {0, 0};
    const struct rlimit files = {32, 32};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)setrlimit(RLIMIT_FSIZE, &none);
    (void)setrlimit(RLIMIT_NOFILE, &files);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    const struct rlimit data = {DATA_BYTES, DATA_BYTES};
    (void)setrlimit(RLIMIT_DATA, &data);
#endif
}

/* --- listing --- */

static bool is_package_name(const char *name)
{
    size_t n = strlen(name);
    return name[0] != '.' && n > 4 && n < sizeof((struct found *)NULL)->name &&
           strcasecmp(name + n - 4, ".gkp") == 0; /* FAT keeps short names in capitals */
}

static void list_add(struct list *l, const char *name, int folder)
{
    size_t at = l->n;
    while (at > 0 && strcmp(l->at[at - 1].name, name) < 0) {
        at--;
    }
    if (at == STICK_PACKAGES_MAX) {
        l->more = true;
        return;
    }
    l->more = l->more || l->n == STICK_PACKAGES_MAX;
    l->n -= l->n == STICK_PACKAGES_MAX;
    memmove(&l->at[at + 1], &l->at[at], (l->n - at) * sizeof *l->at);
    memcpy(l->at[at].name, name, strlen(name) + 1);
    l->at[at].folder = folder;
    l->n++;
}

/* False: the folder could not be read to its end. */
static bool folder_list(struct list *l, int index)
{
    DIR *dir = fdopendir(l->folders[index]);
    const struct dirent *entry = NULL;
    if (!dir) {
        return false;
    }
    int looked = 0;
    errno = 0;
    while (looked++ < STICK_ENTRIES_MAX && (entry = readdir(dir)) != NULL) {
        if (is_package_name(entry->d_name)) {
            list_add(l, entry->d_name, index);
        }
        errno = 0;
    }
    l->more = l->more || entry != NULL;
    return errno == 0; /* dir stays open: its descriptor is needed below */
}

/* --- heads --- */

static enum reject read_at(int fd, void *p, size_t n, uint64_t offset)
{
    enum err e = fd_read_at(fd, p, n, offset);
    return e == ERR_OK ? REJECT_NONE : e == ERR_CORRUPT ? REJECT_TRUNCATED : REJECT_UNREADABLE;
}

static enum reject head_read(int fd, struct stick_word *w)
{
    char bytes[PACKAGE_HEADER];
    struct header h;
    uint64_t size = w->identity.size;
    size_t n = size < sizeof bytes ? (size_t)size : sizeof bytes;
    enum reject why = read_at(fd, bytes, n, 0);
    if (why == REJECT_NONE) {
        why = header_parse((struct slice){bytes, n}, &h);
    }
    if (why == REJECT_NONE && h.total != size) {
        why = h.total > size ? REJECT_TRUNCATED : REJECT_HEADER;
    }
    if (why == REJECT_NONE) {
        why = read_at(fd, w->bytes, (size_t)h.manifest.n, h.manifest.offset);
    }
    if (why == REJECT_NONE) {
        why = read_at(fd, w->bytes + h.manifest.n, (size_t)h.signatures.n, h.signatures.offset);
    }
    if (why == REJECT_NONE) {
        w->manifest_n = (uint32_t)h.manifest.n;
        w->signatures_n = (uint32_t)h.signatures.n;
    }
    return why;
}

/* Opens what is still the regular file that the folder names; −1 with the reason. */
static int file_open(int folder, const char *name, struct stick_word *w)
{
    struct stat before;
    struct stat st;
    w->why = REJECT_UNREADABLE;
    if (fstatat(folder, name, &before, AT_SYMLINK_NOFOLLOW) != 0) {
        return -1;
    }
    if (!S_ISREG(before.st_mode)) {
        w->special = 1;
        return -1;
    }
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_ino != before.st_ino ||
                    st.st_dev != before.st_dev || st.st_size < 0)) {
        close(fd);
        return -1;
    }
    if (fd >= 0) {
        w->identity = (struct file_identity){
            .device = st.st_dev,
            .inode = st.st_ino,
            .size = (uint64_t)st.st_size,
            .mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
        };
    }
    return fd;
}

static void word_send(const struct stick_word *w, int fd)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    /* The kernel only reads it. */
    struct iovec iov = {.iov_len =
                            offsetof(struct stick_word, bytes) + w->manifest_n + w->signatures_n};
    memcpy(&iov.iov_base, &w, sizeof w);
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
    if (fd >= 0) {
        m.msg_control = control.bytes;
        m.msg_controllen = sizeof control.bytes;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    ssize_t n;
    do {
        n = sendmsg(STICK_CHILD_SOCKET, &m, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        _exit(1); /* the parent has gone */
    }
}

static void file_say(const struct list *l, const struct found *f, struct stick_word *w)
{
    memset(w, 0, offsetof(struct stick_word, bytes));
    w->kind = STICK_WORD_FILE;
    memcpy(w->name, f->name, sizeof w->name);
    int fd = file_open(l->folders[f->folder], f->name, w);
    if (fd >= 0) {
        w->why = (uint32_t)head_read(fd, w);
    }
    word_send(w, w->why == REJECT_NONE ? fd : -1);
    if (fd >= 0) {
        close(fd);
    }
}

_Noreturn void stick_child_run(void)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
    struct list *l = calloc(1, sizeof *l);
    struct stick_word *w = calloc(1, sizeof *w);
    limits_set();
    if (!l || !w || !lock_up()) {
        _exit(EXIT_LOCK);
    }
    l->folders[0] = openat(STICK_CHILD_FOLDER, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    l->folders[1] = openat(STICK_CHILD_FOLDER, "gongkai", flags);
    if (l->folders[0] < 0 || !folder_list(l, 0)) {
        _exit(1);
    }
    if (l->folders[1] >= 0 && !folder_list(l, 1)) {
        _exit(1);
    }
    for (size_t i = 0; i < l->n; i++) {
        file_say(l, &l->at[i], w);
    }
    memset(w, 0, offsetof(struct stick_word, bytes));
    w->kind = STICK_WORD_END;
    w->more = l->more;
    word_send(w, -1);
    _exit(0);
}
