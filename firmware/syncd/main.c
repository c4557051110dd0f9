/* gongkai-syncd: the only writer of editions on a terminal. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/time_floor.h"
#include "syncd/config.h"
#include "syncd/daemon.h"

static const char usage[] =
    "用法：gongkai-syncd --root DIR [--config FILE] [--factory DIR] [--sticks DIR] [--once]\n"
    "\n"
    "监视 DIR/drop，核对收到的更新包（.gkp），装入终端；每个文件在 DIR/outbox 留下一份回执。\n"
    "\n"
    "  --root DIR      终端的数据文件夹，如 /data；不存在时自动建立\n"
    "  --config FILE   配置文件（ini）；不给时用默认值\n"
    "  --factory DIR   出厂内容所在文件夹（其中有 content.db），默认 DIR/factory\n"
    "  --sticks DIR    U盘挂载在哪个文件夹下，与配置项 sticks 相同\n"
    "  --once          处理完现有的更新包就结束；有更新包未能装入时退出码为 1\n"
    "  --quiet         只输出警告和错误\n"
    "  --help          显示这些说明\n"
    "  --version       显示版本\n"
    "\n"
    "配置项（名称 = 值）：\n"
    "  channel              只接受这个频道的更新包（默认只按根证书）\n"
    "  poll_s               每隔几秒查看一次 drop 文件夹（默认 5）\n"
    "  settle_ms            文件多少毫秒不再变化才算写完（默认 2000）\n"
    "  incomplete_after_s   文件不完整多少秒后写“不完整”回执（默认 600）\n"
    "  retry_s              磁盘满或只读时隔几秒重试（默认 30）\n"
    "  keep_files           drop/done 和 drop/refused 各保留最近几个文件（默认 30）\n"
    "  drop_max_files       drop 文件夹里最多放几个文件（默认 200，不超过 256）\n"
    "  drop_max_mib         drop 及其 done、refused 各最多占多少 MiB（默认 2048）\n"
    "  trial_confirm        kiosk：屏幕显示后确认；auto：装入即确认（默认 kiosk）\n"
    "  auto_apply           yes：自动装入；no：等待 gongkaictl approve（默认 yes）\n"
    "  sticks               U盘挂载在这个文件夹下，每个子文件夹是一只（默认不看U盘）\n"
    "  stick_apply          staff：U盘上的更新由工作人员确认；auto：自动装入（默认 staff）\n"
    "  exports              导出记录时U盘可写地挂载在这个文件夹下（默认不导出）\n"
    "  url                  从这个网址取更新：gongkai-pack publish 生成的文件夹（默认不取）\n"
    "  url_poll_s           每隔几秒查看一次网址（默认 1800）\n"
    "  url_retry_s          连不上时先等几秒再试，逐次加倍，最长 6 小时（默认 60）\n"
    "  window               只在这些时段联网，如 20:00-06:00（默认全天）\n"
    "  max_kib_per_s        下载限速，每秒千字节（默认 0，不限）\n"
    "  tls                  verify：核验服务器证书；unverified：不核验，只凭签名（默认 verify）\n"
    "  tls_ca               核验服务器所用的证书文件（默认用系统的）\n"
    "  status_post          把状态回报（outbox/status.json 及其签名）发到这个网址（默认不发）\n"
    "  status_post_s        两次回报至少隔几秒，服务器另有要求时听服务器的（默认 600）\n"
    "  receipts_post        yes：回执也逐份发送；no：只发状态（默认 yes）\n"
    "\n"
    "退出码：0 正常，1 失败，2 用法错误。\n";

struct arguments {
    const char *root, *config, *factory, *sticks;
    int once, quiet;
};

enum { OPTION_ROOT = 256, OPTION_CONFIG, OPTION_FACTORY, OPTION_STICKS, OPTION_HELP, OPTION_VERSION };

/* -1: go on; else the exit code. */
static int arguments_read(int argc, char **argv, struct arguments *a)
{
    const struct option options[] = {
        {"root", required_argument, NULL, OPTION_ROOT},
        {"config", required_argument, NULL, OPTION_CONFIG},
        {"factory", required_argument, NULL, OPTION_FACTORY},
        {"sticks", required_argument, NULL, OPTION_STICKS},
        {"once", no_argument, &a->once, 1},
        {"quiet", no_argument, &a->quiet, 1},
        {"help", no_argument, NULL, OPTION_HELP},
        {"version", no_argument, NULL, OPTION_VERSION},
        {NULL, 0, NULL, 0},
    };
    int c;
    opterr = 0;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 0:
            break;
        case OPTION_ROOT:
            a->root = optarg;
            break;
        case OPTION_CONFIG:
            a->config = optarg;
            break;
        case OPTION_FACTORY:
            a->factory = optarg;
            break;
        case OPTION_STICKS:
            a->sticks = optarg;
            break;
        case OPTION_HELP:
            fputs(usage, stdout);
            return 0;
        case OPTION_VERSION:
            puts("gongkai-syncd " GONGKAI_VERSION);
            return 0;
        default:
            fprintf(stderr, "gongkai-syncd：不认识的选项 %s，请用 --help 查看用法。\n",
                    argv[optind - 1]);
            return 2;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "gongkai-syncd：多余的参数 %s，请用 --help 查看用法。\n", argv[optind]);
        return 2;
    }
    if (!a->root || !a->root[0]) {
        fputs("gongkai-syncd：请用 --root 给出终端的数据文件夹，如 --root /data。\n", stderr);
        return 2;
    }
    return -1;
}

/* A write beyond a size limit or to a closed socket is an error to handle, not an end. */
static void signals_prepare(void)
{
    sigset_t set;
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
}

int main(int argc, char **argv)
{
    struct arguments a = {0};
    int code = arguments_read(argc, argv, &a);
    if (code >= 0) {
        return code;
    }
    struct config config = config_default();
    struct buf problem = {0};
    if (a.config && config_read(a.config, &config, &problem) != ERR_OK) {
        fprintf(stderr, "gongkai-syncd：%.*s\n", (int)problem.n, problem.p ? problem.p : "");
        buf_finish(&problem);
        return 2;
    }
    buf_finish(&problem);
    if (a.sticks) {
        int n = snprintf(config.sticks, sizeof config.sticks, "%s", a.sticks);
        if (a.sticks[0] != '/' || n < 0 || (size_t)n >= sizeof config.sticks) {
            fputs("gongkai-syncd：--sticks 后面应是以 / 开头的完整路径。\n", stderr);
            return 2;
        }
    }
    signals_prepare();
    const struct log log = {.program = "gongkai-syncd",
                            .max = a.quiet ? LOG_LEVEL_WARN : LOG_LEVEL_INFO};
    struct clock clock = clock_system();
    clock.floor_s = time_floor_read(a.root);
    if (clock.floor_s < TIME_FLOOR_PROGRAM_S) {
        clock.floor_s = TIME_FLOOR_PROGRAM_S;
    }
    const struct daemon_options options = {
        .root = a.root,
        .factory = a.factory,
        .config = &config,
        .log = &log,
        .clock = &clock,
        .once = a.once != 0,
    };
    return daemon_run(&options);
}
