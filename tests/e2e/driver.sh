#!/bin/bash
# The screens by their scripted driver: what residents do, what technicians see, and what happens when content or display is missing.
# BIN: folder of the programs, CONTENT: the demonstration edition.
# shellcheck source=tests/e2e/screen.sh
. "${0%/*}/screen.sh"
SOURCE=$(realpath assets/demo/reports/2009.txt) || exit 2
field() { jq -r "$2" <<<"$(sed -n "${1}p" "$W/out")"; }

# --- the report, character for character ----------------------------------------------------------------------
drive 0 <<'S'
tap "年度报告"
key End
wait idle
tap "阅读报告全文"
wait idle
text
text shown
S
field 6 .text >"$W/text"
sed 's/\[bookmark: _GoBack\]//' "$SOURCE" | sed '/^[[:space:]]*$/d' >"$W/source"
cmp "$W/text" "$W/source" || die "the report on screen is not the source text"
ok
[ "$(field 7 .text | tr -d '\n,，:：;；()（）"“”!！?？ ' | md5sum)" = "$(tr -d '\n,，:：;；()（）"“”!！?？ ' <"$W/source" | md5sum)" ] || die "the displayed report lost or gained a character"
ok

# --- every way through ---------------------------------------------------------------------------------------
drive 0 <<'S'
expect "您想了解什么？"
tap "公开指南"
expect "010-64041147"
tap "返回"
expect "您想了解什么？"
tap "公开目录"
expect "条"
tap "法规文件"
wait idle
expect-not "行政职责台账"
swipe 540 1400 540 500 160
wait idle
swipe 540 500 540 1500 300
wait idle
tap "首页"
key Tab
key Tab
key Enter
key Escape
tap "对比度"
tap "字号"
tap "低位"
tap "首页"
tree
perf
S
grep -q '"role":"button","label":"公开目录"\|"role":"link","label":"公开目录"' "$W/out" || die "the card is not in the tree"
ok

# --- a corrected item shows both ways -------------------------------------------------------------------------
drive 0 <<'S'
tap "更正澄清"
tap "更正说明：关于保密审查制度第5条"
expect "政府信息公开保密审查制度"
tap "首页"
tap "手写或拼音输入"
tap "字母数字"
type "b02-2009-000094"
wait idle
tap "搜索"
wait idle
tap "政府信息公开保密审查制度"
wait idle
expect "更正"
S

# --- write 查, spell 保密, open the report at the paragraph --------------------------------------------------------------
drive 0 <<'S'
tap "手写或拼音输入"
ink "0.5,0.1 0.5,0.45; 0.25,0.2 0.75,0.2; 0.48,0.22 0.25,0.42; 0.52,0.22 0.75,0.4; 0.35,0.48 0.35,0.75; 0.35,0.48 0.65,0.48 0.65,0.75; 0.37,0.6 0.63,0.6; 0.37,0.73 0.63,0.73; 0.15,0.9 0.85,0.9"
wait 1200
expect "查"
expect "找到"
tap "退格"
tap "拼音"
type "baomishencha"
tap "保密审查"
wait idle
expect "找到"
tap "收起"
wait idle
S
drive 0 <<'S'
tap "手写或拼音输入"
tap "拼音"
type "buyilou"
tap "退格"
tap "重写"
type "zfxxgk"
tap "政府信息公开"
wait idle
expect "找到"
tap "首页"
tap "年度报告"
key End
wait idle
tap "阅读报告全文"
wait idle
tap "文内查找"
tap "拼音"
type "baomishencha"
tap "保密审查"
wait idle
expect "1 /"
expect "严格履行保密审查程序"
S

# --- take away: what a telephone reads from the codes is the stored text, and the contact record ------------------------------------
codes() { zbarimg -q --raw --nodbus "$1" 2>/dev/null | sed '/^$/d'; }
drive 0 <<S
tap "公开目录"
tap "第六次全国人口普查入户登记告知书"
tap "阅读全文"
wait idle
text
tap "扫码带走"
wait idle
shot $W/code1.png
tap "关闭"
tap "首页"
tap "联系我们"
tap "扫码存下联系方式"
wait idle
shot $W/contact.png
S
field 5 .text | sed '/^$/d' >"$W/text"
codes "$W/code1.png" >"$W/read"
cmp "$W/text" "$W/read" || die "the code is not the text"
ok
codes "$W/contact.png" | grep -q '010-64041147' || die "the contact code has no telephone number"
ok

