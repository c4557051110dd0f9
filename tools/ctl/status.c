/* status and history: read from the disk, so that they answer when nothing else does. */
#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "ctl/commands.h"
#include "store/history.h"
#include "store/install.h"
#include "store/store.h"

#define STATUS_MS 1500
#define PACKAGES_MAX 64 /* of a stick */

struct status {
    bool running;
    struct link_message job;   /* verb "" when not running */
    struct link_message stick; /* verb "" when no sticks are watched */
    struct link_message package[PACKAGES_MAX];
    size_t packages;
    enum err selected;
    struct select select;
    enum err chosen;
    struct store_choice choice;
    struct edition_id sealed[STORE_EDITIONS_MAX];
    size_t sealed_count;
    unsigned waiting; /* files in drop/ */
};

static unsigned files_waiting(const char *root)
{
    char path[PATH_MAX];
    unsigned n = 0;
    DIR *dir = store_path(root, "drop", path) == ERR_OK ? opendir(path) : NULL;
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL) {
        n += entry->d_type != DT_DIR && entry->d_name[0] != '.';
    }
    if (dir) {
        closedir(dir);
    }
    return n;
}

static void status_message(struct status *s, const struct link_message *m)
{
    if (strcmp(m->verb, "job") == 0) {
        s->job = *m;
        s->running = true;
    } else if (strcmp(m->verb, "stick") == 0) {
        s->stick = *m;
        s->packages = 0;
    } else if (strcmp(m->verb, "package") == 0 && s->packages < PACKAGES_MAX) {
        s->package[s->packages++] = *m;
    }
}

/* Everything that `status` is answered with; `lock`, which means nothing here, is answered last. */
static void ask_syncd(const struct ctl_options *o, struct status *s)
{
    struct link *l = NULL;
    struct link_message m;
    link_message_init(&s->job, "");
    link_message_init(&s->stick, "");
    if (link_connect(o->root, &l) != ERR_OK) {
        return;
    }
    link_message_init(&m, "status");
    enum err e = link_send(l, &m);
    link_message_init(&m, "lock");
    if (e == ERR_OK) {
        e = link_send(l, &m);
    }
    while (e == ERR_OK) {
        e = ask_next(l, STATUS_MS, &m);
        if (e == ERR_OK && strcmp(m.verb, "answer") == 0) {
            break;
        }
        if (e == ERR_OK) {
            status_message(s, &m);
        }
    }
    link_close(l);
}

static void status_read(const struct ctl_options *o, struct status *s)
{
    memset(s, 0, sizeof *s);
    s->selected = select_read(o->root, &s->select);
    s->chosen = store_choose(o->root, o->factory, NULL, &s->choice);
    if (store_list(o->root, s->sealed, &s->sealed_count) != ERR_OK) {
        s->sealed_count = 0;
    }
    s->waiting = files_waiting(o->root);
    ask_syncd(o, s);
}

/* --- JSON --- */

static void id_json(struct json *j, const char *key, struct edition_id id)
{
    json_key(j, key);
    if (edition_id_is_none(id)) {
        json_cstr(j, NULL);
        return;
    }
    json_open(j, '{');
    json_key(j, "epoch");
    json_int(j, (int64_t)id.epoch);
    json_key(j, "edition");
    json_int(j, (int64_t)id.edition);
    json_close(j, '}');
}

static void ids_json(struct json *j, const char *key, const struct edition_id *ids, size_t n)
{
    json_key(j, key);
    json_open(j, '[');
    for (size_t i = 0; i < n; i++) {
        char name[EDITION_ID_TEXT];
        edition_id_format(ids[i], name);
        json_cstr(j, name);
    }
    json_close(j, ']');
}

static void job_json(struct json *j, const struct status *s)
{
    static const char *const numbers[] = {"epoch", "edition", "done", "total"};
    json_key(j, "job");
    if (!s->running) {
        json_cstr(j, NULL);
        return;
    }
    json_open(j, '{');
    json_key(j, "state");
    json_cstr(j, link_text(&s->job, "state"));
    json_key(j, "file");
    json_cstr(j, link_text(&s->job, "file"));
    json_key(j, "source");
    json_cstr(j, link_text(&s->job, "source")[0] ? link_text(&s->job, "source") : NULL);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint64_t v = 0;
        json_key(j, numbers[i]);
        json_int(j, link_u64(&s->job, numbers[i], &v) ? (int64_t)v : 0);
    }
    json_close(j, '}');
}

