#!/bin/bash
# The whole way from a content folder to the switched edition, by the programs that are shipped; then every bad input and
# every bad disk, each with its receipt or its sentence. BIN: folder of the programs. Uses only a folder of its own.
# shellcheck source=tests/e2e/hall.sh
. "${0%/*}/hall.sh"
MOUNTED=
ended() {
    stop
    [ -z "$MOUNTED" ] || umount "$MOUNTED"
}
start() { # a daemon that may not come to listen
    daemon "$@"
    until_true 5 test -S "$R/run.sock" || true
}
history_has() { "$CTL" history --root "$R" --json --lines 1000 | grep -q "$1"; }
new_terminal() {
    stop
    new_root
}

# --- the office ---------------------------------------------------------------------------------------------
office thief
build() { # build EDITION OUT [CONTENT]
    "$PACK" build "${3:-$W/content}" -o "$2" --edition "$1" --built 2010-09-0"$1" >/dev/null 2>&1 || die "build $1"
}
sign() { # sign FILE KEYS ROLE…
    local f=$1 k=$2
    shift 2
    for role in "$@"; do
        "$PACK" sign "$f" --key "$k/$role.key" --role "$role" >/dev/null || die "sign $f $role"
    done
}
for n in 1 2 3 4 5; do
    build $n "$W/$n.gkp"
    sign "$W/$n.gkp" "$W/keys" office review
done
build 6 "$W/one-role.gkp"; sign "$W/one-role.gkp" "$W/keys" office
build 6 "$W/unsigned.gkp"
build 6 "$W/stolen.gkp"; sign "$W/stolen.gkp" "$W/thief" office review
sed 's/^channel *=.*/channel = other-hall/' "$W/content/site.ini" >"$W/site.ini"
cp -r "$W/content" "$W/other" && cp "$W/site.ini" "$W/other/site.ini"
build 6 "$W/other.gkp" "$W/other"; sign "$W/other.gkp" "$W/keys" office review

# --- usage ----------------------------------------------------------------------------------------------------
"$SYNCD" --help | grep -q settle_ms || die "--help"
"$SYNCD" --version | grep -q gongkai-syncd || die "--version"
"$SYNCD" --nonsense 2>/dev/null; [ $? -eq 2 ] || die "unknown option"
"$SYNCD" 2>/dev/null; [ $? -eq 2 ] || die "no root"
config 'pol_s = 3'
"$SYNCD" --root "$R" --config "$W/syncd.ini" 2>"$W/err"; [ $? -eq 2 ] || die "bad config accepted"
grep -q '第 1 行：“pol_s”不是可用的配置项' "$W/err" || die "bad config sentence"
"$CTL" --help | grep -q rollback || die "ctl --help"
"$CTL" nonsense 2>/dev/null; [ $? -eq 2 ] || die "ctl unknown command"
"$CTL" status --root "$W/nothing" | grep -q '没有任何内容' || die "ctl status on nothing"
"$CTL" import "$W/1.gkp" --root "$W/nothing" 2>"$W/err"; [ $? -eq 1 ] || die "ctl import without syncd"
grep -q '没有运行' "$W/err" || die "ctl import sentence"
ok