# --- idle: warning, everything forgotten, attract; the touch that wakes presses nothing -------------------------------
drive 0 <<'S'
tap "公开目录"
tap "字号"
tap "对比度"
wait 59000
expect-not "您还在看吗？"
wait 2000
expect "您还在看吗？"
tap "继续浏览"
expect-not "您还在看吗？"
wait 92000
expect "您想了解什么？"
tree
wait 61000
expect "轻触屏幕开始"
tap 540 900
wait idle
expect "您想了解什么？"
S
field 12 '[.nodes[] | select(.label == "字号" or .label == "对比度") | .selected // false] | any' | grep -qx false || die "settings survived the visit"
ok

# --- repeatable to the pixel -----------------------------------------------------------------------------------
for run in 1 2; do
    drive 0 <<S
tap "公开目录"
swipe 540 1500 540 700 120
wait 160
shot $W/moving$run.png
wait idle
shot $W/still$run.png
S
done
cmp "$W/moving1.png" "$W/moving2.png" && cmp "$W/still1.png" "$W/still2.png" || die "two runs differ"
ok

# --- drag never taps; unknown things are told -----------------------------------------------------------------------
drive 0 <<'S'
swipe 540 700 540 300 200
wait idle
expect "您想了解什么？"
S
drive 1 <<'S'
expect "这句话不在屏幕上"
expect "您想了解什么？"
S
drive 1 <<<'tap "没有这个按钮"'
drive 1 <<<'ink "0.1,0.1 0.9,0.9"'
drive 2 <<<'dance'
drive 2 <<<'swipe 1 2 3'
drive 2 <<<'key Hyper'

# --- content or display missing: one sentence, exit 2 ----------------------------------------------------------------
fails() { # PATTERN COMMAND…
    local pattern=$1
    shift
    "$@" >"$W/out" 2>"$W/err" </dev/null
    local got=$?
    [ $got -eq 2 ] || die "exit $got: $*"
    grep -q "$pattern" "$W/err" || die "no “$pattern” in: $(cat "$W/err")"
    ok
}
head -c 5000 "$CONTENT" >"$W/cut.db"
head -c 4096 /dev/urandom >"$W/noise.db"
fails '没有能显示的内容' "$KIOSK" --edition "$W/none.db" --headless --drive -
fails '没有能显示的内容' "$KIOSK" --edition "$W/cut.db" --headless --drive -
fails '没有能显示的内容' "$KIOSK" --edition "$W/noise.db" --headless --drive -
mkdir "$W/empty"
fails '没有能显示的内容' "$KIOSK" --store "$W/empty" --headless --drive -
fails '请用 --edition' "$KIOSK" --headless --drive -
fails 'size 应写成' "$KIOSK" --edition "$CONTENT" --size 10 --headless --drive -
fails '打不开脚本' "$KIOSK" --edition "$CONTENT" --headless --drive "$W/none.drv"
fails '没有显示器\|不能打开窗口' env -u DISPLAY -u WAYLAND_DISPLAY SDL_VIDEODRIVER=x11 "$KIOSK" --edition "$CONTENT"
fails '找不到字体' "$KIOSK" --edition "$CONTENT" --data "$W/empty" --headless --drive -

# --- the only edition is damaged behind its first pages: what can be read is shown, and the screens stay usable ---------------------
cp "$CONTENT" "$W/torn.db"
dd if=/dev/zero of="$W/torn.db" bs=4096 seek=12 count=$(($(stat -c %s "$CONTENT") / 4096 - 12)) conv=notrunc status=none
printf 'wait idle\ntap "公开目录"\nwait idle\ntap "首页"\nwait idle\nexpect "您想了解什么？"\n' >"$W/torn.drv"
timeout 60 "$KIOSK" --edition "$W/torn.db" --headless --drive "$W/torn.drv" >"$W/out" 2>"$W/err"
case $? in
0) grep -q '损坏' "$W/err" || die "damage was not noticed" ;;
2) grep -q '没有能显示的内容' "$W/err" || die "no sentence about a torn edition" ;;
*) die "a torn edition: $(grep -v '"ok":true' "$W/out" | head -3)" ;;
esac
ok

# --- a store without syncd: current damaged → previous → factory ------------------------------------------------------
mkdir -p "$W/store/factory"
cp "$CONTENT" "$W/store/factory/content.db"
printf 'expect "您想了解什么？"\ntap "第12期"\nexpect "备用内容"\n' >"$W/factory.drv"
"$KIOSK" --store "$W/store" --headless --drive "$W/factory.drv" >"$W/out" 2>"$W/err" || die "factory edition: $(cat "$W/out" "$W/err")"
ok
echo "$PASSED passed, 0 failed"