static void stick_json(struct json *j, const struct status *s)
{
    static const char *const texts[] = {"state", "label", "sentence"};
    static const char *const of_package[] = {"file", "result", "reason", "sentence"};
    json_key(j, "stick");
    if (!s->stick.verb[0]) {
        json_cstr(j, NULL);
        return;
    }
    json_open(j, '{');
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_key(j, texts[i]);
        json_cstr(j, link_text(&s->stick, texts[i]));
    }
    json_key(j, "removable");
    json_bool(j, strcmp(link_text(&s->stick, "removable"), "1") == 0);
    json_key(j, "packages");
    json_open(j, '[');
    for (size_t i = 0; i < s->packages; i++) {
        json_open(j, '{');
        for (size_t k = 0; k < sizeof of_package / sizeof *of_package; k++) {
            json_key(j, of_package[k]);
            json_cstr(j, link_text(&s->package[i], of_package[k]));
        }
        json_key(j, "edition");
        json_int(j, (int64_t)link_id(&s->package[i]).edition);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

enum err status_json(const struct ctl_options *o, struct buf *out)
{
    struct json j;
    bool shown = false;
    struct status *s = calloc(1, sizeof *s);
    if (!s) {
        return ERR_NOMEM;
    }
    status_read(o, s);
    shown = s->chosen == ERR_OK;
    json_init(&j, out);
    json_open(&j, '{');
    json_key(&j, "running");
    json_bool(&j, s->running);
    json_key(&j, "kind");
    json_cstr(&j, shown ? store_kind_name(s->choice.kind) : "none");
    json_key(&j, "epoch");
    json_int(&j, shown ? (int64_t)s->choice.id.epoch : 0);
    json_key(&j, "edition");
    json_int(&j, shown ? (int64_t)s->choice.id.edition : 0);
    json_key(&j, "phase");
    json_cstr(&j, s->selected == ERR_OK ? select_phase_name(s->select.phase) : NULL);
    json_key(&j, "path");
    json_cstr(&j, shown ? s->choice.path : NULL);
    json_key(&j, "reason");
    json_cstr(&j, shown ? s->choice.reason : "");
    id_json(&j, "current", s->select.current);
    id_json(&j, "previous", s->select.previous);
    id_json(&j, "floor", s->select.floor);
    json_key(&j, "tries");
    json_int(&j, s->select.tries);
    ids_json(&j, "bad", s->select.bad, s->select.bad_count);
    ids_json(&j, "sealed", s->sealed, s->sealed_count);
    json_key(&j, "waiting");
    json_int(&j, s->waiting);
    job_json(&j, s);
    stick_json(&j, s);
    json_close(&j, '}');
    buf_append_byte(out, '\n');
    free(s);
    return buf_status(out);
}

/* --- for people --- */

static void print_id(const char *label, struct edition_id id)
{
    if (edition_id_is_none(id)) {
        printf("%s无\n", label);
    } else {
        printf("%s第%" PRIu64 "期（密钥期 %" PRIu64 "）\n", label, id.edition, id.epoch);
    }
}

static const char *state_zh(const char *name)
{
    for (int s = INSTALL_IDLE; s < INSTALL_STATE_COUNT; s++) {
        if (strcmp(name, install_state_name((enum install_state)s)) == 0) {
            return install_state_name_zh((enum install_state)s);
        }
    }
    return "磁盘不能使用，等待重试";
}

static void print_shown(const struct status *s)
{
    if (s->chosen != ERR_OK) {
        puts("正在显示：没有任何内容；请导入更新包。");
    } else if (s->choice.kind == STORE_FACTORY) {
        printf("正在显示：出厂内容\n          %s\n", s->choice.reason);
    } else {
        print_id("正在显示：", s->choice.id);
        if (s->choice.trial) {
            printf("          试用中，等待屏幕确认（还可启动 %u 次）\n", (unsigned)s->select.tries);
        }
        if (s->choice.reason[0]) {
            printf("          %s\n", s->choice.reason);
        }
    }
}

static void print_list(const char *label, const struct edition_id *ids, size_t n)
{
    printf("%s%s", label, n == 0 ? "无" : "");
    for (size_t i = 0; i < n; i++) {
        printf("%s第%" PRIu64 "期", i ? "、" : "", ids[i].edition);
    }
    putchar('\n');
}

static const char *source_zh(const char *name)
{
    static const char *const words[][2] = {
        {"drop", "drop 文件夹"}, {"import", "本机文件"}, {"stick", "U盘"}, {"https", "网络"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(name, words[i][0]) == 0) {
            return words[i][1];
        }
    }
    return "";
}

static void print_stick(const struct status *s)
{
    if (!s->stick.verb[0]) {
        return;
    }
    const char *label = link_text(&s->stick, "label");
    const char *sentence = link_text(&s->stick, "sentence");
    printf("U盘：     %s%s%s\n", label[0] ? label : "没有插入", sentence[0] ? "，" : "", sentence);
    for (size_t i = 0; i < s->packages; i++) {
        const struct link_message *p = &s->package[i];
        const char *result = link_text(p, "result");
        struct edition_id id = link_id(p);
        printf("          %s", link_text(p, "file"));
        if (!edition_id_is_none(id)) {
            printf("，第%" PRIu64 "期", id.edition);
        }
        printf("，%s\n", strcmp(result, "chosen") == 0   ? "已选用"
                         : strcmp(result, "usable") == 0 ? "可用"
                                                         : link_text(p, "sentence"));
    }
}

static void print_status(const struct status *s)
{
    print_shown(s);
    print_id("上一期：  ", s->select.previous);
    print_id("最低接受：", s->select.floor);
    print_list("本机保存：", s->sealed, s->sealed_count);
    print_list("已停用：  ", s->select.bad, s->select.bad_count);
    printf("待处理：  %u 个文件\n", s->waiting);
    if (!s->running) {
        puts("syncd：    没有运行");
        return;
    }
    const char *file = link_text(&s->job, "file");
    const char *source = source_zh(link_text(&s->job, "source"));
    printf("syncd：    正在运行，%s%s%s%s%s%s\n", state_zh(link_text(&s->job, "state")),
           file[0] ? "：" : "", file, source[0] ? "（来自" : "", source, source[0] ? "）" : "");
    print_stick(s);
}

int ctl_status(const struct ctl_options *o)
{
    struct buf out = {0};
    int code = 1;
    struct status *s = calloc(1, sizeof *s);
    if (!s || (o->json && status_json(o, &out) != ERR_OK)) {
        ctl_complain("%s", err_sentence(ERR_NOMEM));
        goto out;
    }
    if (o->json) {
        (void)fwrite(out.p, 1, out.n, stdout);
    } else {
        status_read(o, s);
        print_status(s);
    }
    code = 0;
out:
    free(s);
    buf_finish(&out);
    return code;
}

static void print_event(struct slice line)
{
    struct buf time = {0};
    struct buf text = {0};
    struct buf file = {0};
    if (json_find_str(line, "time", &time) && json_find_str(line, "text", &text)) {
        bool has_file = json_find_str(line, "file", &file);
        printf("%.*s  %.*s", (int)(time.n < 19 ? time.n : 19), time.p, (int)text.n, text.p);
        printf(has_file ? "（%.*s）\n" : "%.*s\n", (int)file.n, file.p ? file.p : "");
    }
    buf_finish(&time);
    buf_finish(&text);
    buf_finish(&file);
}

int ctl_history(const struct ctl_options *o)
{
    struct buf lines = {0};
    enum err e = history_read(o->root, o->lines, &lines);
    if (e != ERR_OK) {
        ctl_complain("读不了 %s 的历史记录：%s", o->root, err_sentence(e));
        buf_finish(&lines);
        return 1;
    }
    struct slice rest = buf_slice(&lines);
    if (rest.n == 0 && !o->json) {
        puts("还没有记录。");
    }
    while (rest.n > 0) {
        struct slice line = slice_cut(&rest, '\n');
        if (o->json) {
            printf("%.*s\n", (int)line.n, line.p);
        } else {
            print_event(line);
        }
    }
    buf_finish(&lines);
    return 0;
}
