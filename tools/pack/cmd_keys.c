/* gongkai-pack rekey and settings: command lines over rekey.h and settings.h. */
#include <stdio.h>
#include <string.h>

#include "pack/command.h"
#include "pack/rekey.h"
#include "pack/settings.h"

static const char rekey_usage[] =
    "用法：gongkai-pack rekey 文件夹 --replace 密钥[,密钥…] [选项]   制作新的信任文件\n"
    "      gongkai-pack rekey 文件夹 --sign 根密钥.key               另一位保管人接着签名\n"
    "      gongkai-pack rekey 文件夹                                 查看，还缺哪些签名\n\n"
    "更换密钥：制作 trust/root.N，由旧的和新的根密钥各自足数签名。“文件夹”就是 keygen "
    "生成的那个；\n"
    "根密钥不在一处时，把文件夹依次交给各位保管人，各用 --sign 签一次。签足以后把 trust 文件夹\n"
    "放到U盘或终端的收件文件夹；此后被换下的密钥签的更新包不再接受。\n\n"
    "  --replace LIST          重新生成哪些密钥：office、review、root1、root2、root3\n"
    "  --office-keys F[,F…]    办公室公钥文件（.pub）的全部，保管人自己生成密钥时用\n"
    "  --review-keys F[,F…]    保密审查公钥文件的全部\n"
    "  --root-keys F[,F…]      根密钥公钥文件的全部\n"
    "  --office-threshold N    办公室须几个签名（--review-threshold、--root-threshold 同）\n"
    "  --jump-cap N            期号一次最多跳多少\n"
    "  --raise-epoch           密钥时期加一（换下办公室或保密审查密钥时自动加一）\n"
    "  --keep-epoch            密钥时期不变（只用于正常交接；密钥丢失或被盗时不要用）\n"
    "  --sign FILE             用这把根密钥给等待签名的信任文件签名\n"
    "  --no-password           新密钥不加口令（只用于演示）\n"
    "  --password-file F       从文件第一行读口令，不在终端询问\n";

static bool replace_read(const char *list, bool replace[KEY_COUNT])
{
    struct slice rest = slice_of(list);
    while (rest.n > 0) {
        struct slice name = slice_trim(slice_cut(&rest, ','));
        size_t i = 0;
        while (i < KEY_COUNT && !slice_eq_cstr(name, key_uses[i].file)) {
            i++;
        }
        if (i == KEY_COUNT) {
            return false;
        }
        replace[i] = true;
    }
    return true;
}

struct rekey_words {
    const char *replace, *sign, *jump_cap;
    const char *threshold[ROLE_COUNT + 1];
};

/* EXIT_DONE, or the usage error. */
static int rekey_words_read(const struct rekey_words *w, struct rekey_options *o)
{
    if (w->replace != NULL && !replace_read(w->replace, o->replace)) {
        return command_usage(
            "--replace “%s”不对；只能是 office、review、root1、root2、root3，用逗号分隔",
            w->replace);
    }
    for (size_t g = 0; g <= ROLE_COUNT; g++) {
        if (!command_number(w->threshold[g], 1, ROOT_KEYS_MAX, &o->threshold[g])) {
            return command_usage("签名数“%s”不对；应是 1 到 %u 的整数", w->threshold[g],
                                 ROOT_KEYS_MAX);
        }
    }
    if (!command_number(w->jump_cap, 1, 1000000000, &o->jump_cap)) {
        return command_usage("--jump-cap “%s”不对；应是 1 到 1000000000 的整数", w->jump_cap);
    }
    if (o->keep_epoch && o->raise_epoch) {
        return command_usage("--keep-epoch 和 --raise-epoch 只能用一个");
    }
    return EXIT_DONE;
}

static bool rekey_is_change(const struct rekey_options *o)
{
    bool change = o->jump_cap > 0 || o->raise_epoch;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        change = change || o->replace[i];
    }
    for (size_t g = 0; g <= ROLE_COUNT; g++) {
        change = change || o->keys[g] != NULL || o->threshold[g] > 0;
    }
    return change;
}

