#!/bin/bash
# The whole line: new → build → sign → drop → switch while the screens run → the new document is read on screen → rollback → the old one is back.
# A resident who is reading is not thrown out: the new edition waits until the document is left. BIN: folder of the programs.
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

# --- the office: a content folder, two editions of it ---------------------------------------------------------
C=$W/content
"$BIN/gongkai-pack" new "$C" >/dev/null || die "new"
"$BIN/gongkai-pack" keygen "$W/keys" --channel example-hall --no-password >/dev/null || die "keygen"
make_edition() { # NUMBER
    "$BIN/gongkai-pack" build "$C" -o "$W/$1.gkp" --edition "$1" --key "$W/keys/office.key" >"$W/build.log" 2>&1 || die "build $1: $(cat "$W/build.log")"
    "$BIN/gongkai-pack" sign "$W/$1.gkp" --key "$W/keys/review.key" --role review >/dev/null || die "sign $1"
    "$BIN/gongkai-pack" verify "$W/$1.gkp" --trust "$W/keys/trust" >/dev/null || die "verify $1"
}
DOC=$C/docs/A01-2026-000002.txt
printf '为民服务大厅办事须知\n一、窗口\n旧版须知：每周一至周五办理。\n' >"$DOC"
make_edition 1
printf '为民服务大厅办事须知\n一、窗口\n新版须知：周六上午也办理，泃河边的鳤鱼标本同时展出。\n' >"$DOC"
make_edition 2
ok

# --- the terminal ------------------------------------------------------------------------------------------
R=$W/data
mkdir -p "$R/trust" "$R/drop"
cp "$W"/keys/trust/* "$R/trust/"
printf 'poll_s = 1\nsettle_ms = 50\n' >"$W/syncd.ini"
"$BIN/gongkai-syncd" --root "$R" --config "$W/syncd.ini" 2>"$W/syncd.log" &
SYNCD_PID=$!
drop() { cp "$W/$1.gkp" "$R/drop/.incoming" && mv "$R/drop/.incoming" "$R/drop/$(printf %06d "$1").gkp"; }
status() { "$BIN/gongkaictl" status --root "$R" --json; }
wait_for() { # SECONDS PATTERN of the status
    local n=$(($1 * 10))
    while ! status 2>/dev/null | grep -q "$2"; do
        n=$((n - 1))
        [ $n -gt 0 ] || die "no $2 in $(status)"
        sleep 0.1
    done
}
drop 1
n=100
while [ ! -e "$R/editions/1-1/content.db" ]; do n=$((n - 1)); [ $n -gt 0 ] || die "edition 1 was not installed"; sleep 0.1; done
ok

mkfifo "$W/commands" "$W/replies"
"$BIN/gongkai-kiosk" --store "$R" --headless --drive - <"$W/commands" >"$W/replies" 2>"$W/kiosk.log" &
KIOSK_PID=$!
exec 3>"$W/commands" 4<"$W/replies"
: >"$W/answers"
do_() { # COMMAND: sent, answered, and must have held
    local answer
    echo "$1" >&3
    read -r -t 60 answer <&4 || die "no answer to: $1"
    echo "$answer" >>"$W/answers"
    case $answer in
    *'"ok":true}') ok ;;
    *) die "$1 → $answer" ;;
    esac
}
open_document() {
    do_ 'tap "公开目录"'
    do_ 'tap "为民服务大厅办事须知"'
    do_ 'tap "阅读全文"'
    do_ 'wait idle'
}
do_ 'expect "示例街道"'
do_ 'wait edition 1'
wait_for 10 '"phase":"ok"'
do_ 'tap "第1期"'
do_ 'expect "保密审查"'
do_ 'expect "办公室"'
do_ 'expect-not "没有签名记录"'
do_ 'tap "首页"'
open_document
do_ 'expect "旧版须知"'

# A new edition arrives while somebody reads: the document stays.
drop 2
n=100
while [ ! -e "$R/editions/1-2/content.db" ]; do n=$((n - 1)); [ $n -gt 0 ] || die "edition 2 was not installed"; sleep 0.1; done
sleep 0.3
do_ 'wait 1000'
do_ 'expect "旧版须知"'
do_ 'tap "返回"'
do_ 'wait edition 2'
do_ 'expect-not "旧版须知"'
do_ 'tap "首页"'
open_document
do_ 'expect "新版须知"'
do_ 'expect "鳤"'
do_ 'text'
tail -n 1 "$W/answers" | grep -q '新版须知：周六上午也办理' || die "text is not the source"
wait_for 10 '"phase":"ok"'

# The same data folder on a terminal whose current edition was damaged: the one before it, and then the factory edition.
broken() { # NAME: a copy of the data folder without the socket
    mkdir -p "$W/$1"
    cp -r "$R/select.bin" "$R/editions" "$R/trust" "$W/$1/"
    chmod -R u+w "$W/$1"
}
see() { # FOLDER SCRIPT-LINES…: the screens over that folder
    local folder=$1
    shift
    printf '%s\n' "$@" >"$W/see.drv"
    "$BIN/gongkai-kiosk" --store "$folder" --headless --drive "$W/see.drv" >"$W/answers" 2>"$W/kiosk.log" || die "over $folder: $(grep -v '"ok":true' "$W/answers")"
    ok
}
READ='tap "公开目录"
tap "为民服务大厅办事须知"
tap "阅读全文"
wait idle'
broken damaged
head -c 100 /dev/urandom | dd of="$W/damaged/editions/1-2/content.db" conv=notrunc status=none
see "$W/damaged" "$READ" 'expect "旧版须知"'
rm "$W/damaged/editions/1-2/content.db"
see "$W/damaged" "$READ" 'expect "旧版须知"'
mkdir "$W/damaged/factory"
mv "$W/damaged/editions/1-1/content.db" "$W/damaged/factory/content.db"
see "$W/damaged" "$READ" 'expect "旧版须知"' 'tap "首页"' 'tap "第1期"' 'expect "备用内容"'
# Damage found only while reading: every page behind the first sixteen is gone.
broken torn
size=$(stat -c %s "$W/torn/editions/1-2/content.db")
dd if=/dev/zero of="$W/torn/editions/1-2/content.db" bs=4096 seek=16 count=$((size / 4096 - 16)) conv=notrunc status=none
see "$W/torn" 'tap "公开目录"' 'wait idle' 'tap "首页"' 'tap "年度报告"' 'wait idle' 'tap "首页"' "$READ" 'expect "旧版须知"'

# Staff take the edition back; on home it is replaced at once.
do_ 'tap "首页"'
"$BIN/gongkaictl" rollback --root "$R" >"$W/rollback" 2>&1 || die "rollback: $(cat "$W/rollback")"
do_ 'wait edition 1'
open_document
do_ 'expect "旧版须知"'
do_ 'expect-not "新版须知"'

exec 3>&-
wait "$KIOSK_PID" || die "the screens ended with $?"
KIOSK_PID=
grep -q '"result":"applied"' "$R"/outbox/*.json || die "no receipt"
echo "$PASSED passed, 0 failed"
