#!/bin/bash
# Staff at the terminal, with the shipped programs: a stick is plugged in, the PIN, what is new, the decision, the new edition on the screen,
# "可以拔出"; wrong PINs and their lock-out; a forged package; a stick pulled early and put back; rollback, history, counters.
# The screen is the headless kiosk, driven line by line while the daemon works in real time. BIN: folder of the programs.
# shellcheck source=tests/e2e/panel.sh
. "${0%/*}/panel.sh"
S=$W/sticks
DISK_PID=
PIN=246813
ended() {
    [ -z "$PANEL_PID" ] || kill "$PANEL_PID" 2>/dev/null
    stop
    ! mountpoint -q "$S/SLOW" || umount "$S/SLOW" || umount -l "$S/SLOW"
    [ -z "$DISK_PID" ] || kill "$DISK_PID" 2>/dev/null
}
unlock() { # from the home screen's notice
    panel 'wait text "工作人员"'
    panel "tap \"$1\""
    panel 'wait text "工作人员口令"'
    panel "type \"$PIN\""
    panel 'tap "确定"'
}
current_is() { "$CTL" status --root "$R" --json | grep -q "\"edition\":$1[,}]"; }

# --- the office --------------------------------------------------------------------------------------------------
office thief
DOC=$W/content/docs/A01-2026-000002.txt
noisy_edition() { # NUMBER KEYS [MiB OF NOISE]
    { printf '为民服务大厅办事须知\n第%s版\n' "$1"; head -c "$((${3:-0} * 1048576))" /dev/urandom | base64 -w 400 | sed 's/^/第/'; } >"$DOC"
    make_edition "$1" "$2" --built "2026-11-2$1"
}
noisy_edition 1 keys
noisy_edition 2 keys
noisy_edition 4 thief && mv "$W/4.gkp" "$W/forged.gkp"
noisy_edition 3 keys 1
noisy_edition 5 keys

# --- the terminal ------------------------------------------------------------------------------------------------
new_root
mkdir "$S"
drop "$W/1.gkp"
config 'poll_s = 1' 'settle_ms = 0' 'trial_confirm = auto'
once || die "the first edition"
config 'poll_s = 1' 'settle_ms = 0' "sticks = $S" 'stick_apply = staff' "exports = $S"
start
panel_start
panel 'wait edition 1'
panel 'expect-not "U盘"'
plug() { # NAME FILE…: a stick appears whole, as a mount does
    local name=$1
    shift
    mkdir "$W/stick" && cp "$@" "$W/stick/" && mv "$W/stick" "$S/$name"
}
pull() { mv "$S/$1" "$W/pulled.$1" && rm -rf "$W/pulled.$1"; }

# --- no PIN was ever set: the screen says what to do --------------------------------------------------------------
panel 'hold 88 66 3100'
panel 'wait text "尚未设置口令"'
panel 'tap "返回"'
"$CTL" pin --stdin --root "$R" <<<"$PIN" >/dev/null || die "gongkaictl pin"
ok

# --- plugged in: a notice, nothing else; wrong PINs are counted, the right one opens ------------------------------
plug KINGSTON "$W/2.gkp" "$W/1.gkp" "$W/forged.gkp"
panel 'tap "联系我们"'
panel 'wait text "检测到U盘 · 工作人员"'
panel 'expect "联系我们"'
panel 'tap "检测到U盘 · 工作人员"'
panel 'wait text "工作人员口令"'
panel 'type "111111"'
panel 'tap "确定"'
panel 'wait text "口令不对"'
panel 'expect "秒后可以再试"'
sleep 1.1
panel 'wait 1100'
panel 'expect-not "秒后可以再试"'
panel 'type "222222"'
panel 'tap "确定"'
panel 'wait text "口令不对"'
panel 'expect "2 秒后可以再试"'
panel tree
jq -e '[.nodes[] | select(.role == "key" and .enabled)] | length == 0' <<<"$ANSWER" >/dev/null || die "digits can be entered during the lock-out"
sleep 2.1
panel 'wait 2100'
panel "type \"$PIN\""
panel tree
grep -q "$PIN" <<<"$ANSWER" && die "the PIN is in the node list"
panel 'tap "确定"'
ok

