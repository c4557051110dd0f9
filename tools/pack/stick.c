/* gongkai-pack stick: packages, trust roots and settings onto a mounted stick. Guarantees that
 * what is said to be on the stick was read back from it, and that nothing is half there under its
 * name. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "pack/command.h"
#include "pack/publish_plan.h"
#include "pack/release_progress.h"
#include "pack/release_read.h"
#include "pack/sentence.h"
#include "package/root.h"
#include "package/settings.h"

#define STICK_FILES_MAX 60
#define COPY_BYTES ((size_t)1 << 20)
#define SPARE_BYTES (1u << 20) /* for the stick's own tables */
#define MIB_BYTES (1024.0 * 1024)

static const char usage[] =
    "用法：gongkai-pack stick 文件… U盘 [选项]\n\n"
    "把更新包（.gkp）、根证书（root.N 和 root.N.sigs）和设置（.gks）拷到已插入的U盘。\n"
    "先核验文件，再看空间，写入后从U盘读回核对，全部落盘后才提示可以拔出。\n\n"
    "  --trust DIR   按信任文件夹核验更新包的签名\n"
    "  --folder      目标只是普通文件夹，不是U盘\n";

struct stick {
    const char *to, *trust_dir;
    bool any_folder;
    size_t count;
    const char *const *file;
    struct trust *trust;
    uint64_t total; /* bytes to be written */
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static enum err target_path(const struct stick *s, const char *file, const char *tail,
                            char ret_path[PATH_MAX], struct buf *problem)
{
    int n = snprintf(ret_path, PATH_MAX, "%s/%s%s", s->to, base_name(file), tail);
    return n > 0 && n < PATH_MAX ? ERR_OK : sentence_set(problem, ERR_LIMIT, "路径太长：%s", file);
}

/* --- is it worth carrying? --- */

static enum err settings_check(const char *path, struct buf *problem)
{
    struct buf bytes = {0};
    struct slice text;
    struct slice signatures;
    enum err e = file_read(path, SETTINGS_FILE_MAX, &bytes);
    if (e == ERR_OK) {
        e = settings_split(buf_slice(&bytes), &text, &signatures);
    }
    if (e == ERR_OK && signatures.n == 0) {
        e = ERR_DENIED;
    }
    buf_finish(&bytes);
    return e == ERR_OK ? e
                       : sentence_set(problem, e, "%s 不是签过名的设置文件；请检查后重试。", path);
}

/* root.N or root.N.sigs, both of which must be among the files. */
static enum err root_check(const struct stick *s, const char *path, struct buf *problem)
{
    char other[PATH_MAX];
    struct slice name = slice_of(path);
    bool is_sigs = slice_has_suffix(name, SLICE_LIT(".sigs"));
    int n = snprintf(other, sizeof other, "%.*s%s", (int)(is_sigs ? name.n - 5 : name.n), path,
                     is_sigs ? "" : ".sigs");
    for (size_t i = 0; n > 0 && i < s->count; i++) {
        if (strcmp(base_name(s->file[i]), base_name(other)) == 0) {
            return ERR_OK;
        }
    }
    return sentence_set(problem, ERR_MISSING, "%s 要和 %s 一起拷到U盘；请在命令中都写上。",
                        base_name(path), base_name(other));
}

static enum err file_check(const struct stick *s, const char *path, uint64_t *ret_n,
                           struct buf *problem)
{
    struct slice name = slice_of(base_name(path));
    struct publish_package p;
    struct input in = {.fd = -1};
    enum err e = input_open(path, problem, &in);
    if (e != ERR_OK) {
        return e;
    }
    *ret_n = in.n;
    input_close(&in);
    if (slice_has_suffix(name, SLICE_LIT(".gkp"))) {
        return publish_package_read(path, s->trust, problem, &p);
    }
    if (slice_has_suffix(name, SLICE_LIT(".gks"))) {
        return settings_check(path, problem);
    }
    if (slice_has_prefix(name, SLICE_LIT("root.")) && *ret_n <= ROOT_TEXT_MAX) {
        return root_check(s, path, problem);
    }
    return sentence_set(problem, ERR_FORMAT,
                        "%s 不是更新包（.gkp）、根证书（root.N）或设置（.gks）；终端不会读它。",
                        path);
}

static enum err files_check(struct stick *s, struct buf *problem)
{
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < s->count; i++) {
        uint64_t n = 0;
        for (size_t k = 0; k < i; k++) {
            if (strcmp(base_name(s->file[i]), base_name(s->file[k])) == 0) {
                return sentence_set(problem, ERR_USAGE, "%s 和 %s 同名；请改名后重试。", s->file[k],
                                    s->file[i]);
            }
        }
        e = file_check(s, s->file[i], &n, problem);
        s->total += n;
    }
    return e;
}