int command_rekey(int argc, char **argv)
{
    struct rekey_options o = {0};
    struct rekey_words w = {0};
    const struct option_spec options[] = {
        {"replace", 0, &w.replace, NULL},
        {"sign", 0, &w.sign, NULL},
        {"jump-cap", 0, &w.jump_cap, NULL},
        {"office-keys", 0, &o.keys[ROLE_OFFICE], NULL},
        {"review-keys", 0, &o.keys[ROLE_REVIEW], NULL},
        {"root-keys", 0, &o.keys[ROOT_GROUP], NULL},
        {"office-threshold", 0, &w.threshold[ROLE_OFFICE], NULL},
        {"review-threshold", 0, &w.threshold[ROLE_REVIEW], NULL},
        {"root-threshold", 0, &w.threshold[ROOT_GROUP], NULL},
        {"raise-epoch", 0, NULL, &o.raise_epoch},
        {"keep-epoch", 0, NULL, &o.keep_epoch},
        {"no-password", 0, NULL, &o.no_password},
        {"password-file", 0, &o.password_file, NULL},
    };
    struct command_line line = {.usage = rekey_usage,
                                .options = options,
                                .option_count = sizeof options / sizeof *options,
                                .arg_count = 1};
    struct buf problem = {0};
    bool waiting = false;
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    status = rekey_words_read(&w, &o);
    if (status != EXIT_DONE) {
        return status;
    }
    o.dir = line.args[0];
    bool change = rekey_is_change(&o);
    if (w.sign != NULL && change) {
        return command_usage("--sign 不能和更换密钥的选项一起用；用 --help 查看用法");
    }
    enum err e = w.sign != NULL ? rekey_sign(o.dir, w.sign, o.password_file, stdout, &problem)
                 : change       ? rekey_run(&o, stdout, &problem)
                                : rekey_show(o.dir, stdout, &problem, &waiting);
    if (e != ERR_OK) {
        return command_fail_err(e, &problem);
    }
    buf_finish(&problem);
    return EXIT_DONE;
}

static const char settings_usage[] =
    "用法：gongkai-pack settings 文件.gks --trust 文件夹 [配置项] [--key 密钥]\n\n"
    "制作、修改、签名或查看终端配置。给出配置项：制作，或在原有的基础上修改，序号自动加一；\n"
    "给出 --key：以“办公室”签名；都不给：查看，有 --trust 时一并核验。\n"
    "把签好的 .gks 放到U盘或终端的收件文件夹，终端核验后采用，不必到现场修改。\n\n"
    "  --trust DIR             信任文件夹（其中有 root.1 等），频道和密钥时期由它决定\n"
    "  --key FILE              办公室密钥（office.key）\n"
    "  --password-file F       从文件第一行读密钥口令，不在终端询问\n"
    "  --pin ask|none          工作人员口令：在终端上询问；或不设（屏幕上的工作人员功能停用）\n"
    "  --pin-file F            从文件第一行读工作人员口令\n"
    "  --stick-apply staff|auto  插U盘：工作人员输入口令后更新；或自动更新\n"
    "  --auto-apply yes|no     收件文件夹和网络来的更新包：自动装入；或等待批准\n"
    "  --export yes|no         允许把记录导出到U盘\n"
    "  --url URL|none          从哪里取更新包，以 / 结尾\n"
    "  --window 20:00-06:00    取更新包的时段，几段之间用逗号；always 为全天\n"
    "  --max-kib-per-s N       取更新包的速度上限，0 为不限\n"
    "  --status-post URL|none  终端的状态回报发到哪里\n"
    "  --drop-max-files N      收件文件夹最多几个文件\n"
    "  --drop-max-mib N        收件文件夹最多多少 MiB\n"
    "  --serial N              序号，默认在原有的基础上加一\n\n"
    "配置项的值写成空的（如 --url=）表示去掉这一项，由终端本机的配置文件决定。\n";

int command_settings(int argc, char **argv)
{
    enum { FIXED = 5 };
    struct settings_options o = {0};
    const char *key = NULL;
    const char *password_file = NULL;
    struct option_spec options[FIXED + VALUE_COUNT] = {
        {"trust", 't', &o.trust, NULL},
        {"key", 'k', &key, NULL},
        {"password-file", 0, &password_file, NULL},
        {"pin", 0, &o.pin, NULL},
        {"pin-file", 0, &o.pin_file, NULL},
    };
    for (size_t i = 0; i < VALUE_COUNT; i++) {
        options[FIXED + i] = (struct option_spec){settings_value_names[i], 0, &o.values[i], NULL};
    }
    struct command_line line = {.usage = settings_usage,
                                .options = options,
                                .option_count = FIXED + VALUE_COUNT,
                                .arg_count = 1};
    struct buf problem = {0};
    bool good = true;
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    o.path = line.args[0];
    bool given = settings_are_given(&o);
    enum err e = given ? settings_make(&o, stdout, &problem) : ERR_OK;
    if (e == ERR_OK && key != NULL) {
        e = settings_sign(&o, key, password_file, stdout, &problem);
    }
    if (e == ERR_OK && !given && key == NULL) {
        e = settings_show(&o, stdout, &problem, &good);
    }
    if (e != ERR_OK) {
        return command_fail_err(e, &problem);
    }
    buf_finish(&problem);
    return good ? EXIT_DONE : EXIT_FAILED;
}