# --- a terminal's life: kiosk confirms -----------------------------------------------------------------------
config 'settle_ms = 0' 'poll_s = 1' 'retry_s = 1' 'incomplete_after_s = 1'
new_terminal
start
is_shown none || die "new terminal"
begin=$(date +%s%N)
drop "$W/1.gkp"
until_true 10 is_shown 'current 1 1' || die "edition 1 not applied"
echo "drop_to_switch $((($(date +%s%N) - begin) / 1000000)) ms"
until_true 5 has_receipt 1.gkp applied none || die "no receipt for 1"
until_true 5 test -f "$R/drop/done/1.gkp" || die "1 not moved"
receipt_of 1.gkp | grep -q "$(b2sum -l 256 "$W/1.gkp" | cut -d' ' -f1)" || die "receipt hash"
receipt_of 1.gkp | grep -q '"role":"review"' || die "receipt signers"
"$PROBE" say "$R" 'hello program=kiosk' job | grep -q 'edition epoch=1 edition=1 .*phase=trial kind=current' || die "hello"
"$PROBE" say "$R" 'drawn epoch=1 edition=1'
until_true 5 history_has '"confirmed"' || die "not confirmed"
"$CTL" status --root "$R" --json | grep -q '"phase":"ok".*"floor":{"epoch":1,"edition":1}' || die "status json"
"$CTL" import "$W/2.gkp" --root "$R" | grep -q '第2期内容已装入' || die "ctl import"
"$PROBE" say "$R" 'failed epoch=1 edition=2 reason=font%20missing' answer >/dev/null || die "failed"
is_shown 'current 1 1' || die "failed trial not taken back"
history_has 'font missing' || die "history of the failed trial"
"$CTL" import "$W/2.gkp" --root "$R" 2>"$W/err"; [ $? -eq 1 ] || die "bad-listed accepted"
has_receipt 2.gkp refused bad-listed || die "bad-listed receipt"
"$CTL" import "$W/3.gkp" --root "$R" >/dev/null || die "import 3"
"$PROBE" say "$R" 'drawn epoch=1 edition=3'
until_true 5 history_has '第3期内容已在屏幕上显示' || die "3 not confirmed"
"$CTL" rollback --root "$R" | grep -q '已退回' || die "rollback"
is_shown 'current 1 1' || die "rollback edition"
"$CTL" rollback --root "$R" >/dev/null 2>"$W/err" && die "second rollback"
grep -q '没有可以退回的上一期' "$W/err" || die "second rollback sentence"
"$CTL" import "$W/4.gkp" --root "$R" --json | grep -q '"result":"applied"' || die "import after rollback"
"$CTL" approve --root "$R" >/dev/null 2>&1 && die "approve of nothing"
"$SYNCD" --root "$R" 2>"$W/err"; [ $? -eq 1 ] || die "second syncd"
grep -q '已有一个 gongkai-syncd 在运行' "$W/err" || die "second syncd sentence"
"$CTL" export "$W/export" --root "$R" >/dev/null || die "export"
[ -s "$W/export/status.json" ] && [ -s "$W/export/history.jsonl" ] && ls "$W/export/receipts" | grep -q 4.gkp || die "export files"
stop || die "SIGTERM: exit code $?"
[ ! -e "$R/run.sock" ] || die "socket left behind"
"$CTL" status --root "$R" | grep -q '没有运行' || die "status without syncd"
ok

# --- approval ----------------------------------------------------------------------------------------------------
config 'settle_ms = 0' 'poll_s = 1' 'auto_apply = no' 'trial_confirm = auto'
new_terminal
start
"$CTL" import "$W/1.gkp" --root "$R" | grep -q '等待批准' || die "hold"
is_shown none || die "applied without approval"
"$CTL" reject --root "$R" >/dev/null || die "reject"
until_true 5 has_receipt 1.gkp refused stopped || die "rejected receipt"
"$CTL" import "$W/2.gkp" --root "$R" >/dev/null || die "hold 2"
"$CTL" approve --root "$R" >/dev/null || die "approve"
until_true 5 is_shown 'current 1 2' || die "approved not applied"
stop
ok

