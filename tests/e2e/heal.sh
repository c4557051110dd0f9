#!/bin/bash
# Flash that decays: an installed edition is damaged on the disk → the screens show the one before it at once → the daemon notices, tells,
# and repairs it from the package it kept, fetching only what is damaged → the screens show it again. And without a kept package: staff are
# asked for it, its return repairs. BIN: folder of the programs.
# shellcheck source=tests/e2e/panel.sh
. "${0%/*}/panel.sh"

# --- the office: two editions of some megabytes -----------------------------------------------------------
office
DOC=$W/content/docs/A01-2026-000002.txt
long_edition() { # NUMBER FIRST-LINE
    { printf '为民服务大厅办事须知\n%s\n' "$2"; head -c 6000000 /dev/urandom | base64 -w 400 | sed 's/^/第/'; } >"$DOC"
    make_edition "$1"
}
long_edition 1 旧版须知
long_edition 2 新版须知

# --- the terminal -------------------------------------------------------------------------------------------
new_root
config 'poll_s = 1' 'settle_ms = 50' 'trial_confirm = auto'
history() { cat "$R/state/history.jsonl"; }
shows() { status | grep -q "\"edition\":$1\b.*\"phase\":\"ok\""; }
is_whole() { [ "$(b2sum -l 256 <"$R/editions/1-$1/content.db")" = "$(cat "$W/sum.$1")" ]; }
start
for n in 1 2; do
    drop "$W/$n.gkp" "$(printf %06d $n).gkp"
    await 20 test -e "$R/editions/1-$n/content.db"
    await 20 test -e "$R/drop/done/$(printf %06d $n).gkp"
    b2sum -l 256 <"$R/editions/1-$n/content.db" >"$W/sum.$n"
done
await 10 shows 2
SIZE=$(stat -c %s "$R/editions/1-2/content.db")
[ "$SIZE" -gt 4000000 ] || die "the edition is too small to be telling: $SIZE"

damage() { # EDITION LEAF: one byte of it changes behind everybody's back
    chmod u+w "$R/editions/1-$1/content.db"
    flip "$R/editions/1-$1/content.db" $(($2 * 65536 + 4711))
    chmod a-w "$R/editions/1-$1/content.db"
}

# --- the kept package repairs by itself, and only the damaged frame is written again --------------------------
stop
damage 2 40
start
panel_start
panel 'wait edition 2' # its home page is not what is damaged
await 20 grep -q '"event":"damaged"' "$R/state/history.jsonl"
await 20 is_whole 2
await 20 shows 2
history | grep -q '正在用保留的更新包自动修复' || die "history: $(history | tail -n 3)"
panel 'wait edition 2'
panel_stop
grep -q '"edition":2.*"result":"applied"' "$R"/outbox/*.json || die "no receipt of the repair"
ok

# --- the same by --once, several times over, and where the kernel has no inotify left to give --------------------
stop
no_inotify='strace -f -qq -o /dev/null -e trace=inotify_init1 -e inject=inotify_init1:error=EMFILE'
strace -o /dev/null true 2>/dev/null || { no_inotify='' && echo "note: strace cannot be used here; inotify was always there"; }
for leaf in 3 17 40 55; do
    damage 2 "$leaf"
    NS=$no_inotify once || die "--once at leaf $leaf: $?"
    is_whole 2 || die "--once at leaf $leaf: not repaired"
    damage 2 "$leaf"
    once || die "--once with inotify at leaf $leaf: $?"
    is_whole 2 || die "--once with inotify at leaf $leaf: not repaired"
    ok
done
start
await 20 shows 2

# --- nothing kept: the one before it is shown, staff are told, and the same package repairs -----------------------
stop
rm -f "$R"/drop/done/*
damage 2 0
began=$(date +%s%N)
start
panel_start
panel 'wait edition 1'
[ $(($(date +%s%N) - began)) -lt 10000000000 ] || die "the one before it took too long to show"
panel 'tap "公开目录"'
panel 'tap "为民服务大厅办事须知"'
panel 'tap "阅读全文"'
panel 'wait idle'
panel 'expect "旧版须知"'
panel 'tap "首页"'
await 20 shows 1
history | grep -q '请重新导入最新的更新包，会自动修复' || die "history: $(history | tail -n 3)"
sleep 1 # a whole round over the edition before it: what waits for its package is not thrown away
test -e "$R/editions/1-2/content.db" || die "the damaged edition was deleted before it could be repaired"
drop "$W/2.gkp" 000002.gkp
await 20 is_whole 2
await 20 shows 2
panel 'wait edition 2'
panel_stop

# --- the one kept for going back is damaged: told, and the current one stays ------------------------------------------
stop
damage 1 3
start
await 20 grep -q '不能再退回到它' "$R/state/history.jsonl"
shows 2 || die "the current edition changed: $(status)"

# --- what the terminal reports: signed by its own key, readable by the stock minisign -----------------------------------
printf '不是更新包' >"$R/drop/000009.gkp"
await 20 test -e "$R/drop/refused/000009.gkp"
stop
O=$R/outbox
minisign -Vm "$O/status.json" -p "$O/terminal.pub" >/dev/null || die "the status is not signed by the terminal's key"
ok
sed 's/"edition":2/"edition":3/' "$O/status.json" >"$W/forged.json"
minisign -Vm "$W/forged.json" -x "$O/status.json.minisig" -p "$O/terminal.pub" >/dev/null 2>&1 && die "a changed status verifies"
ok
for part in '"edition":2' '"phase":"ok"' '"health":"good"' '"shown":"current"' '"refused_not_package":1' '"damaged":[1-9]' '"event":"refused"'; do
    grep -q "$part" "$O/status.json" || die "no $part in $(cat "$O/status.json")"
done
grep -q '^gongkai_edition 2$' "$O/metrics.prom" || die "metrics: $(cat "$O/metrics.prom")"
[ "$(stat -c %a "$R/state/terminal.key")" = 600 ] || die "the terminal's key can be read by others"
ok
echo "$PASSED passed, 0 failed"
