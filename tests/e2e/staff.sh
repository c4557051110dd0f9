#!/bin/bash
# Staff at the terminal, with the shipped programs: a stick is plugged in, the PIN, what is new, the decision, the new edition on the screen,
# "可以拔出"; wrong PINs and their lock-out; a forged package; a stick pulled early and put back; rollback, history, counters.
# The screen is the headless kiosk, driven line by line while the daemon works in real time. BIN: folder of the programs.
set -u
BIN=$(cd "${BIN:-build/release}" && pwd) || exit 2
W=$(mktemp -d) || exit 2
R=$W/data S=$W/sticks
SYNCD_PID= KIOSK_PID= DISK_PID=
PASSED=0
PIN=246813
cleanup() {
    for pid in $KIOSK_PID $SYNCD_PID; do
        kill "$pid" 2>/dev/null
    done
    ! mountpoint -q "$S/SLOW" || umount "$S/SLOW" || umount -l "$S/SLOW"
    [ -z "$DISK_PID" ] || kill "$DISK_PID" 2>/dev/null
    wait 2>/dev/null
    rm -rf "$W"
}
trap cleanup EXIT
die() {
    echo "FAIL: $*" >&2
    for log in syncd.log kiosk.log; do
        [ ! -f "$W/$log" ] || { echo "--- $log" >&2; tail -n 12 "$W/$log" >&2; }
    done
    exit 1
}
ok() { PASSED=$((PASSED + 1)); }
# say COMMAND: one line to the screen; its answer must be ok and is left in $ANSWER
say() {
    echo "$1" >&"${KIOSK[1]}"
    IFS= read -r -t 60 ANSWER <&"${KIOSK[0]}" || die "the screen does not answer: $1"
    grep -q '"ok":true' <<<"$ANSWER" || {
        local why=$ANSWER
        echo tree >&"${KIOSK[1]}"
        IFS= read -r -t 60 ANSWER <&"${KIOSK[0]}"
        die "$why; on the screen: $(jq -r '[.nodes[].label | select(. != "")] | join(" | ")' <<<"$ANSWER")"
    }
}
unlock() { # from the home screen's notice
    say 'wait text "工作人员"'
    say "tap \"$1\""
    say 'wait text "工作人员口令"'
    say "type \"$PIN\""
    say 'tap "确定"'
}
until_true() { # SECONDS COMMAND…
    local n=$(($1 * 20))
    shift
    while ! "$@" >/dev/null 2>&1; do
        n=$((n - 1))
        [ $n -gt 0 ] || return 1
        sleep 0.05
    done
}
current_is() { "$BIN/gongkaictl" status --root "$R" --json | grep -q "\"edition\":$1[,}]"; }

# --- the office --------------------------------------------------------------------------------------------------
C=$W/content
"$BIN/gongkai-pack" new "$C" >/dev/null || die "new"
"$BIN/gongkai-pack" keygen "$W/keys" --channel example-hall --no-password >/dev/null || die "keygen"
"$BIN/gongkai-pack" keygen "$W/thief" --channel example-hall --no-password >/dev/null || die "keygen thief"
DOC=$C/docs/A01-2026-000002.txt
build() { # EDITION KEYS MiB-OF-NOISE
    { printf '为民服务大厅办事须知\n第%s版\n' "$1"; head -c "$((${3:-0} * 1048576))" /dev/urandom | base64 -w 400 | sed 's/^/第/'; } >"$DOC"
    "$BIN/gongkai-pack" build "$C" -o "$W/$1.gkp" --edition "$1" --built "2026-11-2$1" --key "$2/office.key" >"$W/build.log" 2>&1 || die "build $1: $(cat "$W/build.log")"
    "$BIN/gongkai-pack" sign "$W/$1.gkp" --key "$2/review.key" --role review >/dev/null || die "sign $1"
}
build 1 "$W/keys"
build 2 "$W/keys"
build 4 "$W/thief" && mv "$W/4.gkp" "$W/forged.gkp"
build 3 "$W/keys" 1
build 5 "$W/keys"