# --- import of a stick's file in place --------------------------------------------------------------------------
start
"$PROBE" say "$R" "import path=$W/3.gkp" answer | grep -q 'ok=1' || die "import in place"
until_true 5 "$CTL" approve --root "$R" || die "approve 3"
until_true 5 is_shown 'current 1 3' || die "in place not applied"
[ -f "$W/3.gkp" ] || die "stick's file moved"
until_true 5 has_receipt 3.gkp applied none || die "in place receipt"
# given again: nothing to do, and the receipt that says "applied" stays; a copy gets its own
"$PROBE" say "$R" "import path=$W/3.gkp" 'done' | grep -q 'result=applied reason=same .*已经在终端上使用' || die "again"
has_receipt 3.gkp applied none || die "the receipt of an import in place is gone"
[ "$(grep -c '"applied".*"file":"3.gkp"' "$R/state/history.jsonl")" -eq 1 ] || die "applied twice in the history"
cp "$W/3.gkp" "$W/copy.gkp"
"$CTL" import "$W/copy.gkp" --root "$R" | grep -q '已经在终端上使用' || die "ctl import of what is in use"
has_receipt copy.gkp refused same || die "receipt of the copy"
"$PROBE" say "$R" "import path=/dev/null" answer | grep -q 'ok=0' || die "import of a device"
"$PROBE" say "$R" "import path=relative.gkp" answer | grep -q 'ok=0' || die "import of a relative path"
stop
ok

# --- bad packages -----------------------------------------------------------------------------------------------
config 'settle_ms = 0' 'poll_s = 1' 'retry_s = 1' 'incomplete_after_s = 1' 'trial_confirm = auto'
new_terminal
start
drop "$W/3.gkp"
until_true 10 history_has '"confirmed"' || die "edition 3"
refused() { # refused NAME REASON: the file NAME.gkp in $W
    drop "$W/$1.gkp"
    until_true 10 has_receipt "$1.gkp" refused "$2" || die "$1: no receipt with $2: $(receipt_of "$1.gkp")"
    until_true 5 test -e "$R/drop/refused/$1.gkp" || die "$1 not moved"
    receipt_of "$1.gkp" | grep -q '"sentence":".*[。！]"' || die "$1: no sentence"
    is_shown 'current 1 3' || die "$1 changed what is shown"
    ok
}
SIZE=$(stat -c %s "$W/4.gkp")
cp "$W/4.gkp" "$W/flipped-frame.gkp" && "$PROBE" flip "$W/flipped-frame.gkp" -100
cp "$W/4.gkp" "$W/flipped-header.gkp" && "$PROBE" flip "$W/flipped-header.gkp" 100
cp "$W/4.gkp" "$W/flipped-manifest.gkp" && "$PROBE" flip "$W/flipped-manifest.gkp" 600
cp "$W/4.gkp" "$W/longer.gkp" && printf 'x' >>"$W/longer.gkp"
echo '请把这个文件放到终端' >"$W/letter.gkp"
"$PROBE" forge oversized "$W/oversized.gkp" && "$PROBE" forge future "$W/future.gkp" || die forge
refused flipped-frame frame
refused flipped-header header
refused flipped-manifest signature
refused longer header
refused letter not-package
refused oversized oversized
refused future future-format
refused stolen key-unknown
refused one-role role-missing
refused unsigned unsigned
refused other channel
cp "$W/2.gkp" "$W/older.gkp"; refused older older
cp "$W/3.gkp" "$W/same.gkp"; refused same same

ln -s /etc/passwd "$R/drop/link.gkp"
until_true 10 has_receipt link.gkp refused unreadable || die "link"
mkfifo "$R/drop/pipe.gkp"
until_true 10 has_receipt pipe.gkp refused unreadable || die "pipe"
mkdir "$R/drop/folder.gkp" # left alone
cp "$W/4.gkp" "$W/other-name" && ln "$W/other-name" "$R/drop/hard.gkp"
until_true 10 has_receipt hard.gkp refused unreadable || die "hard link"
receipt_of hard.gkp | grep -q '硬链接' || die "hard link: sentence"
is_shown 'current 1 3' || die "a file with a second name was taken"
ok

