#!/bin/bash
# Sticks before the real daemon: plugged in, chosen from, pulled anywhere, returned, slow, hanging, two-faced, full of
# rubbish; FAT where fusefat can mount it. BIN: folder of the programs. Needs /dev/fuse; uses only a folder of its own.
# shellcheck source=tests/e2e/hall.sh
. "${0%/*}/hall.sh"
DISK=$BIN/tests/e2e/stick_disk P=$W/sticks
DISK_PID= LISTEN=
LOGS=(said log)
ended() {
    stop
    unlisten
    pull
    ! mountpoint -q "$W/exports/TECH" || umount "$W/exports/TECH"
}
# pull: the stick goes as it does from under a hand: what reads it fails, the mount and the folder vanish
pull() {
    [ -z "$DISK_PID" ] || { kill "$DISK_PID" 2>/dev/null; wait "$DISK_PID" 2>/dev/null; }
    DISK_PID=
    for place in "$P"/*; do
        umount -l "$place" 2>/dev/null
        [ ! -d "$place" ] || rmdir "$place" 2>/dev/null || rm -rf "$place"
    done
}
start() {
    daemon --sticks "$P" "$@"
    until_true 5 "$PROBE" say "$R" status staff || die "syncd does not answer"
    listen
}
unlisten() { # before it has become its program, a child would run this script's traps: no other signal
    [ -z "$LISTEN" ] || { kill -KILL "$LISTEN" 2>/dev/null; wait "$LISTEN" 2>/dev/null; }
    LISTEN=
}
# Everything a screen hears from now on, in $W/said.
listen() {
    unlisten
    "$PROBE" listen "$R" 'hello program=kiosk' >"$W/said" 2>/dev/null &
    LISTEN=$!
}
said() { grep -aq -- "$1" "$W/said"; }
config() { printf '%s\n' 'settle_ms = 0' 'poll_s = 1' 'retry_s = 1' 'trial_confirm = auto' "$@" >"$W/syncd.ini"; }
new_terminal() {
    stop
    pull
    new_root
    mkdir -p "$P"
}
# plug FOLDER [OPTION…]: as a stick of its own, through FUSE
plug() {
    local label=${LABEL:-KINGSTON}
    mkdir -p "$P/$label"
    "$DISK" "$1" "$P/$label" "${@:2}" 2>/dev/null &
    DISK_PID=$!
    until_true 5 mountpoint -q "$P/$label" || die "FUSE cannot mount"
}
answers_at_once() { # while something hangs for 15 s and more
    local begin=$(date +%s%N)
    "$PROBE" say "$R" status staff >/dev/null || die "no answer: $1"
    [ $((($(date +%s%N) - begin) / 1000000)) -lt 5000 ] || die "slow answer: $1"
}
nothing_open() { ! ls -l "/proc/$PID/fd" 2>/dev/null | grep -q "$P/"; }

# --- the office --------------------------------------------------------------------------------------------------
office
build() { # build EDITION OUT [CONTENT [OPTION…]]
    "$PACK" build "${3:-$W/content}" -o "$2" --edition "$1" --built 2010-09-0"$1" "${@:4}" >/dev/null 2>"$W/err" ||
        { cat "$W/err" >&2; die "build $1"; }
}
sign() {
    for role in office review; do
        "$PACK" sign "$1" --key "$W/keys/$role.key" --role $role >/dev/null || die "sign $1"
    done
}
for n in 1 2 3; do build $n "$W/$n.gkp"; sign "$W/$n.gkp"; done
build 9 "$W/unsigned.gkp"
cp -r "$W/content" "$W/other" && sed -i 's/^channel *=.*/channel = other-hall/' "$W/other/site.ini"
build 4 "$W/other.gkp" "$W/other"; sign "$W/other.gkp"
cp -r "$W/content" "$W/large"
LC_ALL=C.UTF-8 gawk 'BEGIN { srand(7); for (i = 0; i < 2000; i++) { s = ""; for (k = 0; k < 200; k++)
    s = s sprintf("%c", 0x4e00 + int(rand() * 6000)); print s "。\n" } }' >>"$W/large/guide/guide.md"
build 5 "$W/5.gkp" "$W/large"; sign "$W/5.gkp"
build 6 "$W/6.gkp" "$W/large"; sign "$W/6.gkp"
build 6 "$W/6-from-5.gkp" "$W/large" --base "$W/5.gkp"; sign "$W/6-from-5.gkp"
SIZE=$(stat -c %s "$W/5.gkp")

