/* Guarantees a name and a sentence for every value of enum err; holds no state. */
#include "base/err.h"

#include <assert.h>
#include <errno.h>

static const struct {
    const char *name;
    const char *sentence;
} table[ERR_COUNT] = {
    [ERR_OK] = {"ok", "成功。"},
    [ERR_NOMEM] = {"nomem", "内存不足，请关闭其他程序或重新启动后再试。"},
    [ERR_IO] = {"io", "读写失败，请检查磁盘或U盘是否完好后再试。"},
    [ERR_NOSPACE] = {"nospace", "磁盘空间不足，请清理出空间后再试；现有内容没有改动。"},
    [ERR_READONLY] = {"readonly", "文件夹不能写入，请检查权限或写保护；现有内容没有改动。"},
    [ERR_MISSING] = {"missing", "找不到需要的文件或文件夹，请检查路径。"},
    [ERR_CORRUPT] = {"corrupt", "内容已损坏，请重新取得一份完好的文件。"},
    [ERR_FORMAT] = {"format", "文件格式不对，请检查后重新制作。"},
    [ERR_LIMIT] = {"limit", "文件超出允许的大小，请拆分或删减后再试。"},
    [ERR_UNSUPPORTED] = {"unsupported", "文件的版本比本程序新，请先升级程序。"},
    [ERR_DENIED] = {"denied", "未获许可，请检查签名与密钥。"},
    [ERR_BUSY] = {"busy", "另一个程序正在使用，请稍后再试。"},
    [ERR_USAGE] = {"usage", "参数有误，请用 --help 查看用法。"},
};

const char *err_name(enum err e)
{
    assert(e >= ERR_OK && e < ERR_COUNT);
    return table[e].name;
}

const char *err_sentence(enum err e)
{
    assert(e >= ERR_OK && e < ERR_COUNT);
    return table[e].sentence;
}

enum err err_of_errno(int errno_value)
{
    switch (errno_value) {
    case ENOSPC:
    case EDQUOT:
        return ERR_NOSPACE;
    case EROFS:
    case EACCES:
    case EPERM:
        return ERR_READONLY;
    case ENOENT:
    case ENOTDIR:
        return ERR_MISSING;
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return ERR_NOMEM;
    case EBUSY:
    case EAGAIN:
        return ERR_BUSY;
    default:
        return ERR_IO;
    }
}
