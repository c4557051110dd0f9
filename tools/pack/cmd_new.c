/* gongkai-pack new: writes the example folder; never into one that already holds something. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "pack/command.h"
#include "pack/sample.h"

static const char usage[] =
    "用法：gongkai-pack new 文件夹\n\n"
    "生成一个带说明的示例内容文件夹，可以通过 check；从它开始改成本单位的内容。\n"
    "文件夹已有内容时不写入。\n";

/* True when the folder holds something, or cannot be looked into. */
static bool holds_something(const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return errno != ENOENT;
    }
    bool found = false;
    for (const struct dirent *entry; !found && (entry = readdir(dir)) != NULL;) {
        found = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(dir);
    return found;
}

static enum err write_sample(const char *dir, const struct sample_file *file)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", dir, file->path);
    if (n < 0 || (size_t)n >= sizeof path) {
        return ERR_LIMIT;
    }
    char *slash = strrchr(path, '/');
    *slash = '\0';
    enum err e = dir_make(path, 0755);
    *slash = '/';
    return e == ERR_OK ? file_replace(path, slice_of(file->text), 0644) : e;
}

int command_new(int argc, char **argv)
{
    struct command_line line = {.usage = usage, .arg_count = 1};
    int status = EXIT_DONE;
    if (!command_line_read(&line, argc, argv, &status)) {
        return status;
    }
    if (holds_something(line.args[0])) {
        return command_fail("文件夹“%s”已有内容；请换一个新的文件夹名", line.args[0]);
    }
    for (size_t i = 0; i < sample_file_count; i++) {
        enum err e = write_sample(line.args[0], &sample_files[i]);
        if (e != ERR_OK) {
            return command_fail("无法写入 %s/%s：%s", line.args[0], sample_files[i].path,
                                err_sentence(e));
        }
    }
    (void)printf("已生成示例内容文件夹 %s；先看其中的“说明.txt”，再用 gongkai-pack check %s 检查\n",
                 line.args[0], line.args[0]);
    return EXIT_DONE;
}
