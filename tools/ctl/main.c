/* gongkaictl: a technician's and a script's view of gongkai-syncd. */
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"
#include "ctl/commands.h"

#define HISTORY_LINES 50

static const char usage[] =
    "用法：gongkaictl 命令 [参数] [--root DIR] [--factory DIR] [--json]\n"
    "\n"
    "  status        正在显示哪一期、保存了哪些期、是否有更新包在处理（syncd 没有运行也能用）\n"
    "  history       内容变动的记录，最近的在最后（--lines N，默认 50）\n"
    "  import FILE   导入一个更新包（.gkp），等到装入或被拒绝\n"
    "  approve       批准等待中的更新包（配置 auto_apply = no 时）\n"
    "  reject        拒绝等待中或正在导入的更新包\n"
    "  rollback      退回上一期；当前这一期不会再被装入\n"
    "  export DIR    把状态、历史记录和回执写进一个文件夹\n"
    "  pin           设置工作人员口令，6 至 12 位数字（--stdin：从标准输入读一行）\n"
    "\n"
    "  --root DIR    终端的数据文件夹，默认 /data\n"
    "  --factory DIR 出厂内容所在文件夹，默认数据文件夹下的 factory\n"
    "  --json        输出 JSON，供脚本使用\n"
    "  --lines N     history 显示的行数\n"
    "  --help        显示这些说明\n"
    "  --version     显示版本\n"
    "\n"
    "退出码：0 成功，1 失败，2 用法错误。\n";

struct arguments {
    struct ctl_options options;
    int json, from_stdin;
    const char *command, *operand;
};

enum { OPTION_ROOT = 256, OPTION_FACTORY, OPTION_LINES, OPTION_HELP, OPTION_VERSION };

static int option_take(int c, struct arguments *a, const char *shown)
{
    uint64_t lines = 0;
    switch (c) {
    case 0:
        return -1;
    case OPTION_ROOT:
        a->options.root = optarg;
        return -1;
    case OPTION_FACTORY:
        a->options.factory = optarg;
        return -1;
    case OPTION_LINES:
        if (!slice_to_u64(slice_of(optarg), &lines) || lines == 0 || lines > SIZE_MAX / 2) {
            ctl_complain("--lines 后面应是大于零的整数。");
            return 2;
        }
        a->options.lines = (size_t)lines;
        return -1;
    case OPTION_HELP:
        fputs(usage, stdout);
        return 0;
    case OPTION_VERSION:
        puts("gongkaictl " GONGKAI_VERSION);
        return 0;
    default:
        ctl_complain("不认识的选项 %s，请用 --help 查看用法。", shown);
        return 2;
    }
}

/* -1: go on; else the exit code. */
static int arguments_read(int argc, char **argv, struct arguments *a)
{
    const struct option options[] = {
        {"root", required_argument, NULL, OPTION_ROOT},
        {"factory", required_argument, NULL, OPTION_FACTORY},
        {"lines", required_argument, NULL, OPTION_LINES},
        {"json", no_argument, &a->json, 1},
        {"stdin", no_argument, &a->from_stdin, 1},
        {"help", no_argument, NULL, OPTION_HELP},
        {"version", no_argument, NULL, OPTION_VERSION},
        {NULL, 0, NULL, 0},
    };
    int c;
    opterr = 0;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        int code = option_take(c, a, argv[optind - 1]);
        if (code >= 0) {
            return code;
        }
    }
    a->options.json = a->json != 0;
    if (optind >= argc) {
        fputs(usage, stderr);
        return 2;
    }
    a->command = argv[optind++];
    if (optind < argc) {
        a->operand = argv[optind++];
    }
    if (optind < argc) {
        ctl_complain("多余的参数 %s，请用 --help 查看用法。", argv[optind]);
        return 2;
    }
    return -1;
}

static int command_run(const struct arguments *a)
{
    static const char *const plain[] = {"status", "history", "approve", "reject", "rollback", "pin"};
    const char *c = a->command;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strcmp(c, plain[i]) == 0 && a->operand) {
            ctl_complain("%s 不需要参数 %s，请用 --help 查看用法。", c, a->operand);
            return 2;
        }
    }
    if (strcmp(c, "status") == 0) {
        return ctl_status(&a->options);
    }
    if (strcmp(c, "history") == 0) {
        return ctl_history(&a->options);
    }
    if (strcmp(c, "pin") == 0) {
        return ctl_pin(&a->options, a->from_stdin != 0);
    }
    if (strcmp(c, "approve") == 0 || strcmp(c, "reject") == 0 || strcmp(c, "rollback") == 0) {
        return ctl_decide(&a->options, c);
    }
    bool import = strcmp(c, "import") == 0;
    if (!import && strcmp(c, "export") != 0) {
        ctl_complain("不认识的命令 %s，请用 --help 查看用法。", c);
        return 2;
    }
    if (!a->operand) {
        ctl_complain(import ? "请给出更新包，如 gongkaictl import 000013.gkp。"
                            : "请给出要写入的文件夹，如 gongkaictl export /media/usb/gongkai。");
        return 2;
    }
    return import ? ctl_import(&a->options, a->operand) : ctl_export(&a->options, a->operand);
}

int main(int argc, char **argv)
{
    struct arguments a = {.options = {.root = "/data", .lines = HISTORY_LINES}};
    int code = arguments_read(argc, argv, &a);
    return code >= 0 ? code : command_run(&a);
}
