/* gongkai-pack diff: unpacks both packages' databases aside and compares them. */
#include <stdio.h>
#include <unistd.h>

#include "edition/edition.h"
#include "pack/command.h"
#include "pack/diff.h"
#include "pack/release.h"

static const char usage[] =
    "用法：gongkai-pack diff 旧.gkp 新.gkp [--json]\n\n"
    "用文字列出新增、修改、撤下的信息、报告、指南和单位信息。不核验签名。\n\n"
    "  --json   以 JSON 输出\n";

/* Opens a package's database; the temporary file is gone again when this returns. */
static enum err open_package(const char *path, struct buf *problem, struct edition **ret_edition)
{
    char database[4096];
    enum err e = release_open_database(path, problem, database, NULL);
    if (e != ERR_OK) {
        return e;
    }
    e = edition_open(database, ret_edition);
    if (e != ERR_OK) {
        buf_printf(problem, "无法读取 %s 中的内容：%s", path, err_sentence(e));
    }
    (void)unlink(database);
    return e;
}

int command_diff(int argc, char **argv)
{
    bool as_json = false;
    const struct option_spec options[] = {{"json", 0, NULL, &as_json}};
    struct command_line line = {
        .usage = usage, .options = options, .option_count = 1, .arg_count = 2};
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    struct edition *old = NULL;
    struct edition *now = NULL;
    struct buf problem = {0};
    struct buf out = {0};
    enum err e = open_package(line.args[0], &problem, &old);
    if (e == ERR_OK) {
        e = open_package(line.args[1], &problem, &now);
    }
    if (e == ERR_OK) {
        e = diff_write(old, now, as_json, &out);
    }
    if (e != ERR_OK) {
        status = command_fail_err(e, &problem);
    } else if (fwrite(out.p ? out.p : "", 1, out.n, stdout) != out.n || fflush(stdout) != 0) {
        status = command_fail("无法输出比较结果；请检查输出位置");
    }
    edition_close(old);
    edition_close(now);
    buf_finish(&problem);
    buf_finish(&out);
    return status;
}