# --- choosing among several, the decision of staff -------------------------------------------------------------------
config
new_terminal
start
mkdir -p "$W/s1/gongkai"
cp "$W/1.gkp" "$W/s1/0001.gkp" && cp "$W/2.gkp" "$W/s1/0002.gkp" && cp "$W/3.gkp" "$W/s1/gongkai/0003.gkp"
cp "$W/unsigned.gkp" "$W/other.gkp" "$W/s1/"
echo '说明' >"$W/s1/readme.txt"
plug "$W/s1"
until_true 10 said 'stick state=offer label=KINGSTON packages=5 .*removable=1.*等待工作人员确认' || die "no offer"
said 'package n=. file=0003.gkp .*edition=3 result=chosen' || die "not the newest"
said 'package n=. file=0001.gkp .*result=usable' || die "an older one is not named"
said 'file=other.gkp .*result=refused reason=channel sentence=.*大厅' || die "another hall's"
said 'file=unsigned.gkp .*epoch=0 edition=0 result=refused reason=unsigned sentence=.*签名' || die "unsigned"
said 'offer file=0003.gkp .*edition=3 from=.* built=2010-09-03 .*have=2 need=2 delta=0' || die "no offer message"
until_true 5 said 'changes epoch=1 edition=3 added=[1-9].*added_text=..' || die "no changes"
said 'job state=hold .*source=stick' || die "no source"
is_shown none || die "applied without approval"
nothing_open || die "something of the stick is open although it may be pulled"
umount "$P/KINGSTON" || die "not removable although it was said"
wait "$DISK_PID"; DISK_PID=
rmdir "$P/KINGSTON"
until_true 5 said 'stick state=none' || die "not noticed that the stick has gone"
"$PROBE" talk "$R" approve | grep -q 'ok=1' || die "approve without the stick"
until_true 10 is_shown 'current 1 3' || die "approved, not applied"
ok

# another package than the chosen one; rejecting; older ones are refused
new_terminal
start
plug "$W/s1"
until_true 10 said 'stick state=offer .*等待工作人员确认' || die "offer"
N=$(sed -n 's/^package n=\([0-9]*\) file=0002.gkp .*/\1/p' "$W/said" | tail -1)
"$PROBE" talk "$R" "take n=$N" | grep -q 'ok=1' || die "take"
until_true 10 said 'offer file=0002.gkp' || die "the taken one is not offered"
"$CTL" status --root "$R" >"$W/status" && grep -q '^U盘：  *KINGSTON，' "$W/status" || die "gongkaictl status: stick"
grep -q 'other.gkp，.*大厅' "$W/status" && grep -q '来自U盘' "$W/status" || die "gongkaictl status: $(cat "$W/status")"
"$CTL" status --root "$R" --json | grep -q '"stick":{"state":"offer","label":"KINGSTON"' || die "gongkaictl status --json"
"$PROBE" talk "$R" 'take n=99' | grep -q 'ok=0' || die "take of nothing"
until_true 10 said 'job state=hold file=0002.gkp' || die "the taken one is not held"
"$PROBE" talk "$R" reject | grep -q 'ok=1' || die "reject"
until_true 5 said 'stick state=done .*removable=1 sentence=已停止' || die "stopped"
"$PROBE" talk "$R" "take n=$N" | grep -q 'ok=1' || die "take again"
until_true 10 eval '"$PROBE" talk "$R" approve | grep -q ok=1' || die "approve"
until_true 10 is_shown 'current 1 2' || die "taken one not applied"
until_true 5 said 'stick state=done .*removable=1 sentence=第2期内容已装入' || die "done"
pull
listen
plug "$W/s1"
until_true 10 said 'package n=. file=0002.gkp .*result=refused reason=same' || die "the one in use"
"$PROBE" talk "$R" reject >/dev/null
ok

# the stick of the last update, plugged in again: nothing is wrong with it; and beside one that is
pull
mkdir "$W/again" && cp "$W/2.gkp" "$W/1.gkp" "$W/again/"
listen
plug "$W/again"
until_true 10 said 'stick state=done .*removable=1 sentence=终端正在使用U盘上的第2期，没有更新的内容' || die "again"
pull
cp "$W/unsigned.gkp" "$W/again/"
listen
plug "$W/again"
until_true 10 said 'stick state=failed .*第2期；另有%201%20个更新包不能用' || die "again, and one that nobody signed"
pull
rm "$W/again/2.gkp"
listen
plug "$W/again"
until_true 10 said 'stick state=failed .*U盘上的第1期比终端上的内容旧；另有%201%20个更新包不能用' || die "an older one, and one that nobody signed"
pull
ok
# keys that cannot be used are the terminal's fault, not the package's
mv "$R/trust/root.1" "$W/root.1"
listen
plug "$W/again"
until_true 10 said 'stick state=failed .*没有可用的根证书' || die "no root"
mv "$W/root.1" "$R/trust/root.1"
pull
ok

