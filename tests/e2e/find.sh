#!/bin/bash
# Finding things: written by hand, with a palm on the pad; hits by kind, category and year; the catalogue sorted, narrowed and drawn
# along its rail.   BIN: folder of the programs, CONTENT: the demonstration edition.
# shellcheck source=tests/e2e/screen.sh
. "${0%/*}/screen.sh"
# links N: labels of the rows listed by the N-th line of the script, top to bottom
links() { sed -n "${1}p" "$W/out" | jq -r '.nodes[] | select(.role == "link") | .label'; }
# order N TITLE…: these are the first rows
order() {
    local line=$1
    shift
    [ "$(links "$line" | head -$#)" = "$(printf '%s\n' "$@")" ] || die "not in this order: $(links "$line" | head -5)"
    ok
}

# Strokes, 0..1 of the pad. The first two are medians of hanzi-writer-data (Arphic Public License, assets/strokes/ARPHICPL.TXT).
BAO='0.36,0.15 0.37,0.17 0.39,0.20 0.36,0.27 0.28,0.43 0.24,0.48 0.21,0.52; 0.33,0.38 0.33,0.41 0.34,0.43 0.34,0.49 0.33,0.64 0.32,0.77 0.33,0.82; 0.45,0.20 0.46,0.21 0.47,0.23 0.50,0.38; 0.48,0.20 0.49,0.20 0.50,0.21 0.63,0.17 0.65,0.18 0.67,0.20 0.65,0.29 0.63,0.30; 0.51,0.34 0.52,0.34 0.53,0.34 0.62,0.32 0.66,0.33; 0.40,0.50 0.43,0.50 0.51,0.48 0.70,0.45 0.73,0.44 0.77,0.46; 0.55,0.36 0.56,0.37 0.57,0.39 0.57,0.87; 0.55,0.50 0.51,0.58 0.45,0.66 0.40,0.71 0.38,0.72; 0.59,0.49 0.60,0.52 0.64,0.58 0.71,0.67 0.82,0.70'
MI='0.46,0.09 0.52,0.13 0.53,0.16; 0.31,0.24 0.32,0.26 0.31,0.28 0.28,0.34 0.27,0.39; 0.33,0.28 0.34,0.28 0.44,0.25 0.61,0.22 0.66,0.22 0.68,0.23 0.69,0.25 0.65,0.32; 0.33,0.42 0.32,0.48 0.29,0.54; 0.39,0.40 0.41,0.44 0.45,0.49 0.50,0.53 0.56,0.55 0.60,0.55 0.62,0.55 0.64,0.54 0.63,0.51 0.61,0.46 0.61,0.45 0.60,0.43; 0.42,0.32 0.46,0.35 0.47,0.37; 0.55,0.30 0.57,0.33 0.56,0.34 0.51,0.44 0.44,0.52 0.37,0.59 0.33,0.63 0.28,0.66 0.26,0.67 0.25,0.67 0.24,0.68; 0.65,0.39 0.72,0.43 0.73,0.45 0.74,0.48; 0.48,0.60 0.50,0.62 0.50,0.76 0.49,0.77; 0.35,0.69 0.37,0.73 0.36,0.82 0.40,0.82 0.51,0.79 0.58,0.77 0.62,0.77 0.63,0.78; 0.62,0.65 0.64,0.67 0.64,0.69 0.65,0.78 0.65,0.84 0.66,0.89'
CHA='0.5,0.1 0.5,0.45; 0.25,0.2 0.75,0.2; 0.48,0.22 0.25,0.42; 0.52,0.22 0.75,0.4; 0.35,0.48 0.35,0.75; 0.35,0.48 0.65,0.48 0.65,0.75; 0.37,0.6 0.63,0.6; 0.37,0.73 0.63,0.73; 0.15,0.9 0.85,0.9'

# --- one character, then two, one written over the other; the report opens at the paragraph -------------------------
drive 0 <<S
tap "手写或拼音输入"
ink "$CHA"
wait 1200
expect "查"
expect "找到"
tap "退格"
ink "$BAO"
wait 1200
ink "$MI"
wait 1200
tap "报告 1"
wait idle
tap "景山街道办事处2009年政府信息公开工作年度报告"
wait idle
expect "严格履行保密审查程序"
tap "返回"
wait idle
expect "报告 1"
S

