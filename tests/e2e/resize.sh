#!/bin/bash
# A panel that becomes another one: a window that is resized, a monitor in another mode. Every screen is laid out as if it had been opened at
# that size, at the same place, and a finger meets what is seen. First by the driver, then a real window on a real X server (Xvfb).
# CONTENT: the demonstration edition, BIN: folder of the programs.
# shellcheck source=tests/e2e/screen.sh
. "${0%/*}/screen.sh"
LOGS=(window.log xvfb.log)
same() { cmp -s "$1" "$2" || [ "$(compare -metric AE "$1" "$2" null: 2>&1)" = 0 ]; }

# --- every screen, from upright to lying and back, to odd sizes ------------------------------------------------------------
declare -A STEPS=(
    [home]=''
    [guide]='tap "公开指南"'
    [catalogue]='tap "公开目录"'
    [filter]='tap "公开目录";wait idle;tap "年份：全部"'
    [item]='tap "公开目录";wait idle;tap "第六次全国人口普查入户登记告知书"'
    [reader]='tap "公开目录";wait idle;tap "第六次全国人口普查入户登记告知书";wait idle;tap "阅读全文"'
    [take]='tap "公开目录";wait idle;tap "第六次全国人口普查入户登记告知书";wait idle;tap "阅读全文";wait idle;tap "扫码带走"'
    [search]='tap "手写或拼音输入";wait idle;tap "拼音";type "baomishencha";tap "保密审查"'
    [reports]='tap "年度报告"'
    [attract]='wait 61000'
    [access]='tap "字号";tap "字号";tap "对比度";tap "低位";wait idle;tap "公开指南"'
)
for screen in "${!STEPS[@]}"; do
    for to in 1920x1080 777x1011; do
        drive 0 --size $to <<<"${STEPS[$screen]//;/$'\n'}"$'\n'"wait idle"$'\n'"shot $W/fresh.png"
        drive 0 <<<"${STEPS[$screen]//;/$'\n'}"$'\n'"wait idle"$'\n'"resize ${to/x/ }"$'\n'"wait idle"$'\n'"shot $W/resized.png"
        same "$W/fresh.png" "$W/resized.png" || die "$screen at $to is not as if it had been opened there"
    done
done
drive 0 <<<$'resize 200 150\nwait idle\nresize 3000 330\nwait idle\nresize 1080 1920\nwait idle\ntap "公开指南"\nwait idle\nexpect "010-64041147"'
drive 1 <<<'resize 0 100'
drive 2 <<<'resize 100'

# --- the place in a document, in a list, and on the way back ------------------------------------------------------------------
# at_top N: what stands first in the largest scroll area of the Nth tree
at_top() {
    jq -sr --argjson n "$1" '[.[] | select(.command == "tree")][$n].nodes |
        (map(select(.role == "scroll")) | max_by(.w * .h)) as $s |
        map(select((.role == "text" or .role == "link") and .label != "" and .x >= $s.x and .y >= $s.y and .y < $s.y + $s.h)) |
        min_by(.y).label' "$W/out"
}
stays() { # WHAT TREES: the same line is first in all of them
    local n
    for ((n = 1; n < $2; n++)); do
        [ "$(at_top 0)" = "$(at_top $n)" ] || die "$1: first $(at_top 0), then $(at_top $n)"
    done
    ok
}
drive 0 <<'S'
tap "年度报告"
key End
wait idle
tap "阅读报告全文"
wait idle
key PageDown
wait idle
key PageDown
wait idle
key PageDown
wait idle
tree
resize 1920 1080
wait idle
tree
resize 1280 800
wait idle
tree
resize 2000 400
wait idle
tree
resize 1080 1920
wait idle
tree
S
stays 'the report' 5
[ "$(jq -sc '[.[] | select(.command == "tree")] | .[0].nodes == .[4].nodes' "$W/out")" = true ] || die "there and back is not where it was"
ok
drive 0 <<'S'
tap "公开目录"
wait idle
key PageDown
wait idle
key PageDown
wait idle
tree
resize 1280 800
wait idle
tree
resize 777 1011
wait idle
tree
tap 380 900
wait idle
expect "索引号"
expect-not "年份：全部"
resize 1080 1920
wait idle
tap "返回"
wait idle
tree
S
stays 'the catalogue' 4