# --- who may decide ------------------------------------------------------------------------------------------------
"$PROBE" talk "$R" 'lock' >/dev/null || die "lock"
for verb in approve reject rollback 'take n=0' 'history max=3' 'import path=/x'; do
    "$PROBE" kiosk "$R" "$verb" | grep -q 'ok=0 locked=1' || die "the screen may $verb without a PIN"
done
"$PROBE" kiosk "$R" 'unlock pin=0000' | grep -q 'verb=unlock ok=0' || die "unlocked without a PIN being set"
"$PROBE" kiosk "$R" counters | grep -q 'counters .*free_mib=' || die "counters"
"$PROBE" talk "$R" 'history max=3' | grep -q 'event time=.* event=' || die "history"
PINS=$(printf '482916\n' | "$CTL" pin --stdin --root "$R" 2>&1) || die "gongkaictl pin set: $PINS"
"$PROBE" kiosk "$R" 'unlock pin=111111' | grep -q 'verb=unlock ok=0 .*wait_s=[1-9]' || die "a wrong PIN"
until_true 5 eval '"$PROBE" kiosk "$R" "unlock pin=482916" "history max=1" lock "history max=1" >"$W/gate"; grep -q "unlock ok=1" "$W/gate"'
grep -q 'verb=history ok=1' "$W/gate" || die "unlocked, and still may not: $(cat "$W/gate")"
tail -1 "$W/gate" | grep -q 'locked=1' || die "locked again, and still may"
ok

# --- export: the one thing ever written, by a mount that comes on request and goes again -------------------------------
"$PROBE" talk "$R" export | grep -q 'ok=0 .*gongkaictl%20export' || die "export that is not configured"
pull
config "exports = $W/exports"
new_terminal
start
mkdir "$W/s5" "$W/exports" && cp "$W/3.gkp" "$W/s5/"
"$PROBE" talk "$R" export | grep -q 'ok=0 .*没有插入' || die "export without a stick"
mv "$W/s5" "$P/TECH"
until_true 10 said 'job state=hold' || die "export: hold"
"$PROBE" talk "$R" approve >/dev/null
until_true 10 said 'stick state=done label=TECH .*removable=1' || die "export: done"
(trap - EXIT; until_true 5 test -s "$R/state/export" && read -r label <"$R/state/export" &&
    mkdir "$W/stick" && mv "$W/stick" "$W/exports/$label" &&
    until_true 20 test ! -e "$R/state/export" && mv "$W/exports/$label" "$W/stick") &