# --- a palm rests on the pad before the pen comes, another on the list; a stroke is taken back, a character too --------------
drive 0 <<S
tap "手写或拼音输入"
palm 700 1700
ink "$BAO"
wait 1200
ink "$MI"
wait 1200
palm off
expect "保密"
wait 1200
expect-not "保密丶"
palm 300 500
ink "$CHA"
palm off
wait 1200
expect "保密查"
tap "退格"
ink "0.1,0.1 0.9,0.9"
tap "撤一笔"
expect "请在框内写字"
ink "$CHA"
tap "重写"
expect "请在框内写字"
expect "保密"
tap "重写"
expect "手写或拼音输入"
S

# --- recommended titles before anything is written; hits by kind, category and year ----------------------------------
drive 0 <<'S'
tap "手写或拼音输入"
expect "推荐查看"
expect "景山街道办事处2009年政府信息公开工作年度报告"
tap "收起"
wait idle
tap "手写或拼音输入"
tap "拼音"
type "gongkai"
tap "公开"
wait idle
tree
tap "指南 1"
wait idle
expect "找到 1 条"
expect "政府信息公开指南"
swipe 900 339 600 339 300
wait idle
tap "类别"
wait idle
tap "机构职能"
wait idle
expect "找到 1 条"
swipe 900 339 600 339 300
wait idle
tap "类别：机构职能"
wait idle
tap "全部"
wait idle
swipe 900 339 300 339 200
wait idle
tap "年份"
wait idle
tap "2009年"
wait idle
expect "找到 1 条"
S
N=$(sed -n 11p "$W/out" | jq -r '.nodes[].label | select(startswith("全部 ")) | ltrimstr("全部 ")')
SUM=$(sed -n 11p "$W/out" | jq -r '.nodes[].label' | sed -n 's/^\(目录\|正文\|报告\|指南\) \([0-9]*\)$/\2/p' | paste -sd+ | bc)
[ "$N" = "$SUM" ] && [ "$N" -gt 10 ] || die "kinds add up to $SUM, not to $N"
ok
drive 0 <<'S'
tap "手写或拼音输入"
tap "字母数字"
type "gktouch01"
wait idle
expect "找到 1 条"
S
drive 0 <<'S'
tap "手写或拼音输入"
tap "字母数字"
type "2009"
wait idle
expect-not "所选范围内没有"
tap "正文 1"
wait idle
expect "找到 1 条"
type "-00027"
wait idle
expect "找到 0 条"
expect "所选范围内没有"
tap "清除筛选"
wait idle
expect-not "所选范围内没有"
S
drive 0 <<'S'
tap "手写或拼音输入"
tap "字母数字"
type "wxyzq"
wait idle
expect "没有找到"
expect "请换一个说法"
S

# --- the catalogue: validity, orders, the rail -----------------------------------------------------------------------
drive 0 <<'S'
tap "公开目录"
tap "有效性：全部"
wait idle
expect "现行有效"
tap "已废止"
wait idle
expect "共 1 条"
tap "政府信息公开工作暂行规定"
wait idle
expect "已废止"
expect "发布机构"
tap "返回"
wait idle
tap "有效性：已废止"
wait idle
tap "全部"
wait idle
expect "共 50 条"
tap "排序：发布日期 新→旧"
wait idle
tap "发布日期 旧→新"
wait idle
tree
tap "排序：发布日期 旧→新"
wait idle
tap "名称 拼音 A→Z"
wait idle
expect "已按名称拼音排列"
tree
tap "跳到 Z"
wait idle
tree
S
order 23 "景山街道2009年政府信息公开工作计划" "2009年政府信息公开业务培训安排"
order 29 "办事处办公地址、办公时间和联系方式" "《北京市老年人优待证》办理须知"
order 32 "政府信息查询终端采购结果公告" "政府信息公开保密审查制度"
drive 0 <<'S'
tap "公开目录"
wait idle
tap "跳到 2009"
wait idle
tree
swipe 1050 1500 1050 1000 400
wait idle
tree
S
links 5 | head -1 | grep -q "为民服务大厅2009年窗口服务情况" || die "the rail does not lead to 2009: $(links 5 | head -1)"
links 8 | head -1 | grep -q "社区矛盾纠纷调解案件情况统计底表" || die "the rail does not lead back to 2010: $(links 8 | head -1)"
ok
echo "find.sh: $PASSED steps"