# --- a real window ------------------------------------------------------------------------------------------------------------
# An X server that its last client leaves starts anew, and turns away whoever comes meanwhile; this one does not.
Xvfb -displayfd 5 -screen 0 2000x2000x24 -noreset -nolisten tcp 5>"$W/display" >"$W/xvfb.log" 2>&1 &
PIDS+=($!)
until_true 10 test -s "$W/display" || die "no X server"
DISPLAY=:$(<"$W/display")
export DISPLAY
# Wall time stands still, so that the clock of the header is that of the driver.
FAKER=$(faketime -f '+0' printenv LD_PRELOAD)
window() { # [OPTION…]: the screens on the X server; under a sanitizer the clock's library goes before its runtime
    ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0:detect_leaks=0 TZ=Asia/Shanghai FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME='2026-11-22 09:41:30' LD_PRELOAD=$FAKER \
        "$KIOSK" --edition "$CONTENT" --idle 600,600,600 "$@" 2>>"$W/window.log" &
    PIDS[1]=$!
    until_true 10 xdotool search --class gongkai-kiosk || die "no window"
    WINDOW=$(xdotool search --class gongkai-kiosk | head -1)
}
window --window --size 1080x1920
xdotool windowmove --sync "$WINDOW" 0 0
resize() { xdotool windowsize --sync "$WINDOW" "$1" "$2"; }
tap_at() { xdotool mousemove --window "$WINDOW" "$1" "$2" click 1; }
looks() { import -window "$WINDOW" "$W/window.ppm" && same "$W/window.ppm" "$1"; }
shows() { # WHAT PICTURE
    until_true 5 looks "$2" || {
        [ -z "${KEEP:-}" ] || cp "$W/window.ppm" "$2" "$KEEP/"
        die "the window does not show $1"
    }
    ok
}
# middle N LABEL: of that node in the Nth tree, "x y"
middle() {
    jq -sr --argjson n "$1" --arg l "$2" '[.[] | select(.command == "tree")][$n].nodes |
        map(select(.label == $l and .touchable)) | first | "\(.x + .w / 2 | floor) \(.y + .h / 2 | floor)"' "$W/out"
}
# The driver goes before: the pictures that the window is to show, and where to touch.
drive 0 <<S
wait idle
shot $W/1.png
resize 1920 1080
wait idle
shot $W/2.png
tree
tap "公开指南"
wait idle
shot $W/3.png
resize 1280 800
wait idle
shot $W/4.png
resize 777 1011
wait idle
shot $W/5.png
tree
S
GUIDE=$(middle 0 公开指南)
HOME_KEY=$(middle 1 首页)
shows 'the home screen' "$W/1.png"
resize 1920 1080
shows 'the home screen lying' "$W/2.png"
# shellcheck disable=SC2086
tap_at $GUIDE
shows 'the guide, touched where it is now' "$W/3.png"
resize 1280 800
shows 'the guide in a smaller window' "$W/4.png"
resize 777 1011
shows 'the guide in an odd one' "$W/5.png"
for size in '1500 500' '330 1200' '200 150' '1000 1000'; do # as fast as a hand drags a corner
    # shellcheck disable=SC2086
    xdotool windowsize "$WINDOW" $size
done
resize 777 1011
shows 'the guide after many sizes' "$W/5.png"
# shellcheck disable=SC2086
tap_at $HOME_KEY
drive 0 --size 777x1011 <<<"shot $W/6.png"
shows 'home, touched where the key is now' "$W/6.png"
kill -0 "${PIDS[1]}" || die "the screens ended"
ok

# --- the whole display, whose monitor changes its mode; there is no window manager ----------------------------------------------
kill "${PIDS[1]}" && wait "${PIDS[1]}"
window
mode() {
    xrandr --newmode "$1x$2" 10 "$1" $(($1 + 10)) $(($1 + 20)) $(($1 + 30)) "$2" $(($2 + 10)) $(($2 + 20)) $(($2 + 30))
    xrandr --addmode screen "$1x$2"
    xrandr --output screen --mode "$1x$2" || die "no mode $1x$2"
}
mode 1920 1080
shows 'the home screen on the whole display' "$W/2.png"
# shellcheck disable=SC2086
tap_at $GUIDE
shows 'the guide on the whole display' "$W/3.png"
mode 1280 800
shows 'the guide in a smaller mode' "$W/4.png"
echo "$PASSED passed, 0 failed"