# written to and swapped while it is read: never a verdict on a mixture, and the last state is what counts
PID_OF_SWAPS=
(trap - EXIT; for i in $(seq 1 40); do
    cp "$W/flipped-frame.gkp" "$R/drop/.a" && mv "$R/drop/.a" "$R/drop/swap.gkp"
    cp "$W/older.gkp" "$R/drop/.a" && mv "$R/drop/.a" "$R/drop/swap.gkp"
    head -c 3000 "$W/2.gkp" >"$R/drop/grows.gkp" && cat "$W/2.gkp" >"$R/drop/grows.gkp"
done) 2>/dev/null &
PID_OF_SWAPS=$!
wait $PID_OF_SWAPS
until_true 20 eval '[ ! -e "$R/drop/swap.gkp" ] && [ ! -e "$R/drop/grows.gkp" ]' || die "swapped files were left"
has_receipt grows.gkp refused older || die "a file written to while it is read: $(receipt_of grows.gkp)"
receipt_of grows.gkp | grep -q '"reason":"\(frame\|header\|signature\)"' && die "a verdict on a mixture"
is_shown 'current 1 3' || die "swaps changed what is shown"
kill -0 "$PID" || die "swaps ended the daemon"
ok

# more than there is room for: the newest go, with a receipt, and the disk is not filled
stop
config 'settle_ms = 600000' 'poll_s = 1' 'retry_s = 1' 'incomplete_after_s = 1' 'trial_confirm = auto' \
    'drop_max_files = 12' 'drop_max_mib = 4'
start
for i in $(seq 10 19); do echo "$i" >"$R/drop/q$i.part"; done
sleep 3 # seen before the next ones come
for i in $(seq 20 29); do echo "$i" >"$R/drop/q$i.part"; done
until_true 10 has_receipt q29.part refused quota || die "quota: no receipt"
[ "$(ls "$R"/drop/q* | wc -l)" -le 12 ] || die "quota: $(ls "$R"/drop/q* | wc -l) files"
[ -e "$R/drop/q10.part" ] || die "quota: the oldest went"
head -c 6M /dev/urandom >"$R/drop/q00-large.part"
until_true 10 has_receipt q00-large.part refused quota || die "quota: a large file"
receipt_of q00-large.part | grep -q '已满.*已删除' || die "quota: sentence"
[ ! -e "$R/drop/q00-large.part" ] && [ -e "$R/drop/q10.part" ] || die "quota: the wrong one went"
rm -f "$R"/drop/q*
stop
config 'settle_ms = 0' 'poll_s = 1' 'retry_s = 1' 'incomplete_after_s = 1' 'trial_confirm = auto'
start
ok

# a copy that stops half-way is told of once, left alone, and taken when it is whole
head -c $((SIZE / 2)) "$W/4.gkp" >"$R/drop/4.gkp"
cp "$W/5.gkp" "$R/drop/.5.gkp.Xb12ab"
cp "$W/5.gkp" "$R/drop/5.gkp.part"
until_true 10 has_receipt 4.gkp incomplete truncated || die "truncated: no receipt"
sleep 1.5
[ -f "$R/drop/4.gkp" ] || die "an incomplete file was moved"
[ "$(grep -c '"incomplete"' "$R/state/history.jsonl")" -eq 1 ] || die "told more than once"
is_shown 'current 1 3' || die "a half-written or temporary file was taken"
tail -c +$((SIZE / 2 + 1)) "$W/4.gkp" >>"$R/drop/4.gkp"
until_true 10 is_shown 'current 1 4' || die "completed file not taken"
mv "$R/drop/5.gkp.part" "$R/drop/5.gkp"
until_true 10 is_shown 'current 1 5' || die "renamed file not taken"
stop
ok

