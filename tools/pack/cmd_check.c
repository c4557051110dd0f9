/* gongkai-pack check: everything lint and the importers have to say about a folder. */
#include <stdio.h>

#include "base/json.h"
#include "pack/command.h"
#include "pack/content.h"

static const char usage[] = "用法：gongkai-pack check 文件夹 [--json]\n\n"
                            "检查内容文件夹，不写任何文件。错误必须改正才能制作；提醒请逐条核对；\n"
                            "“未收入”的信息（不予公开，或没有完整的审查记录）不会进入更新包。\n\n"
                            "  --json   以 JSON 输出，供脚本使用\n";

static void write_summary(const struct content *c, struct buf *out)
{
    buf_printf(
        out,
        "错误 %zu 处，提醒 %zu 处；收入信息 %zu 条、文件 %zu 篇、年度报告 %zu 份，未收入 %zu 条\n",
        c->problems.count[PROBLEM_ERROR], c->problems.count[PROBLEM_WARNING], c->catalogue.entering,
        c->doc_count, c->report_count, c->catalogue.n - c->catalogue.entering);
}

static void write_json(const struct content *c, struct buf *out)
{
    struct json j;
    json_init(&j, out);
    json_open(&j, '{');
    json_key(&j, "errors");
    json_int(&j, (int64_t)c->problems.count[PROBLEM_ERROR]);
    json_key(&j, "warnings");
    json_int(&j, (int64_t)c->problems.count[PROBLEM_WARNING]);
    json_key(&j, "items");
    json_int(&j, (int64_t)c->catalogue.entering);
    json_key(&j, "kept_out");
    json_int(&j, (int64_t)(c->catalogue.n - c->catalogue.entering));
    json_key(&j, "documents");
    json_int(&j, (int64_t)c->doc_count);
    json_key(&j, "problems");
    problem_write_json(&c->problems, out);
    json_close(&j, '}');
    buf_append_byte(out, '\n');
}

int command_check(int argc, char **argv)
{
    bool as_json = false;
    const struct option_spec options[] = {{"json", 0, NULL, &as_json}};
    struct command_line line = {
        .usage = usage, .options = options, .option_count = 1, .arg_count = 1};
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    struct content *c = NULL;
    struct buf out = {0};
    enum err e = content_load(line.args[0], &(struct content_options){0}, &c);
    if (e != ERR_OK) {
        return command_fail("无法打开内容文件夹“%s”：%s", line.args[0], err_sentence(e));
    }
    if (as_json) {
        write_json(c, &out);
    } else {
        problem_write_text(&c->problems, &out);
        write_summary(c, &out);
    }
    status = c->problems.count[PROBLEM_ERROR] != 0 ? EXIT_FAILED : EXIT_DONE;
    if (out.failed || fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0) {
        status = command_fail("无法输出检查结果；请检查输出位置");
    }
    buf_finish(&out);
    content_close(c);
    return status;
}
