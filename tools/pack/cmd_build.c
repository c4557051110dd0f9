/* gongkai-pack build: folder → checked content → database → package, and the office's signature. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "edition/check.h"
#include "edition/edition.h"
#include "pack/command.h"
#include "pack/content.h"
#include "pack/edition_writer.h"
#include "pack/keys.h"
#include "pack/release.h"

#define MIN_APP 10000 /* 1.0.0: the first version that reads schema 1 */

static const char usage[] =
    "用法：gongkai-pack build 文件夹 -o 文件.gkp [选项]\n\n"
    "检查内容文件夹并制作更新包。同样的内容制作两次，得到的文件完全相同。\n\n"
    "  -o, --output FILE       更新包文件\n"
    "      --key FILE          办公室密钥：制作后立即以“办公室”签名；不给则不签名\n"
    "      --password-file F   从文件第一行读密钥口令，不在终端询问\n"
    "      --base OLD.gkp      只装入与旧一期不同的部分（终端上须有旧一期）\n"
    "      --edition N         期号，代替 site.ini 中的 edition\n"
    "      --built 日期        更新日期，代替 site.ini 中的 built\n";

struct build {
    const char *output, *key, *password_file, *base, *edition, *built;
};

static void report(const struct content *c)
{
    struct buf out = {0};
    problem_write_text(&c->problems, &out);
    (void)fwrite(out.p ? out.p : "", 1, out.n, stderr);
    buf_finish(&out);
}

static enum err fill_manifest(const struct content *c, struct manifest *m)
{
    const struct site *s = &c->site;
    if (s->channel.n >= sizeof m->channel) {
        return ERR_FORMAT;
    }
    *m = (struct manifest){.product = "gongkai",
                           .epoch = s->epoch,
                           .edition = s->edition,
                           .schema = EDITION_SCHEMA,
                           .min_app = MIN_APP,
                           .built = s->built,
                           .stale_after_days = (uint32_t)s->stale_after_days};
    memcpy(m->channel, s->channel.p, s->channel.n);
    return ERR_OK;
}

/* The database beside the package, checked as a terminal will check it, packed, removed. */
static enum err write_package(const struct content *c, const struct build *b, struct buf *problem)
{
    char database[PATH_MAX];
    struct manifest fields;
    int n = snprintf(database, sizeof database, "%s.db", b->output);
    if (n < 0 || (size_t)n >= sizeof database) {
        buf_append_cstr(problem, "输出路径过长；请换一个较短的路径");
        return ERR_LIMIT;
    }
    (void)unlink(database);
    enum err e = fill_manifest(c, &fields);
    if (e == ERR_OK) {
        e = edition_write(c, database, problem);
    }
    if (e == ERR_OK) {
        e = edition_check(database);
        if (e != ERR_OK) {
            buf_append_cstr(
                problem, "写出的数据库没有通过自检；请换一个磁盘再试，并把内容文件夹交给技术人员");
        }
    }
    if (e == ERR_OK) {
        e = release_write(database, &fields, b->base, b->output, problem);
    }
    (void)unlink(database);
    return e;
}

static enum err build_and_sign(const struct content *c, const struct build *b, struct buf *problem)
{
    struct secret_key *key = NULL;
    enum err e = b->key ? key_load_secret(b->key, b->password_file, problem, &key) : ERR_OK;
    if (e == ERR_OK) {
        e = write_package(c, b, problem);
    }
    if (e == ERR_OK && key != NULL) {
        e = release_sign(b->output, key, ROLE_OFFICE, problem);
    }
    key_destroy(key);
    return e;
}

static int run(const char *dir, const struct build *b, const struct content_options *options)
{
    struct content *c = NULL;
    struct buf problem = {0};
    enum err e = content_load(dir, options, &c);
    if (e != ERR_OK) {
        return command_fail("无法打开内容文件夹“%s”：%s", dir, err_sentence(e));
    }
    report(c);
    int status = EXIT_DONE;
    if (c->problems.count[PROBLEM_ERROR] != 0) {
        status = command_fail("有 %zu 处错误，没有制作更新包；请按上面的说明改正后再试",
                              c->problems.count[PROBLEM_ERROR]);
    } else {
        e = build_and_sign(c, b, &problem);
        if (e != ERR_OK) {
            status = command_fail_err(e, &problem);
        } else {
            (void)printf("已制作 %s：第 %llu 期，收入信息 %zu 条、文件 %zu 篇，未收入 %zu 条；%s\n",
                         b->output, (unsigned long long)c->site.edition, c->catalogue.entering,
                         c->doc_count, c->catalogue.n - c->catalogue.entering,
                         b->key ? "办公室已签名，还需保密审查签名"
                                : "尚未签名，还需办公室和保密审查签名");
        }
    }
    buf_finish(&problem);
    content_close(c);
    return status;
}

int command_build(int argc, char **argv)
{
    struct build b = {0};
    const struct option_spec options[] = {
        {"output", 'o', &b.output, NULL},
        {"key", 'k', &b.key, NULL},
        {"password-file", 0, &b.password_file, NULL},
        {"base", 0, &b.base, NULL},
        {"edition", 0, &b.edition, NULL},
        {"built", 0, &b.built, NULL},
    };
    struct command_line line = {.usage = usage,
                                .options = options,
                                .option_count = sizeof options / sizeof *options,
                                .arg_count = 1};
    struct content_options content = {0};
    struct date built;
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    if (b.output == NULL) {
        return command_usage("缺少 -o 文件.gkp；用 --help 查看用法");
    }
    if (!command_number(b.edition, 1, 1000000000, &content.edition)) {
        return command_usage("--edition “%s”不对；应是 1 到 1000000000 的整数", b.edition);
    }
    if (b.built != NULL && !date_parse(slice_of(b.built), &built)) {
        return command_usage("--built “%s”不是真实存在的日期；请写成 2026-11-20", b.built);
    }
    content.built = b.built;
    return run(line.args[0], &b, &content);
}
