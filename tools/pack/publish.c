/* gongkai-pack publish: a folder of signed packages laid out for any static web server. Guarantees
 * that a terminal never sees a name before its bytes are there: packages first, then the index,
 * latest.gkh last; old files go after that. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pack/command.h"
#include "pack/publish_plan.h"
#include "pack/publish_write.h"
#include "pack/release_read.h"
#include "pack/sentence.h"
#include "package/root.h"
#include "package/settings.h"

#define KEEP_DEFAULT 8

static const char usage[] =
    "用法：gongkai-pack publish 更新包文件夹 --to 文件夹 [选项]\n\n"
    "把已签名的更新包排成可放到任何静态网站（nginx、CDN、对象存储）的文件夹，终端从那里下载。\n"
    "更新包文件夹中放完整包和增量包（build --base），可另放 root.N、root.N.sigs 和一个 *.gks。\n"
    "重复运行不会改动已发布的文件。\n\n"
    "  --to DIR      发布到这个文件夹；没有时自动建立\n"
    "  --keep N      保留最近几期，1 至 32，默认 8\n"
    "  --trust DIR   信任文件夹：按其中的根证书核验签名，并发布其中的 root.N\n";

struct publish {
    const char *from, *to, *trust_dir;
    uint64_t keep;
    struct trust *trust;
    struct publish_plan plan;
    struct listing listing;
    struct publish_counts counts;
};

static void package_name(const struct publish_package *p, int head, char out[LISTING_NAME])
{
    const struct listing_delta d = {.epoch = p->epoch, .edition = p->edition, .base = p->base};
    if (p->base == 0) {
        listing_full_name(p->epoch, p->edition, out);
    } else {
        listing_delta_name(&d, head, out);
    }
}

static enum err packages_write(struct publish *u, struct buf *problem)
{
    char name[LISTING_NAME];
    enum err e = ERR_OK;
    for (size_t i = 0; e == ERR_OK && i < u->plan.count; i++) {
        const struct publish_package *p = &u->plan.package[i];
        if (!p->chosen) {
            continue;
        }
        package_name(p, 0, name);
        e = publish_copy(p->path, UINT64_MAX, u->to, name, &u->counts, problem);
        if (e == ERR_OK && p->base != 0) {
            package_name(p, 1, name);
            e = publish_copy(p->path, p->head_n, u->to, name, &u->counts, problem);
        }
    }
    return e;
}

/* Roots in one unbroken chain from any first number, with their signatures; the highest counts. */
static enum err roots_write(struct publish *u, struct buf *problem)
{
    const char *folder = u->trust_dir ? u->trust_dir : u->from;
    enum err e = ERR_OK;
    for (uint64_t n = 1, found = 0; e == ERR_OK && (n <= 64 || found == n - 1); n++) {
        static const char *const endings[] = {"", ".sigs"};
        char path[2][PATH_MAX];
        char name[2][64];
        bool there = true;
        for (size_t k = 0; k < 2; k++) {
            (void)snprintf(name[k], sizeof name[k], "root.%" PRIu64 "%s", n, endings[k]);
            int length = snprintf(path[k], sizeof path[k], "%s/%s", folder, name[k]);
            there = there && length > 0 && (size_t)length < sizeof path[k] && path_exists(path[k]);
        }
        if (!there) {
            continue;
        }
        e = publish_copy(path[1], ROOT_TEXT_MAX, u->to, name[1], &u->counts, problem);
        if (e == ERR_OK) {
            e = publish_copy(path[0], ROOT_TEXT_MAX, u->to, name[0], &u->counts, problem);
        }
        u->listing.root = found = n;
    }
    return e;
}

static int is_settings_name(const struct dirent *d)
{
    return d->d_name[0] != '.' && slice_has_suffix(slice_of(d->d_name), SLICE_LIT(".gks"));
}

/* The one *.gks of the folder; "": there is none. */
static enum err settings_find(const char *folder, char ret_path[PATH_MAX], struct buf *problem)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_settings_name, alphasort);
    enum err e = n < 0 ? sentence_set(problem, ERR_IO, "读不了文件夹 %s。", folder) : ERR_OK;
    ret_path[0] = '\0';
    if (n > 1) {
        e = sentence_set(problem, ERR_USAGE, "%s 中有 %d 个设置文件（.gks）；请只留下最新的一个。",
                         folder, n);
    } else if (n == 1) {
        int length = snprintf(ret_path, PATH_MAX, "%s/%s", folder, entries[0]->d_name);
        e = length > 0 && length < PATH_MAX ? ERR_OK : ERR_LIMIT;
    }
    for (int i = 0; i < n; i++) {
        free(entries[i]);
    }
    free(entries);
    return e;
}

static enum err settings_write_out(struct publish *u, struct buf *problem)
{
    char path[PATH_MAX];
    struct buf bytes = {0};
    struct slice text;
    struct slice signatures;
    enum err e = settings_find(u->from, path, problem);
    if (e != ERR_OK || path[0] == '\0') {
        return e;
    }
    e = file_read(path, SETTINGS_FILE_MAX, &bytes);
    if (e == ERR_OK) {
        e = settings_split(buf_slice(&bytes), &text, &signatures);
    }
    if (e == ERR_OK && signatures.n == 0) {
        e = ERR_DENIED;
    }
    if (e != ERR_OK) {
        (void)sentence_set(
            problem, e, "%s 不是签过名的设置文件；请用 gongkai-pack settings 制作并签名。", path);
    } else {
        e = publish_bytes(buf_slice(&bytes), u->to, LISTING_SETTINGS, &u->counts, problem);
        u->listing.settings_n = bytes.n;
    }
    buf_finish(&bytes);
    return e;
}

