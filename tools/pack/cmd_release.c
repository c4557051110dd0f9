/* gongkai-pack sign, verify, show, keygen, unpack: command lines over release.h and keys.h. */
#include <stdio.h>
#include <string.h>

#include "pack/command.h"
#include "pack/keys.h"
#include "pack/release.h"

static const char sign_usage[] =
    "用法：gongkai-pack sign 文件.gkp --key 密钥 --role office|review [--password-file 文件]\n\n"
    "在更新包上加一个签名。两种签名都有，终端才会接受。\n\n"
    "  --key FILE          密钥文件（office.key 或 review.key）\n"
    "  --role office       办公室\n"
    "  --role review       保密审查\n"
    "  --password-file F   从文件第一行读密钥口令，不在终端询问\n";

int command_sign(int argc, char **argv)
{
    const char *key_path = NULL;
    const char *role_text = NULL;
    const char *password_file = NULL;
    const struct option_spec options[] = {{"key", 'k', &key_path, NULL},
                                          {"role", 0, &role_text, NULL},
                                          {"password-file", 0, &password_file, NULL}};
    struct command_line line = {
        .usage = sign_usage, .options = options, .option_count = 3, .arg_count = 1};
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    if (key_path == NULL || role_text == NULL) {
        return command_usage("缺少 --key 或 --role；用 --help 查看用法");
    }
    enum role role = strcmp(role_text, role_name(ROLE_OFFICE)) == 0 ? ROLE_OFFICE : ROLE_REVIEW;
    if (strcmp(role_text, role_name(role)) != 0) {
        return command_usage("--role “%s”不对；只能是 office（办公室）或 review（保密审查）",
                             role_text);
    }
    struct secret_key *key = NULL;
    struct buf problem = {0};
    enum err e = key_load_secret(key_path, password_file, &problem, &key);
    if (e == ERR_OK) {
        e = release_sign(line.args[0], key, role, &problem);
    }
    key_destroy(key);
    if (e != ERR_OK) {
        return command_fail_err(e, &problem);
    }
    (void)printf("已以“%s”签名：%s\n", role_name_zh(role), line.args[0]);
    buf_finish(&problem);
    return EXIT_DONE;
}

static const char verify_usage[] =
    "用法：gongkai-pack verify 文件.gkp --trust 文件夹 [--base OLD.gkp] [--json]\n\n"
    "像终端一样核验更新包：签名、说明、每一块数据。可信为 0，不可信为 1。\n\n"
    "  --trust DIR   信任文件夹（其中有 root.1 等）\n"
    "  --base FILE   更新包只含变化部分时，它所依据的旧一期\n"
    "  --json        以 JSON 输出\n";

int command_verify(int argc, char **argv)
{
    const char *trust = NULL;
    const char *base = NULL;
    bool as_json = false;
    const struct option_spec options[] = {
        {"trust", 't', &trust, NULL}, {"base", 0, &base, NULL}, {"json", 0, NULL, &as_json}};
    struct command_line line = {
        .usage = verify_usage, .options = options, .option_count = 3, .arg_count = 1};
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    if (trust == NULL) {
        return command_usage("缺少 --trust 文件夹；用 --help 查看用法");
    }
    struct buf problem = {0};
    enum reject reject = REJECT_NONE;
    enum err e = release_verify(line.args[0], trust, base, as_json, stdout, &problem, &reject);
    if (e != ERR_OK) {
        return command_fail_err(e, &problem);
    }
    buf_finish(&problem);
    return reject == REJECT_NONE ? EXIT_DONE : EXIT_FAILED;
}

static const char show_usage[] =
    "用法：gongkai-pack show 文件.gkp [--json] [--extract 文件夹]\n\n"
    "显示更新包的说明和签名，不作核验。\n\n"
    "  --json          以 JSON 输出\n"
    "  --extract DIR   把说明和各签名写到文件夹中，可用 minisign -Vm 独立核验\n";

int command_show(int argc, char **argv)
{
    const char *extract = NULL;
    bool as_json = false;
    const struct option_spec options[] = {{"json", 0, NULL, &as_json},
                                          {"extract", 0, &extract, NULL}};
    struct command_line line = {
        .usage = show_usage, .options = options, .option_count = 2, .arg_count = 1};
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    struct buf problem = {0};
    enum err e = release_show(line.args[0], as_json, stdout, &problem);
    if (e == ERR_OK && extract != NULL) {
        e = release_extract(line.args[0], extract, as_json ? stderr : stdout, &problem);
    }
    if (e != ERR_OK) {
        return command_fail_err(e, &problem);
    }
    buf_finish(&problem);
    return EXIT_DONE;
}

static const char keygen_usage[] =
    "用法：gongkai-pack keygen 文件夹 [选项]\n\n"
    "生成办公室、保密审查和三把根密钥，以及由根密钥签名的信任文件 trust/root.1。\n"
    "已有的文件不会被覆盖。\n\n"
    "  --channel C         频道，与 site.ini 的 channel 一致\n"
    "  --epoch N           密钥纪元，默认 1\n"
    "  --no-password       密钥不加口令（只用于演示）\n"
    "  --password-file F   从文件第一行读口令，不在终端询问\n";

int command_keygen(int argc, char **argv)
{
    struct keygen_options keygen = {0};
    const char *epoch = NULL;
    const struct option_spec options[] = {{"channel", 0, &keygen.channel, NULL},
                                          {"epoch", 0, &epoch, NULL},
                                          {"no-password", 0, NULL, &keygen.no_password},
                                          {"password-file", 0, &keygen.password_file, NULL}};
    struct command_line line = {
        .usage = keygen_usage, .options = options, .option_count = 4, .arg_count = 1};
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    if (!command_number(epoch, 1, 1000000, &keygen.epoch)) {
        return command_usage("--epoch “%s”不对；应是 1 到 1000000 的整数", epoch);
    }
    keygen.dir = line.args[0];
    struct buf problem = {0};
    enum err e = keygen_run(&keygen, stdout, &problem);
    if (e != ERR_OK) {
        return command_fail_err(e, &problem);
    }
    buf_finish(&problem);
    return EXIT_DONE;
}

static const char unpack_usage[] =
    "用法：gongkai-pack unpack 文件.gkp --trust 文件夹 -o content.db [--base OLD.gkp]\n\n"
    "核验更新包，然后取出其中的数据库。\n\n"
    "  --trust DIR         信任文件夹（其中有 root.1 等）\n"
    "  -o, --output FILE   数据库文件\n"
    "  --base FILE         更新包只含变化部分时，它所依据的旧一期\n";

int command_unpack(int argc, char **argv)
{
    const char *trust = NULL;
    const char *output = NULL;
    const char *base = NULL;
    const struct option_spec options[] = {
        {"trust", 't', &trust, NULL}, {"output", 'o', &output, NULL}, {"base", 0, &base, NULL}};
    struct command_line line = {
        .usage = unpack_usage, .options = options, .option_count = 3, .arg_count = 1};
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    if (trust == NULL || output == NULL) {
        return command_usage("缺少 --trust 或 -o；用 --help 查看用法");
    }
    struct buf problem = {0};
    enum err e = release_unpack(line.args[0], trust, base, output, &problem);
    if (e != ERR_OK) {
        return command_fail_err(e, &problem);
    }
    (void)printf("已核验并取出 %s\n", output);
    buf_finish(&problem);
    return EXIT_DONE;
}