# --- the terminal ------------------------------------------------------------------------------------------------
mkdir -p "$R/trust" "$R/drop" "$S"
cp "$W"/keys/trust/* "$R/trust/"
cp "$W/1.gkp" "$R/drop/1.gkp"
printf 'poll_s = 1\nsettle_ms = 0\ntrial_confirm = auto\n' >"$W/first.ini"
"$BIN/gongkai-syncd" --root "$R" --config "$W/first.ini" --once 2>>"$W/syncd.log" || die "the first edition"
printf 'poll_s = 1\nsettle_ms = 0\nsticks = %s\nstick_apply = staff\nexports = %s\n' "$S" "$S" >"$W/syncd.ini"
"$BIN/gongkai-syncd" --root "$R" --config "$W/syncd.ini" 2>>"$W/syncd.log" &
SYNCD_PID=$!
until_true 5 test -S "$R/run.sock" || die "no daemon"
coproc KIOSK { exec "$BIN/gongkai-kiosk" --store "$R" --headless --drive - 2>>"$W/kiosk.log"; }
say 'wait edition 1'
say 'expect-not "U盘"'
plug() { # NAME FILE…: a stick appears whole, as a mount does
    local name=$1
    shift
    mkdir "$W/stick" && cp "$@" "$W/stick/" && mv "$W/stick" "$S/$name"
}
pull() { mv "$S/$1" "$W/pulled.$1" && rm -rf "$W/pulled.$1"; }

# --- no PIN was ever set: the screen says what to do --------------------------------------------------------------
say 'hold 88 66 3100'
say 'wait text "尚未设置口令"'
say 'tap "返回"'
"$BIN/gongkaictl" pin --stdin --root "$R" <<<"$PIN" >/dev/null || die "gongkaictl pin"
ok

# --- plugged in: a notice, nothing else; wrong PINs are counted, the right one opens ------------------------------
plug KINGSTON "$W/2.gkp" "$W/1.gkp" "$W/forged.gkp"
say 'tap "联系我们"'
say 'wait text "检测到U盘 · 工作人员"'
say 'expect "联系我们"'
say 'tap "检测到U盘 · 工作人员"'
say 'wait text "工作人员口令"'
say 'type "111111"'
say 'tap "确定"'
say 'wait text "口令不对"'
say 'expect "秒后可以再试"'
sleep 1.1
say 'wait 1100'
say 'expect-not "秒后可以再试"'
say 'type "222222"'
say 'tap "确定"'
say 'wait text "口令不对"'
say 'expect "2 秒后可以再试"'
say tree
jq -e '[.nodes[] | select(.role == "key" and .enabled)] | length == 0' <<<"$ANSWER" >/dev/null || die "digits can be entered during the lock-out"
sleep 2.1
say 'wait 2100'
say "type \"$PIN\""
say tree
grep -q "$PIN" <<<"$ANSWER" && die "the PIN is in the node list"
say 'tap "确定"'
ok

# --- what is on the stick, and the decision ------------------------------------------------------------------------
say 'wait text "请核对"'
say 'expect "签名有效"'
say 'expect "2 / 2 签署"'
say 'expect "版本递增：第1期 → 第2期"'
say 'expect "本期变化"'
say 'tap "U盘上共有 3 个更新包，查看或另选"'
say 'expect "forged.gkp"'
say 'expect "不是用本终端认可的密钥签名"'
say 'tap "返回"'
say 'tap "暂不更新"'
say 'wait text "没有更新，内容照旧"'
say 'wait text "可以拔出"'
say 'tap "更新包，查看或另选"'
say 'tap "2.gkp"'
say 'wait text "请核对"'
current_is 1 || die "switched without a decision"
say 'tap "核对无误，更新"'
say 'wait text "更新完成，可以拔出U盘"'
say 'wait edition 2'
until_true 5 grep -q '"event":"confirmed","epoch":1,"edition":2' "$R/state/history.jsonl" || die "edition 2 was drawn but not confirmed"
ok

# --- the menu -------------------------------------------------------------------------------------------------------
say 'tap "更多"'
say 'tap "更新历史"'
say 'wait text "更新完成 · 第2期"'
say 'tap "返回"'
say 'tap "运行计数"'
say 'wait text "启动次数"'
say 'tap "返回"'
say 'tap "退回上一期"'
say 'expect "第2期不会再被装入"'
say 'tap "取消"'
current_is 2 || die "rolled back without a yes"
say 'tap "退回上一期"'
say 'tap "退回"'
say 'wait text "已退回上一期内容"'
say 'wait edition 1'
say 'wait text "没有可以退回的上一期"'
say 'tap "导出记录到U盘"'
say 'wait text "已导出到"'
say 'wait text "可以拔出"'
grep -q '"event":"rolled-back"' "$S"/KINGSTON/公开终端导出-*/history.jsonl || die "the history was not exported"
say 'tap "退出"'
say 'expect "您想了解什么？"'
say 'wait text "可以拔出U盘"'
pull KINGSTON
say 'wait 10'
for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.3
    say tree
    grep -q 'U盘' <<<"$ANSWER" || break
