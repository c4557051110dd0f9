/* A name and a sentence for every reason; the texts are what hall staff read, so each says what to
 * do next. */
#include "package/reject.h"

#include <assert.h>
#include <stddef.h>

static const struct {
    const char *name;
    const char *sentence;
} table[REJECT_COUNT] = {
    [REJECT_NONE] = {"none", "更新包完好，可以使用。"},
    [REJECT_UNREADABLE] = {"unreadable",
                           "读不出更新包，U盘或文件可能损坏；请重新插好，或换一只U盘重新拷贝。"},
    [REJECT_TRUNCATED] = {"truncated", "更新包不完整，文件没有拷完；请重新拷贝整个文件后再导入。"},
    [REJECT_NOT_PACKAGE] = {"not-package",
                            "这不是本终端的更新包；请选用由打包工具制作的 .gkp 文件。"},
    [REJECT_FUTURE_FORMAT] = {"future-format",
                              "更新包的格式比本终端的程序新；请先升级终端程序，再导入这个更新包。"},
    [REJECT_HEADER] = {"header", "更新包的文件头已损坏；请从办公室电脑重新拷贝一份。"},
    [REJECT_OVERSIZED] = {"oversized",
                          "更新包超过终端允许的大小；请办公室删减内容或图片后重新制作。"},
    [REJECT_SIGNATURE] =
        {"signature",
         "更新包的签名与内容不符，内容可能被改动；请不要使用，并向办公室核实后重新取得。"},
    [REJECT_KEY_UNKNOWN] =
        {"key-unknown",
         "更新包不是用本终端认可的密钥签名的；请向办公室核实来源，用本大厅的密钥重新签名。"},
    [REJECT_ROLE_MISSING] =
        {"role-missing",
         "更新包的签名不齐，须由“办公室”和“保密审查”分别签名；请补齐签名后再导入。"},
    [REJECT_UNSIGNED] = {"unsigned",
                         "更新包还没有签名；请由“办公室”和“保密审查”分别签名后再导入。"},
    [REJECT_OFFICE_MISSING] =
        {"role-missing", "更新包只有“保密审查”签名，还缺“办公室”签名；请完成办公室签名后再导入。"},
    [REJECT_REVIEW_MISSING] =
        {"role-missing",
         "更新包只有“办公室”签名，还缺“保密审查”签名；请完成保密审查签名后再导入。"},
    [REJECT_MANIFEST] = {"manifest",
                         "更新包的说明有缺项或不合规定的内容；请办公室用新版打包工具重新制作。"},
    [REJECT_PRODUCT] = {"product", "更新包是为别的产品制作的；请选用本终端的更新包。"},
    [REJECT_CHANNEL] = {"channel", "更新包是为别的大厅制作的；请选用本大厅的更新包。"},
    [REJECT_EPOCH] = {"epoch",
                      "更新包属于另一个密钥时期，与本终端的信任文件不一致；请用现行密钥重新制作，"
                      "或先更新终端的信任文件。"},
    [REJECT_SAME] =
        {"same", "这一期已经在终端上使用，不用再装；内容如有改动，请办公室以新的期号重新发布。"},
    [REJECT_OLDER] = {"older",
                      "更新包不比终端上的内容新；如要恢复旧内容，请办公室以新的期号重新发布。"},
    [REJECT_JUMP] = {"jump", "更新包的期号跳得过大；请办公室核对期号后重新制作。"},
    [REJECT_BAD_LISTED] = {"bad-listed",
                           "这一期曾在本终端使用失败或被退回；请办公室改正后以新的期号重新发布。"},
    [REJECT_BASE_MISSING] = {"base-missing",
                             "这是增量更新包，终端上没有它所依据的那一期；请改用完整更新包。"},
    [REJECT_TABLE] = {"table",
                      "更新包的校验表与说明不符，文件已损坏；请重新拷贝或重新取得更新包。"},
    [REJECT_FRAME] = {"frame",
                      "更新包的内容与校验表不符，文件已损坏；请重新拷贝或重新取得更新包。"},
    [REJECT_CONTENT] = {"content",
                        "更新包签名无误，但里面的内容有缺损或前后不一致；请办公室检查后重新制作。"},
    [REJECT_NO_ROOM] =
        {"no-room",
         "终端的存储空间不足，没有更新，现有内容照常显示；请联系技术人员清理空间后再导入。"},
    [REJECT_READONLY] =
        {"readonly",
         "终端的数据文件夹不能写入，没有更新，现有内容照常显示；请联系技术人员检查存储。"},
    [REJECT_STORAGE] =
        {"storage",
         "终端存储读写出错，没有更新，现有内容照常显示；请再试一次，仍不行请联系技术人员。"},
    [REJECT_STOPPED] = {"stopped", "导入已中止，现有内容没有改动；需要时请重新插入U盘再导入。"},
    [REJECT_CRASHED] =
        {"crashed",
         "核对这个更新包时程序出错，没有采用；请再试一次，仍不行请从办公室电脑重新拷贝一份。"},
    [REJECT_NOMEM] = {"nomem",
                      "终端内存不足，没有更新，现有内容照常显示；请重新启动终端后再导入。"},
};

const char *reject_name(enum reject r)
{
    assert(r >= REJECT_NONE && r < REJECT_COUNT);
    return table[r].name;
}

const char *reject_sentence(enum reject r)
{
    assert(r >= REJECT_NONE && r < REJECT_COUNT);
    return table[r].sentence;
}