"$PROBE" talk "$R" export >"$W/answer"
wait $!
grep -q 'answer verb=export ok=1 .*可以拔出' "$W/answer" || die "export: $(tail -1 "$W/answer")"
[ ! -e "$W/exports/TECH" ] || die "export: answered before the stick was free"
grep -q 'removable=0 sentence=.*先不要拔出' "$W/answer" || die "export: removable while it is written"
EXPORTED=$(echo "$W"/stick/*)
case $EXPORTED in */公开终端导出-"$CHANNEL"-2*) ;; *) die "export: $EXPORTED" ;; esac
grep -q '第3期内容已装入' "$EXPORTED/history.jsonl" || die "export: history"
ls "$EXPORTED/receipts" | grep -q '3.gkp' || die "export: receipts"
[ "$(ls -A "$P/TECH")" = 3.gkp ] || die "export: the reading side was written to"
mkdir -p "$W/exports/TECH" && "$PROBE" talk "$R" export | grep -q 'ok=1' || die "export to a place that is always writable"
# full: what fitted goes again; pulled before it is done: told at once, also when all was written
rm -rf "$W/exports/TECH"/* && mount -t tmpfs -o size=8k stick "$W/exports/TECH" || die "tmpfs"
"$PROBE" talk "$R" export | grep -q 'ok=0 .*U盘已满' || die "export to a full stick"
[ -z "$(ls -A "$W/exports/TECH")" ] || die "half an export is left on a full stick: $(ls -A "$W/exports/TECH")"
umount "$W/exports/TECH" && rmdir "$W/exports/TECH" || die "the full stick is busy"
(trap - EXIT; until_true 5 test -s "$R/state/export" && mv "$P/TECH" "$W/s5") &
"$PROBE" talk "$R" export >"$W/answer"
wait $!
grep -q 'answer verb=export ok=0 .*被拔出' "$W/answer" || die "pulled before the export: $(tail -1 "$W/answer")"
[ ! -e "$R/state/export" ] || die "the request of a pulled stick stays"
mv "$W/s5" "$P/TECH"
until_true 10 eval '"$PROBE" say "$R" status stick | grep -q "stick state=done label=TECH .*removable=1 sentence=终端正在使用"' || die "not looked at again"
mkdir "$W/stick2"
(trap - EXIT; until_true 5 test -s "$R/state/export" && mv "$W/stick2" "$W/exports/TECH" &&
    until_true 20 test ! -e "$R/state/export" && mv "$P/TECH" "$W/s5" && sleep 1.5 && mv "$W/exports/TECH" "$W/stick2") &
"$PROBE" talk "$R" export >"$W/answer"
wait $!
grep -q 'answer verb=export ok=0 .*被拔出' "$W/answer" || die "pulled after the export: $(tail -1 "$W/answer")"
listen
mkdir "$P/DATA.sdb1.unreadable"
until_true 10 said 'stick state=failed label=DATA packages=0 removable=1 sentence=.*格式读不出' || die "a stick that cannot be mounted"
"$PROBE" talk "$R" export | grep -q 'ok=0 .*格式读不出' || die "export to a stick that cannot be mounted"
rmdir "$P/DATA.sdb1.unreadable"
until_true 10 said 'stick state=none' || die "the unreadable one has gone"
ok

# --- by itself -------------------------------------------------------------------------------------------------------
config 'stick_apply = auto'
new_terminal
start
plug "$W/s1"
until_true 10 is_shown 'current 1 3' || die "auto: not applied"
until_true 5 said 'stick state=done .*removable=1 sentence=第3期内容已装入.*可以拔出' || die "auto: done"
said 'staff pin=unset mode=auto' || die "mode"
nothing_open || die "auto: something is open"
pull
mkdir "$W/empty"
plug "$W/empty"
until_true 10 said 'stick state=empty .*removable=1' || die "empty"
pull
# a delta goes before the full package where its base is, gives way where it is not
mkdir "$W/s2"; cp "$W/6-from-5.gkp" "$W/6.gkp" "$W/s2/"
plug "$W/s2"
until_true 20 is_shown 'current 1 6' || die "delta without base: full one not taken"
said 'file=6-from-5.gkp .*reason=base-missing' || die "delta without base: not named"
ok

new_terminal
start
mkdir "$W/s3"; cp "$W/5.gkp" "$W/s3/"
plug "$W/s3"
until_true 20 is_shown 'current 1 5' || die "5"
pull
plug "$W/s2"
until_true 20 is_shown 'current 1 6' || die "6"
said 'offer file=6-from-5.gkp .*delta=1' || die "the delta was not preferred"
pull
ok

# --- pulled anywhere, returned -----------------------------------------------------------------------------------------
new_terminal
start
PULLS=21
for i in $(seq 1 $PULLS); do
    rm -f "$W/marker"
    plug "$W/s3" --stop-at $((600 + (SIZE - 700) * i / (PULLS + 1))) "$W/marker"
    until_true 10 test -e "$W/marker" || die "pull $i: nothing was read"
    [ $((i % 6)) -ne 0 ] || answers_at_once "pull $i: while a read hangs"
    if [ $((i % 3)) -eq 0 ]; then # the folder goes first, the read still hangs
        umount -l "$P/KINGSTON" && rmdir "$P/KINGSTON" || die "umount"
        until_true 10 said 'stick state=none' || die "pull $i: not noticed"
        answers_at_once "pull $i: a read hangs on"
    fi
    pull
    until_true 10 eval '"$PROBE" say "$R" status stick | grep -q "job state=idle" ' || die "pull $i: the job goes on"
    kill -0 "$PID" || die "pull $i: the daemon has ended"
    is_shown none || die "pull $i: shows $(shown)"
    [ $i -ge $PULLS ] || rm -f "$R"/stage/* # each from the beginning, but for the last
    listen
done
[ "$(cat "$R"/outbox/5.gkp.*.json | grep -c '"result":"incomplete"')" -ge 1 ] || die "no receipt of a pull"
grep -q '"incomplete".*被拔出' "$R/state/history.jsonl" || die "pulls are not in history"
ls "$R"/stage/*.part >/dev/null || die "nothing was kept of the last pull"
rm -f "$W/marker"
plug "$W/s3" --stop-at $((SIZE / 2)) "$W/marker" # half of it is enough by now
until_true 20 is_shown 'current 1 5' || die "returned: the kept part was not used"
[ ! -e "$W/marker" ] || die "returned: read again what was there"
pull
echo "stick_pulls $PULLS"
ok

# reads that fail while the stick stays: told, and it may be pulled
new_terminal
start
plug "$W/s3" --eio-at $((SIZE / 2))
until_true 20 said 'stick state=failed .*removable=1' || die "EIO: not told"
nothing_open || die "EIO: something is open"
is_shown none || die "EIO: applied"
pull
ok

# --- slow ---------------------------------------------------------------------------------------------------------------
listen
plug "$W/s3" --rate 1500000
until_true 10 said 'job state=stage .*left_s=[0-9]' || die "slow: no remaining time"
answers_at_once "slow"
until_true 20 is_shown 'current 1 5' || die "slow: not applied"
pull
ok

# --- two faces: other bytes from the k-th reading on; never shown, and the honest stick still works ------------------------
new_terminal
start
FACES=0
for k in 1 2 3 4 5 6 8 10 14; do
    listen
    plug "$W/s3" --two-faced $k
    until_true 20 said 'stick state=\(failed\|done\)' || die "two-faced $k: no end"
    if is_shown 'current 1 5'; then
        [ $k -ge 8 ] || die "two-faced $k: applied"
        break # it had only one face for as long as it was read
    fi
    is_shown none || die "two-faced $k: shows $(shown)"
    FACES=$((FACES + 1))
    pull
done
[ "$FACES" -ge 5 ] || die "two-faced: only $FACES"
pull
plug "$W/s3"
until_true 20 is_shown 'current 1 5' || die "two-faced: the honest one was not applied"
pull
echo "stick_two_faced $FACES"
ok

# --- rubbish -----------------------------------------------------------------------------------------------------------
new_terminal
start
mkdir "$W/s4"
(cd "$W/s4" && seq -f '%05g.gkp' 1 9000 | xargs touch && seq -f 'p%05g.jpg' 1 1000 | xargs touch)
ln -s /etc/passwd "$W/s4/z1.gkp"; mkfifo "$W/s4/z2.gkp"; mkdir "$W/s4/z3.gkp"; ln -s "$W" "$W/s4/gongkai"
begin=$(date +%s%N)
mv "$W/s4" "$P/RUBBISH"
until_true 10 said 'stick state=failed label=RUBBISH packages=64 .*removable=1' || die "rubbish: not told"
echo "stick_10000_entries $((($(date +%s%N) - begin) / 1000000)) ms"
said 'file=z1.gkp .*result=refused reason=unreadable' || die "rubbish: a link was not refused"
nothing_open || die "rubbish: something is open"
mv "$P/RUBBISH" "$W/s4"
cp "$W/1.gkp" "$W/s4/zz.gkp"
listen
mv "$W/s4" "$P/RUBBISH2"
until_true 10 is_shown 'current 1 1' || die "rubbish: the good one was not found"
rm -rf "$P/RUBBISH2"
# one that hangs while its folder is read
LABEL=HANGS
listen
plug "$W/s3" --stop-at 100 "$W/marker2"
until_true 5 test -e "$W/marker2" || die "hang"
answers_at_once "a head that hangs"
said 'stick state=reading label=HANGS .*removable=0' || die "hang: removable"
pull
until_true 10 said 'stick state=none' || die "hang: not let go"
LABEL=
ok

# --- FAT ---------------------------------------------------------------------------------------------------------------
if command -v fusefat >/dev/null && command -v mkfs.vfat >/dev/null && command -v mcopy >/dev/null; then
    new_terminal
    start
    truncate -s 40M "$W/fat.img" && mkfs.vfat -n TOSHIBA "$W/fat.img" >/dev/null || die "mkfs.vfat"
    mcopy -i "$W/fat.img" "$W/1.gkp" ::/第1期.gkp && mcopy -i "$W/fat.img" "$W/5.gkp" ::/LONG-NAME-OF-5.GKP || die "mcopy"
    mkdir "$P/TOSHIBA"
    if fusefat -o ro "$W/fat.img" "$P/TOSHIBA" >/dev/null 2>&1 && until_true 3 mountpoint -q "$P/TOSHIBA"; then
        until_true 20 is_shown 'current 1 5' || die "FAT: not applied"
        until_true 5 said 'stick state=done label=TOSHIBA .*removable=1' || die "FAT: not removable"
        umount "$P/TOSHIBA" || die "FAT: busy"
        ok
    fi
    rmdir "$P/TOSHIBA"
fi

stop || die "SIGTERM: exit code $?"
echo "stick.sh: $PASSED groups passed"