done
say 'expect-not "U盘"'
ok

# --- left alone, the staff's screen locks -----------------------------------------------------------------------------
plug EMPTY "$W/forged.gkp"
unlock '检测到U盘 · 工作人员'
say 'wait text "未能更新"'
say 'expect "向办公室核实来源"'
say 'expect "拔出"'
say 'wait 121000'
say 'expect "您想了解什么？"'
say 'tap "工作人员"'
say 'wait text "工作人员口令"'
say 'tap "取消"'
pull EMPTY
ok

# --- pulled while it is read: what was read is kept; put back, it goes on and asks ----------------------------------------
mkdir -p "$W/slow" "$S/SLOW"
cp "$W/3.gkp" "$W/slow/"
slow() {
    "$BIN/tests/e2e/stick_disk" "$W/slow" "$S/SLOW" --rate "$1" 2>>"$W/disk.log" &
    DISK_PID=$!
    until_true 5 test -e "$S/SLOW/3.gkp" || die "no slow stick: $(cat "$W/disk.log")"
}
rmdir "$S/SLOW" && sleep 0.5 && mkdir "$S/SLOW"
slow 400000
unlock '检测到U盘 · 工作人员'
say 'wait text "正在读取更新"'
say 'wait text "版本递增：第1期 → 第3期"'
say 'wait text "剩余"'
umount -l "$S/SLOW"
kill "$DISK_PID"
wait "$DISK_PID" 2>/dev/null
DISK_PID=
rmdir "$S/SLOW"
say 'wait text "U盘已拔出"'
say 'expect "已保留进度，插回U盘后继续"'
current_is 1 || die "a pulled stick changed the edition"
mkdir "$S/SLOW"
slow 200000000
say 'wait text "请核对" 20000'
say 'tap "核对无误，更新"'
say 'wait text "更新完成"'
say 'wait edition 3'
ok

# --- the daemon goes and comes: locked; where sticks apply by themselves, the screen comes by itself and shows it -------------------
say 'tap "更多"'
kill "$SYNCD_PID"
wait "$SYNCD_PID"
say 'wait text "更新服务没有运行"'
umount "$S/SLOW" && rmdir "$S/SLOW"
sed -i 's/^stick_apply.*/stick_apply = auto/' "$W/syncd.ini"
"$BIN/gongkai-syncd" --root "$R" --config "$W/syncd.ini" 2>>"$W/syncd.log" &
SYNCD_PID=$!
until_true 5 test -S "$R/run.sock" || die "no daemon again"
say 'wait 3000'
say 'wait text "口令，已输入 0 位"'
say 'tap "取消"'
say 'expect "您想了解什么？"'
plug KINGSTON "$W/5.gkp"
say 'wait edition 5'
say 'wait text "可以拔出U盘"'
say 'wait 97000'
say 'expect "更新完成，可以拔出U盘"'
say 'expect-not "更多"'
pull KINGSTON
ok

# --- the PIN stands nowhere -------------------------------------------------------------------------------------------------
grep -rq "$PIN" "$R" "$W/syncd.log" "$W/kiosk.log" && die "the PIN is written down: $(grep -rl "$PIN" "$R" "$W"/*.log)"
ok
echo "$PASSED passed, 0 failed"