/* --- the stick --- */

static enum err stick_check(const struct stick *s, struct buf *problem)
{
    struct stat st;
    struct stat root;
    struct statvfs fs;
    if (stat(s->to, &st) != 0 || !S_ISDIR(st.st_mode) || stat("/", &root) != 0 ||
        statvfs(s->to, &fs) != 0) {
        return sentence_set(problem, ERR_MISSING, "找不到U盘 %s；请插好U盘，看清它的位置后重试。",
                            s->to);
    }
    if (!s->any_folder && st.st_dev == root.st_dev) {
        return sentence_set(
            problem, ERR_USAGE,
            "%s 在本机硬盘上，不是U盘；请插好U盘后重试，确要写到文件夹请加 --folder。", s->to);
    }
    if ((fs.f_flag & ST_RDONLY) != 0) {
        return sentence_set(problem, ERR_READONLY, "U盘 %s 是只读的；请拨开写保护或换一个U盘。",
                            s->to);
    }
    uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
    if (room < s->total + SPARE_BYTES) {
        return sentence_set(
            problem, ERR_NOSPACE,
            "U盘空间不够：要 %.1f MiB，只剩 %.1f MiB；请删去U盘上不用的文件后重试。",
            (double)(s->total + SPARE_BYTES) / MIB_BYTES, (double)room / MIB_BYTES);
    }
    return ERR_OK;
}

static enum err bytes_copy(const struct input *in, int fd, char *room, struct progress *progress,
                           uint64_t *done)
{
    enum err e = ERR_OK;
    for (uint64_t at = 0; e == ERR_OK && at < in->n; at += COPY_BYTES) {
        size_t n = in->n - at < COPY_BYTES ? (size_t)(in->n - at) : COPY_BYTES;
        e = fd_read_at(in->fd, room, n, at);
        if (e == ERR_OK) {
            e = fd_write_at(fd, room, n, at);
        }
        *done += n;
        progress_show(progress, *done);
    }
    return e;
}

static enum err file_write(const struct stick *s, const char *file, char *room,
                           struct progress *progress, uint64_t *done, struct buf *problem)
{
    char path[PATH_MAX];
    char part[PATH_MAX];
    struct input in = {.fd = -1};
    int fd = -1;
    enum err e = target_path(s, file, "", path, problem);
    if (e == ERR_OK) {
        e = target_path(s, file, ".part", part, problem);
    }
    if (e == ERR_OK) {
        e = input_open(file, problem, &in);
    }
    if (e != ERR_OK) {
        return e;
    }
    fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    e = fd >= 0 ? bytes_copy(&in, fd, room, progress, done) : err_of_errno(errno);
    if (e == ERR_OK && fsync(fd) != 0) {
        e = err_of_errno(errno);
    }
    if (fd >= 0 && close(fd) != 0 && e == ERR_OK) {
        e = err_of_errno(errno);
    }
    if (e == ERR_OK && rename(part, path) != 0) {
        e = err_of_errno(errno);
    }
    if (e != ERR_OK) {
        (void)unlink(part);
        (void)sentence_set(problem, e, "写不了 %s：%s", path, err_sentence(e));
    }
    input_close(&in);
    return e;
}

