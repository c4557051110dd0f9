#include "reader_fixture.h"

#include <stdio.h>
#include <string.h>

#include "../bench/long_document.h"
#include "pack_fixture.h"

static const char rows[] = "B01-2026-000021,很长的规则（示例）,长文,2026-01-06,2026-01-13,,"
                           "机构职能,办公室,主动公开,本终端,,有效,审查岗,2026-01-09,"
                           "同意公开,docs/long.md,,,,\r\n"
                           "B01-2026-000022,各种各样的表（示例）,表格,2026-01-06,2026-01-14,,"
                           "机构职能,办公室,主动公开,本终端,,有效,审查岗,2026-01-09,"
                           "同意公开,docs/tables.html,,,,\r\n";

static const char tables[] =
    "<html><head><meta charset=\"utf-8\"><title>各种各样的表（示例）</title></head><body>"
    "<p>一张很宽的表。</p><table><thead><tr><th rowspan=\"2\">序号</th><th "
    "rowspan=\"2\">单位名称</th>"
    "<th colspan=\"4\">收到申请</th><th colspan=\"4\">办理结果</th></tr>"
    "<tr><th>当面申请</th><th>网上申请</th><th>信函申请</th><th>其他形式</th><th>予以公开</"
    "th><th>部分公开</th>"
    "<th>不予公开</th><th>其他处理</th></tr></thead><tbody>"
    "<tr><td "
    "rowspan=\"2\">1</td><td>为民服务大厅</td><td>11</td><td>12</td><td>13</td><td>14</td><td>15</"
    "td><td>16</td>"
    "<td>17</td><td>18</td></tr>"
    "<tr><td>社区建设办公室</td><td "
    "colspan=\"2\">合计四十六件</td><td>23</td><td>24</td><td>25</td><td>26</td><td>27</td>"
    "<td>28</td></tr></tbody></table>"
    "<p>一张小表。</p><table><tr><td>甲</td><td>乙</td></tr><tr><td "
    "colspan=\"2\">丙,丁</td></tr></table>"
    "</body></html>";

void reader_fixture_make(struct reader_fixture *f)
{
    struct folder_fixture folder;
    struct buf text = {0};
    long_document_text(&(struct long_document){60000, 7}, &text);
    fixture_make(&folder);
    fixture_append(&folder, "catalogue.csv", rows);
    fixture_write(&folder, "docs/long.md", buf_slice(&text));
    fixture_write(&folder, "docs/tables.html", slice_of(tables));
    fixture_build(&folder, f->path);
    memcpy(f->dir, folder.dir, sizeof f->dir);
    buf_finish(&text);
}

void reader_fixture_remove(struct reader_fixture *f)
{
    struct folder_fixture folder;
    memcpy(folder.dir, f->dir, sizeof folder.dir);
    (void)remove(f->path);
    fixture_remove(&folder);
}
