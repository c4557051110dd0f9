/* gongkai-pack: the office's tool. Finds the command and leaves the rest to it. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "pack/command.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"new", command_new, "生成一个带说明的示例内容文件夹"},
    {"check", command_check, "检查内容文件夹，列出错误、提醒和未收入的信息"},
    {"build", command_build, "把内容文件夹制作成一期更新包（.gkp）"},
    {"sign", command_sign, "给更新包签名（办公室或保密审查）"},
    {"verify", command_verify, "按信任文件夹核验更新包"},
    {"show", command_show, "显示更新包的说明和签名"},
    {"diff", command_diff, "用文字列出两期之间的新增、修改和撤下"},
    {"keygen", command_keygen, "生成办公室、保密审查和根密钥，以及信任文件"},
    {"rekey", command_rekey, "更换密钥：制作并签名新的信任文件"},
    {"settings", command_settings, "制作、签名或查看终端配置（.gks）"},
    {"unpack", command_unpack, "核验后取出更新包中的数据库"},
    {"publish", command_publish, "把更新包排成可放到静态网站的文件夹"},
    {"stick", command_stick, "把更新包拷到U盘，读回核对后提示可以拔出"},
};
#define COMMANDS (sizeof commands / sizeof *commands)

static int help(void)
{
    (void)printf("用法：gongkai-pack 命令 "
                 "[选项]\n\n把政府信息公开的内容文件夹制作成终端的更新包。\n\n命令：\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        (void)printf("  %-8s %s\n", commands[i].name, commands[i].summary);
    }
    (void)printf(
        "\n  gongkai-pack 命令 --help   该命令的用法\n  gongkai-pack --version     版本\n\n"
        "退出状态：0 完成；1 没有完成（已说明原因）；2 用法不对。\n");
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    if (argc < 2) {
        (void)help();
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        return help();
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("gongkai-pack %s\n", GONGKAI_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 2, argv + 2);
        }
    }
    return command_usage("没有命令“%s”；用 gongkai-pack --help 查看全部命令", argv[1]);
}
