/* export: status, history and receipts into a folder, for the technician's stick or the office. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "ctl/commands.h"
#include "store/history.h"
#include "store/store.h"

#define RECEIPT_MAX (256u * 1024)

static enum err write_named(const char *dir, const char *name, struct slice bytes)
{
    char path[PATH_MAX];
    enum err e = store_path(dir, name, path);
    return e == ERR_OK ? file_replace(path, bytes, 0644) : e;
}

static enum err export_status(const struct ctl_options *o, const char *dir)
{
    struct buf out = {0};
    enum err e = status_json(o, &out);
    if (e == ERR_OK) {
        e = write_named(dir, "status.json", buf_slice(&out));
    }
    buf_finish(&out);
    return e;
}

static enum err export_history(const struct ctl_options *o, const char *dir)
{
    struct buf out = {0};
    enum err e = history_read(o->root, SIZE_MAX, &out);
    if (e == ERR_OK) {
        e = write_named(dir, "history.jsonl", buf_slice(&out));
    }
    buf_finish(&out);
    return e;
}

static enum err receipt_copy(const char *from_dir, const char *to_dir, const char *name)
{
    char path[PATH_MAX];
    struct buf bytes = {0};
    enum err e = store_path(from_dir, name, path);
    if (e == ERR_OK) {
        e = file_read(path, RECEIPT_MAX, &bytes);
    }
    if (e == ERR_OK) {
        e = write_named(to_dir, name, buf_slice(&bytes));
    }
    buf_finish(&bytes);
    return e;
}

static enum err export_receipts(const struct ctl_options *o, const char *dir, unsigned *ret_count)
{
    char from[PATH_MAX];
    char to[PATH_MAX];
    enum err e = store_path(o->root, "outbox", from);
    if (e == ERR_OK) {
        e = store_path(dir, "receipts", to);
    }
    if (e == ERR_OK) {
        e = dir_make(to, 0755);
    }
    DIR *folder = e == ERR_OK ? opendir(from) : NULL;
    const struct dirent *entry;
    unsigned count = 0;
    while (folder && e == ERR_OK && (entry = readdir(folder)) != NULL) {
        if (slice_has_suffix(slice_of(entry->d_name), SLICE_LIT(".json"))) {
            e = receipt_copy(from, to, entry->d_name);
            count++;
        }
    }
    if (folder) {
        closedir(folder);
    }
    *ret_count = count;
    return e;
}

int ctl_export(const struct ctl_options *o, const char *dir)
{
    unsigned count = 0;
    enum err e = dir_make(dir, 0755);
    if (e == ERR_OK) {
        e = export_status(o, dir);
    }
    if (e == ERR_OK) {
        e = export_history(o, dir);
    }
    if (e == ERR_OK) {
        e = export_receipts(o, dir, &count);
    }
    if (e != ERR_OK) {
        ctl_complain("不能导出到 %s：%s", dir, err_sentence(e));
        return 1;
    }
    if (!o->json) {
        printf("已导出状态、历史记录和 %u 份回执到 %s。\n", count, dir);
    }
    return 0;
}