# --- damaged and missing editions ---------------------------------------------------------------------------------
forget() { rm -f "$R"/drop/done/*; } # so that nothing can be repaired from there
forget
chmod 644 "$R/editions/1-5/content.db"
"$PROBE" flip "$R/editions/1-5/content.db" 20000
once
is_shown 'current 1 4' || die "damage not noticed"
history_has '第5期内容已损坏' || die "damage not in history"
drop "$W/5.gkp" again.gkp
once || die "repair failed"
is_shown 'current 1 5' || die "not repaired"
forget
rm -rf "$R/editions/1-5"
is_shown 'previous 1 4' || die "missing current: no fall-back for the screen"
once
is_shown 'current 1 4' || die "missing current: not noticed"
forget
rm -rf "$R/editions/1-4"
once
is_shown none || die "everything missing"
mkdir "$R/factory" && cp "$W/content/site.ini" "$R/factory/content.db" # any file: choosing opens nothing
is_shown 'factory 0 0' || die "factory"
rm -rf "$R/factory"
drop "$W/5.gkp" third.gkp
once || die "repair of everything"
is_shown 'current 1 5' || die "not repaired from nothing"
for f in select.bin select.bak; do printf 'rubbish' >"$R/$f"; done
is_shown 'sealed 1 5' || die "select lost: no fall-back"
once || die "select lost"
is_shown 'current 1 5' || die "select not rebuilt"
history_has '已重建' || history_has '重建' || die "rebuild not in history"
ok

# --- no trust root: nothing is lost ---------------------------------------------------------------------------------
new_terminal
mv "$R/trust" "$W/trust.aside"
drop "$W/1.gkp"
once && die "applied without a trust root"
[ -f "$R/drop/1.gkp" ] || die "package lost without a trust root"
has_receipt 1.gkp postponed key-unknown || die "no receipt without a trust root"
rm -rf "$R/trust" && mv "$W/trust.aside" "$R/trust"
once || die "not retried"
is_shown 'current 1 1' || die "not applied with the trust root back"
ok

# --- full disk, read-only disk -----------------------------------------------------------------------------------------
new_terminal
drop "$W/1.gkp"
(ulimit -f 64; once) && die "applied beyond the size limit"
[ -f "$R/drop/1.gkp" ] || die "package lost on a write error"
has_receipt 1.gkp postponed storage || die "no receipt for a write error"
once || die "not retried after the write error"
is_shown 'current 1 1' || die "not applied after the write error"
ok

rm -rf "$R" && mkdir "$R"
if mount -t tmpfs -o size=8m gongkai-test "$R" 2>/dev/null; then
    MOUNTED=$R
    new_terminal
    start
    drop "$W/1.gkp"
    until_true 10 has_receipt 1.gkp postponed no-room || die "full disk: no receipt"
    grep -q 'no-room' "$W/log" || die "full disk: no sentence in the log"
    [ -f "$R/drop/1.gkp" ] || die "full disk: package lost"
    mount -o remount,size=100m "$R"
    until_true 10 is_shown 'current 1 1' || die "full disk: not retried"
    until_true 10 history_has '"confirmed"' || die "full disk: not confirmed"
    ok
    dd if=/dev/zero of="$R/filler" bs=1M 2>/dev/null # not a byte left
    "$PROBE" say "$R" 'rollback' answer >/dev/null || die "really full disk: syncd is gone"
    rm "$R/filler"
    ok
    : >"$W/log"
    kill -STOP "$PID" # so that nothing is open for writing
    drop "$W/2.gkp" && mount -o remount,ro "$R" || die "remount"
    kill -CONT "$PID"
    until_true 10 grep -q '更新包.*\|不能写入' "$W/log" || die "read-only: no sentence"
    kill -0 "$PID" || die "read-only: ended"
    is_shown 'current 1 1' || is_shown 'current 1 2' || die "read-only: shown"
    mount -o remount,rw "$R"
    until_true 10 is_shown 'current 1 2' || die "read-only: not retried"
    stop
    mount -o remount,ro "$R"
    : >"$W/log"
    "$SYNCD" --root "$R" --config "$W/syncd.ini" 2>>"$W/log" & # starting on a read-only disk
    PID=$!
    until_true 10 grep -q '不能正常使用' "$W/log" || die "start on a read-only disk: no sentence"
    [ "$(wc -l <"$W/log")" -le 3 ] || die "start on a read-only disk: chatters"
    is_shown 'current 1 2' || die "read-only start: shown"
    mount -o remount,rw "$R"
    drop "$W/3.gkp"
    until_true 15 is_shown 'current 1 3' || die "read-only start: not recovered"
    stop
    ok
else
    echo "note: no permission to mount; the full and the read-only disk were tried by ulimit only"
fi
echo "sync.sh: $PASSED groups passed"