# --- what is on the stick, and the decision ------------------------------------------------------------------------
panel 'wait text "请核对"'
panel 'expect "签名有效"'
panel 'expect "2 / 2 签署"'
panel 'expect "版本递增：第1期 → 第2期"'
panel 'expect "本期变化"'
panel 'tap "U盘上共有 3 个更新包，查看或另选"'
panel 'expect "forged.gkp"'
panel 'expect "不是用本终端认可的密钥签名"'
panel 'tap "返回"'
panel 'tap "暂不更新"'
panel 'wait text "没有更新，内容照旧"'
panel 'wait text "可以拔出"'
panel 'tap "更新包，查看或另选"'
panel 'tap "2.gkp"'
panel 'wait text "请核对"'
current_is 1 || die "switched without a decision"
panel 'tap "核对无误，更新"'
panel 'wait text "更新完成，可以拔出U盘"'
panel 'wait edition 2'
until_true 5 grep -q '"event":"confirmed","epoch":1,"edition":2' "$R/state/history.jsonl" || die "edition 2 was drawn but not confirmed"
ok

# --- the menu -------------------------------------------------------------------------------------------------------
panel 'tap "更多"'
panel 'tap "更新历史"'
panel 'wait text "更新完成 · 第2期"'
panel 'tap "返回"'
panel 'tap "运行计数"'
panel 'wait text "启动次数"'
panel 'tap "返回"'
panel 'tap "退回上一期"'
panel 'expect "第2期不会再被装入"'
panel 'tap "取消"'
current_is 2 || die "rolled back without a yes"
panel 'tap "退回上一期"'
panel 'tap "退回"'
panel 'wait text "已退回上一期内容"'
panel 'wait edition 1'
panel 'wait text "没有可以退回的上一期"'
panel 'tap "导出记录到U盘"'
panel 'wait text "已导出到"'
panel 'wait text "可以拔出"'
grep -q '"event":"rolled-back"' "$S"/KINGSTON/公开终端导出-*/history.jsonl || die "the history was not exported"
panel 'tap "退出"'
panel 'expect "您想了解什么？"'
panel 'wait text "可以拔出U盘"'
pull KINGSTON
panel 'wait 10'
for _ in {1..40}; do
    sleep 0.3
    panel tree
    grep -q 'U盘' <<<"$ANSWER" || break
done
panel 'expect-not "U盘"'
ok

# --- left alone, the staff's screen locks -----------------------------------------------------------------------------
plug EMPTY "$W/forged.gkp"
unlock '检测到U盘 · 工作人员'
panel 'wait text "未能更新"'
panel 'expect "向办公室核实来源"'
panel 'expect "拔出"'
panel 'wait 121000'
panel 'expect "您想了解什么？"'
panel 'tap "工作人员"'
panel 'wait text "工作人员口令"'
panel 'tap "取消"'
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
panel 'wait text "正在读取更新"'
panel 'wait text "版本递增：第1期 → 第3期"'
panel 'wait text "剩余"'
umount -l "$S/SLOW"
kill "$DISK_PID"
wait "$DISK_PID" 2>/dev/null
DISK_PID=
rmdir "$S/SLOW"
panel 'wait text "U盘已拔出"'
panel 'expect "已保留进度，插回U盘后继续"'
current_is 1 || die "a pulled stick changed the edition"
mkdir "$S/SLOW"
slow 200000000
panel 'wait text "请核对" 20000'
panel 'tap "核对无误，更新"'
panel 'wait text "更新完成"'
panel 'wait edition 3'
ok

# --- the daemon goes and comes: locked; where sticks apply by themselves, the screen comes by itself and shows it -------------------
panel 'tap "更多"'
stop
panel 'wait text "更新服务没有运行"'
umount "$S/SLOW" && rmdir "$S/SLOW"
sed -i 's/^stick_apply.*/stick_apply = auto/' "$W/syncd.ini"
start
panel 'wait 3000'
panel 'wait text "口令，已输入 0 位"'
panel 'tap "取消"'
panel 'expect "您想了解什么？"'
plug KINGSTON "$W/5.gkp"
panel 'wait edition 5'
panel 'wait text "可以拔出U盘"'
panel 'wait 97000'
panel 'expect "更新完成，可以拔出U盘"'
panel 'expect-not "更多"'
pull KINGSTON
ok

# --- the PIN stands nowhere -------------------------------------------------------------------------------------------------
grep -rq "$PIN" "$R" "$W/log" "$W/kiosk.log" && die "the PIN is written down: $(grep -rl "$PIN" "$R" "$W"/*.log)"
ok
echo "$PASSED passed, 0 failed"
