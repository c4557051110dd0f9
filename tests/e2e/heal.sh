#!/bin/bash
# Flash that decays: an installed edition is damaged on the disk → the screens show the one before it at once → the daemon notices, tells,
# and repairs it from the package it kept, fetching only what is damaged → the screens show it again. And without a kept package: staff are
# asked for it, its return repairs. BIN: folder of the programs.
set -u
BIN=$(cd "${BIN:-build/release}" && pwd) || exit 2
W=$(mktemp -d) || exit 2
SYNCD_PID= KIOSK_PID=
PASSED=0
cleanup() {
    [ -z "$KIOSK_PID" ] || kill "$KIOSK_PID" 2>/dev/null
    [ -z "$SYNCD_PID" ] || kill "$SYNCD_PID" 2>/dev/null
    wait 2>/dev/null
    rm -rf "$W"
}
trap cleanup EXIT
die() {
    echo "FAIL: $*" >&2
    for log in syncd.log kiosk.log answers; do
        [ ! -f "$W/$log" ] || { echo "--- $log" >&2; tail -n 15 "$W/$log" >&2; }
    done
    exit 1
}
ok() { PASSED=$((PASSED + 1)); }

# --- the office: two editions of some megabytes -----------------------------------------------------------
C=$W/content
"$BIN/gongkai-pack" new "$C" >/dev/null || die "new"
"$BIN/gongkai-pack" keygen "$W/keys" --channel example-hall --no-password >/dev/null || die "keygen"
DOC=$C/docs/A01-2026-000002.txt
make_edition() { # NUMBER FIRST-LINE
    { printf '为民服务大厅办事须知\n%s\n' "$2"; head -c 6000000 /dev/urandom | base64 -w 400 | sed 's/^/第/'; } >"$DOC"
    "$BIN/gongkai-pack" build "$C" -o "$W/$1.gkp" --edition "$1" --key "$W/keys/office.key" >"$W/build.log" 2>&1 || die "build $1: $(cat "$W/build.log")"
    "$BIN/gongkai-pack" sign "$W/$1.gkp" --key "$W/keys/review.key" --role review >/dev/null || die "sign $1"
}
make_edition 1 旧版须知
make_edition 2 新版须知

# --- the terminal -------------------------------------------------------------------------------------------
R=$W/data
mkdir -p "$R/trust" "$R/drop"
cp "$W"/keys/trust/* "$R/trust/"
printf 'poll_s = 1\nsettle_ms = 50\ntrial_confirm = auto\n' >"$W/syncd.ini"
syncd_start() {
    "$BIN/gongkai-syncd" --root "$R" --config "$W/syncd.ini" 2>>"$W/syncd.log" &
    SYNCD_PID=$!
}
syncd_stop() {
    kill "$SYNCD_PID"
    wait "$SYNCD_PID"
    SYNCD_PID=
}
drop() { cp "$W/$1.gkp" "$R/drop/.incoming" && mv "$R/drop/.incoming" "$R/drop/$(printf %06d "$1").gkp"; }
status() { "$BIN/gongkaictl" status --root "$R" --json; }
history() { cat "$R/state/history.jsonl"; }
until_true() { # SECONDS COMMAND…
    local n=$(($1 * 20))
    shift
    while ! "$@" >/dev/null 2>&1; do
        n=$((n - 1))
        [ $n -gt 0 ] || die "never true: $*"
        sleep 0.05
    done
    ok
}
shows() { status | grep -q "\"edition\":$1\b.*\"phase\":\"ok\""; }
is_whole() { [ "$(b2sum -l 256 <"$R/editions/1-$1/content.db")" = "$(cat "$W/sum.$1")" ]; }
syncd_start
for n in 1 2; do
    drop $n
    until_true 20 test -e "$R/editions/1-$n/content.db"
    until_true 20 test -e "$R/drop/done/$(printf %06d $n).gkp"
    b2sum -l 256 <"$R/editions/1-$n/content.db" >"$W/sum.$n"
done
until_true 10 shows 2
SIZE=$(stat -c %s "$R/editions/1-2/content.db")
[ "$SIZE" -gt 4000000 ] || die "the edition is too small to be telling: $SIZE"

mkfifo "$W/commands" "$W/replies"
kiosk_start() {
    "$BIN/gongkai-kiosk" --store "$R" --headless --drive - <"$W/commands" >"$W/replies" 2>>"$W/kiosk.log" &
    KIOSK_PID=$!
    exec 3>"$W/commands" 4<"$W/replies"
}
kiosk_stop() {
    exec 3>&-
    wait "$KIOSK_PID" || die "the screens ended with $?"
    KIOSK_PID=
    exec 4<&-
}
do_() {
    local answer
    echo "$1" >&3
    read -r -t 60 answer <&4 || die "no answer to: $1"
    echo "$answer" >>"$W/answers"
    case $answer in
    *'"ok":true}') ok ;;
    *) die "$1 → $answer" ;;
    esac
}
damage() { # EDITION LEAF: one byte of it changes behind everybody's back
    chmod u+w "$R/editions/1-$1/content.db"
    printf '\125' | dd of="$R/editions/1-$1/content.db" bs=1 seek=$(($2 * 65536 + 4711)) conv=notrunc status=none
    cmp -s <(b2sum -l 256 <"$R/editions/1-$1/content.db") "$W/sum.$1" && damage "$1" "$2"
    chmod a-w "$R/editions/1-$1/content.db"
}

# --- the kept package repairs by itself, and only the damaged frame is written again --------------------------
syncd_stop
damage 2 40
syncd_start
kiosk_start
do_ 'wait edition 2' # its home page is not what is damaged
until_true 20 grep -q '"event":"damaged"' "$R/state/history.jsonl"
until_true 20 is_whole 2
until_true 20 shows 2
history | grep -q '正在用保留的更新包自动修复' || die "history: $(history | tail -n 3)"
do_ 'wait edition 2'
kiosk_stop
grep -q '"edition":2.*"result":"applied"' "$R"/outbox/*.json || die "no receipt of the repair"
ok

# --- nothing kept: the one before it is shown, staff are told, and the same package repairs -----------------------
syncd_stop
rm -f "$R"/drop/done/*
damage 2 0
began=$(date +%s%N)
syncd_start
kiosk_start
do_ 'wait edition 1'
[ $(($(date +%s%N) - began)) -lt 3000000000 ] || die "the one before it took too long to show"
do_ 'tap "公开目录"'
do_ 'tap "为民服务大厅办事须知"'
do_ 'tap "阅读全文"'
do_ 'wait idle'
do_ 'expect "旧版须知"'
do_ 'tap "首页"'
until_true 20 shows 1
history | grep -q '请重新导入最新的更新包，会自动修复' || die "history: $(history | tail -n 3)"
sleep 1 # a whole round over the edition before it: what waits for its package is not thrown away
test -e "$R/editions/1-2/content.db" || die "the damaged edition was deleted before it could be repaired"
drop 2
until_true 20 is_whole 2
until_true 20 shows 2
do_ 'wait edition 2'
kiosk_stop

# --- the one kept for going back is damaged: told, and the current one stays ------------------------------------------
syncd_stop
damage 1 3
syncd_start
until_true 20 grep -q '不能再退回到它' "$R/state/history.jsonl"
shows 2 || die "the current edition changed: $(status)"

# --- what the terminal reports: signed by its own key, readable by the stock minisign -----------------------------------
printf '不是更新包' >"$R/drop/000009.gkp"
until_true 20 test -e "$R/drop/refused/000009.gkp"
syncd_stop
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