/* From the medium, not from memory. rooms: 2 × COPY_BYTES. */
static enum err file_compare(const struct stick *s, const char *file, char *rooms,
                             struct progress *progress, uint64_t *done, struct buf *problem)
{
    char path[PATH_MAX];
    struct input in = {.fd = -1};
    struct input there = {.fd = -1};
    enum err e = target_path(s, file, "", path, problem);
    if (e == ERR_OK) {
        e = input_open(file, problem, &in);
    }
    if (e == ERR_OK) {
        e = input_open(path, problem, &there);
    }
    bool same = e == ERR_OK && in.n == there.n;
    if (same) {
        (void)posix_fadvise(there.fd, 0, 0, POSIX_FADV_DONTNEED);
    }
    for (uint64_t at = 0; same && at < in.n; at += COPY_BYTES) {
        size_t n = in.n - at < COPY_BYTES ? (size_t)(in.n - at) : COPY_BYTES;
        same = fd_read_at(in.fd, rooms, n, at) == ERR_OK &&
               fd_read_at(there.fd, rooms + COPY_BYTES, n, at) == ERR_OK &&
               memcmp(rooms, rooms + COPY_BYTES, n) == 0;
        *done += n;
        progress_show(progress, *done);
    }
    input_close(&in);
    input_close(&there);
    if (e == ERR_OK && !same) {
        (void)unlink(path);
        e = sentence_set(problem, ERR_CORRUPT,
                         "%s 写到U盘后读回不一致；U盘可能已损坏，请换一个U盘重试。",
                         base_name(file));
    }
    return e;
}

static enum err stick_sync(const struct stick *s, struct buf *problem)
{
    int fd = open(s->to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err e = fd >= 0 && syncfs(fd) == 0 ? ERR_OK : err_of_errno(errno);
    if (fd >= 0) {
        (void)close(fd);
    }
    return e == ERR_OK
               ? e
               : sentence_set(problem, e, "U盘没有写好：%s请换一个U盘重试。", err_sentence(e));
}

static enum err stick_write(const struct stick *s, struct buf *problem)
{
    uint64_t done = 0;
    char *rooms = malloc(2 * COPY_BYTES);
    enum err e = rooms ? ERR_OK : sentence_set(problem, ERR_NOMEM, "%s", err_sentence(ERR_NOMEM));
    struct progress progress = progress_start("正在写入U盘", s->total);
    for (size_t i = 0; e == ERR_OK && i < s->count; i++) {
        e = file_write(s, s->file[i], rooms, &progress, &done, problem);
    }
    progress_end(&progress);
    if (e == ERR_OK) {
        e = stick_sync(s, problem);
    }
    done = 0;
    progress = progress_start("正在读回核对", s->total);
    for (size_t i = 0; e == ERR_OK && i < s->count; i++) {
        e = file_compare(s, s->file[i], rooms, &progress, &done, problem);
    }
    progress_end(&progress);
    free(rooms);
    return e;
}

int command_stick(int argc, char **argv)
{
    struct stick s = {0};
    const struct option_spec options[] = {{"trust", 't', &s.trust_dir, NULL},
                                          {"folder", 0, NULL, &s.any_folder}};
    struct command_line line = {.usage = usage,
                                .options = options,
                                .option_count = 2,
                                .arg_count = 2,
                                .arg_most = STICK_FILES_MAX + 1};
    struct buf problem = {0};
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    s.file = line.args;
    s.count = line.given - 1;
    s.to = line.args[s.count];
    enum err e = s.trust_dir ? release_trust(s.trust_dir, &problem, &s.trust) : ERR_OK;
    if (e == ERR_OK) {
        e = files_check(&s, &problem);
    }
    if (e == ERR_OK) {
        e = stick_check(&s, &problem);
    }
    if (e == ERR_OK) {
        e = stick_write(&s, &problem);
    }
    trust_close(s.trust);
    if (e != ERR_OK) {
        return command_fail_err(e, &problem);
    }
    buf_finish(&problem);
    (void)printf("已把 %zu 个文件（%.1f MiB）写到 %s，读回核对无误。可以拔出U盘。\n", s.count,
                 (double)s.total / MIB_BYTES, s.to);
    return EXIT_DONE;
}