static bool is_wanted(void *user, const char *name)
{
    const struct publish *u = user;
    for (size_t i = 0; i < u->plan.count; i++) {
        const struct publish_package *p = &u->plan.package[i];
        char own[LISTING_NAME];
        for (int head = 0; p->chosen && head < 2; head++) {
            package_name(p, head, own);
            if (strcmp(own, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* What is already published under an edition's number stays what it is: terminals may be in the
 * middle of it. Another signature over the same content is no other content. */
static enum err published_check(const struct publish *u, struct buf *problem)
{
    for (size_t i = 0; i < u->plan.count; i++) {
        const struct publish_package *p = &u->plan.package[i];
        char name[LISTING_NAME];
        char path[PATH_MAX];
        struct input in = {.fd = -1};
        struct package *there = NULL;
        package_name(p, 0, name);
        int length = snprintf(path, sizeof path, "%s/%s", u->to, name);
        if (!p->chosen || length < 0 || (size_t)length >= sizeof path ||
            input_open(path, NULL, &in) != ERR_OK) {
            continue;
        }
        bool whole = release_head(&in, NULL, NULL, NULL, &there) == ERR_OK;
        bool same = whole && hash_equal(&package_manifest(there)->db_hash, &p->db);
        package_close(there);
        input_close(&in);
        if (whole && !same) {
            return sentence_set(problem, ERR_USAGE,
                                "%s 已发布过内容不同的第%" PRIu64
                                "期；发布过的一期不能更改，请改用新的期号重新制作。",
                                u->to, p->edition);
        }
    }
    return ERR_OK;
}

static enum err folder_write(struct publish *u, struct buf *problem)
{
    struct buf text = {0};
    enum err e = packages_write(u, problem);
    if (e == ERR_OK) {
        e = roots_write(u, problem);
    }
    if (e == ERR_OK) {
        e = settings_write_out(u, problem);
    }
    if (e == ERR_OK) {
        e = listing_write(&u->listing, &text);
    }
    if (e == ERR_OK) {
        e = publish_bytes(buf_slice(&text), u->to, LISTING_INDEX, &u->counts, problem);
    }
    if (e == ERR_OK) {
        e = publish_copy(u->plan.newest->path, u->plan.newest->head_n, u->to, LISTING_LATEST,
                         &u->counts, problem);
    }
    if (e == ERR_OK) {
        e = publish_prune(u->to, is_wanted, u, &u->counts, problem);
    }
    buf_finish(&text);
    return e;
}

static void report(const struct publish *u)
{
    uint64_t missing[PUBLISH_KEEP_MAX];
    size_t n = publish_plan_missing(&u->plan, missing);
    (void)printf("已发布到 %s：最新为第%" PRIu64 "期，完整包 %zu 个，增量包 %zu 个；"
                 "写入 %u 个文件，%u 个没有变化，删除 %u 个。\n",
                 u->to, u->plan.newest->edition, u->plan.fulls, u->plan.deltas, u->counts.written,
                 u->counts.kept, u->counts.removed);
    if (n > 0) {
        (void)printf("缺少从第");
        for (size_t i = 0; i < n; i++) {
            (void)printf("%s%" PRIu64, i > 0 ? "、" : "", missing[i]);
        }
        (void)printf("期到第%" PRIu64 "期的增量包，这些终端会下载完整包；可用 gongkai-pack build "
                     "--base 旧一期.gkp 制作，由两方签名后再发布。\n",
                     u->plan.newest->edition);
    }
}

static enum err publish_run(struct publish *u, struct buf *problem)
{
    enum err e = ERR_OK;
    if (u->trust_dir != NULL) {
        e = release_trust(u->trust_dir, problem, &u->trust);
    }
    if (e == ERR_OK) {
        e = publish_plan_make(u->from, u->trust, u->keep, &u->plan, problem);
    }
    if (e == ERR_OK) {
        e = dir_make(u->to, 0755);
        if (e != ERR_OK) {
            (void)sentence_set(problem, e, "不能建立文件夹 %s：%s", u->to, err_sentence(e));
        }
    }
    if (e == ERR_OK) {
        e = published_check(u, problem);
    }
    if (e == ERR_OK) {
        e = publish_plan_listing(&u->plan, &u->listing);
    }
    return e == ERR_OK ? folder_write(u, problem) : e;
}

int command_publish(int argc, char **argv)
{
    struct publish u = {.keep = KEEP_DEFAULT};
    const char *keep = NULL;
    const struct option_spec options[] = {
        {"to", 0, &u.to, NULL}, {"keep", 0, &keep, NULL}, {"trust", 't', &u.trust_dir, NULL}};
    struct command_line line = {
        .usage = usage, .options = options, .option_count = 3, .arg_count = 1};
    struct buf problem = {0};
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    if (u.to == NULL) {
        return command_usage("缺少 --to 文件夹；用 --help 查看用法");
    }
    if (!command_number(keep, 1, PUBLISH_KEEP_MAX, &u.keep)) {
        return command_usage("--keep “%s”不对；应是 1 到 %u 的整数", keep, PUBLISH_KEEP_MAX);
    }
    u.from = line.args[0];
    enum err e = publish_run(&u, &problem);
    if (e == ERR_OK) {
        report(&u);
    }
    publish_plan_finish(&u.plan);
    trust_close(u.trust);
    if (e != ERR_OK) {
        return command_fail_err(e, &problem);
    }
    buf_finish(&problem);
    return EXIT_DONE;
}
