#!/bin/bash
# Keys in the life of a hall. A thief with both release keys gets an edition onto the screen; the office recovers with a stick;
# root keys that lie with several people; signed settings; the staff's PIN. The steps are printed. BIN: folder of the programs.
# shellcheck source=tests/e2e/hall.sh
. "${0%/*}/hall.sh"
STEP=0

step() { echo "  $((STEP += 1)). $*"; }
history_has() { grep -hq "$1" "$R"/state/history*.jsonl; }
say() { "$PROBE" say "$R" "$@"; }
talk() { "$PROBE" talk "$R" "$@"; }
plug() { # plug NAME FILE…: a stick with these files
    rm -rf "$W/aside" && mkdir -p "$W/aside" && cp -r "${@:2}" "$W/aside/" && mv "$W/aside" "$W/sticks/$1"
}
pull() { rm -rf "${W:?}/sticks/$1"; }

# --- the office ---------------------------------------------------------------------------------------------
office strange
build() { # build EPOCH EDITION OUT OFFICE.key REVIEW.key
    sed -i '/^epoch *=/d' "$W/content/site.ini"
    sed -i "s/^edition *=.*/&\nepoch = $1/" "$W/content/site.ini"
    "$PACK" build "$W/content" -o "$3" --edition "$2" --built 2010-09-01 --key "$4" >/dev/null 2>&1 || die "build $1-$2"
    "$PACK" sign "$3" --key "$5" --role review >/dev/null || die "sign $1-$2"
}
K=$W/keys
for n in 3 4; do build 1 $n "$W/$n.gkp" "$K/office.key" "$K/review.key"; done

printf '%s\n' 'settle_ms = 0' 'poll_s = 1' 'retry_s = 1' 'trial_confirm = auto' "sticks = $W/sticks" 'stick_apply = auto' >"$W/syncd.ini"
new_root
mkdir "$W/sticks"
start --quiet
drop "$W/3.gkp"
until_true 10 is_shown 'current 1 3' || die "edition 3"
until_true 5 history_has '"confirmed"' || die "3 not confirmed"
cp "$R/editions/1-3/content.db" "$W/factory.db"

# --- the theft ---------------------------------------------------------------------------------------------------
step "办公室和保密审查的密钥都被盗；窃贼按自己的期号签名"
T=$W/thief && mkdir "$T" && cp "$K"/office.key "$K"/review.key "$T/"
"$PACK" build "$W/content" -o "$T/huge.gkp" --edition 9223372036854775807 >"$W/err" 2>&1 && die "an edition of 2^63-1 was built"
for n in 1000000000 1004; do
    build 1 $n "$T/$n.gkp" "$T/office.key" "$T/review.key"
    drop "$T/$n.gkp"
    until_true 10 has_receipt $n.gkp refused jump || die "edition $n: no refusal for its jump: $(receipt_of $n.gkp)"
    is_shown 'current 1 3' || die "edition $n changed what is shown"
done
step "期号跳得太远的（十亿、1004）终端不收：一次最多跳 1000"
build 1 900 "$T/900.gkp" "$T/office.key" "$T/review.key"
drop "$T/900.gkp"
until_true 10 is_shown 'current 1 900' || die "the thief's edition 900 (nothing could tell it from a genuine one)"
until_true 5 sh -c "grep -c '\"confirmed\"' '$R/state/history.jsonl' | grep -q 2" || die "900 not confirmed"
drop "$W/4.gkp"
until_true 10 has_receipt 4.gkp refused older || die "the office's edition 4 after the theft"
step "跳期上限以内的（900）骗过了终端，办公室的第 4 期因此变成“较旧”"
ok

# --- the office recovers -----------------------------------------------------------------------------------------------
O=$W/office && mkdir "$O" && cp -r "$K/trust" "$K"/*.pub "$K/root1.key" "$O/"
"$PACK" rekey "$O" --replace office,review --no-password >"$W/out" 2>&1 || die "rekey: $(cat "$W/out")"
grep -q '还没有签完：旧的根密钥已签 1 个，须 2 个' "$W/out" || die "rekey: who signs next: $(cat "$W/out")"
step "办公室运行 gongkai-pack rekey，换下两把密钥，第一位根密钥保管人签名"
plug HALF "$O/trust" # carried to the terminal too early
until_true 10 history_has 'root.2 的签名不够' || die "a root that is not wholly signed was not refused"
[ ! -e "$R/trust/root.2" ] || die "a root that is not wholly signed was stored"
pull HALF
mkdir "$W/holder" && cp -r "$O/trust" "$W/holder/" # on another computer, by another person
"$PACK" rekey "$W/holder" --sign "$K/office.key" 2>"$W/err" && die "signed by a key that is no root key"
grep -q '不是旧的或新的根密钥' "$W/err" || die "no root key: sentence"
"$PACK" rekey "$W/holder" --sign "$K/root1.key" 2>"$W/err" && die "signed twice by one key"
grep -q '已经签过' "$W/err" || die "signed twice: sentence"
"$PACK" rekey "$W/holder" --sign "$K/root2.key" >"$W/out" || die "second holder"
grep -q '签名已足数，密钥时期为 2' "$W/out" || die "second holder: $(cat "$W/out")"
"$PACK" rekey "$W/holder" | grep -q 'root.2 .*密钥时期 2' || die "rekey shows root.2"
step "第二位根密钥保管人在另一台电脑上接着签，签名足数"
plug TRUST "$W/holder/trust"
until_true 10 history_has '已采用新的信任文件 root.2，密钥时期为 2' || die "the new root alone"
pull TRUST
is_shown 'current 1 900' || die "what is on the screen must stay, whoever signed it"
stop && start --quiet
is_shown 'current 1 900' || die "what is on the screen must stay after a restart"
step "U盘里只有新的 trust 文件夹时：终端采用它，屏幕上的内容照常显示，不会变空"
build 2 5 "$W/5.gkp" "$O/office.2.key" "$O/review.2.key"
"$PACK" verify "$W/5.gkp" --trust "$W/holder/trust" >/dev/null || die "verify with the new root"
"$PACK" verify "$W/5.gkp" --trust "$K/trust" >/dev/null && die "verified with the old root"
"$PACK" verify "$T/900.gkp" --trust "$W/holder/trust" >/dev/null && die "the thief's edition verified with the new root"
step "用新密钥制作并签名第 5 期（密钥时期 2），和 trust 文件夹一起放进U盘"
plug RECOVERY "$W/holder/trust" "$W/5.gkp"
until_true 15 is_shown 'current 2 5' || die "not recovered: $(shown) $(receipt_of 5.gkp)"
until_true 5 sh -c "'$CTL' status --root '$R' --json | grep -q '\"floor\":{\"epoch\":2,\"edition\":5}'" || die "floor: $("$CTL" status --root "$R" --json)"
pull RECOVERY
step "插上U盘：终端换上第 5 期，窃贼的第 900 期不再显示"
until_true 10 sh -c "[ ! -e '$R/editions/1-900' ]" || die "the thief's edition is kept"
history_has '第900期是用更换前的密钥签的' || die "history does not say that the thief's edition has ended"
"$CTL" rollback --root "$R" >"$W/out" 2>&1 && die "rolled back to the thief's edition"
grep -q '没有可以退回的上一期.*更换前的密钥签的.*请导入新的更新包' "$W/out" || die "rollback: $(cat "$W/out")"
say 'hello program=probe' edition | grep -q 'back=0' || die "the screens offer to go back: $(say 'hello program=probe' edition)"
"$CTL" status --root "$R" --json | grep -q '"previous":null' || die "previous: $("$CTL" status --root "$R" --json)"
is_shown 'current 2 5' || die "after the rollback that was refused: $(shown)"
step "第 5 期一经确认，窃贼的第 900 期就从终端上删除；退回上一期被拒绝，工作人员的屏幕上也不再提供"
mkdir "$R/factory" && cp "$W/factory.db" "$R/factory/content.db"
chmod u+w "$R/editions/2-5/content.db"
cp "$R/editions/2-5/content.db" "$W/5.db" && dd if=/dev/zero of="$R/editions/2-5/content.db" bs=4096 count=8 conv=notrunc status=none
stop && start --quiet
until_true 10 history_has '第5期内容已损坏' || die "the damage was not noticed"
"$KIOSK" --store "$R" --headless --drive - >"$W/out" 2>>"$W/log" <<'DRIVE' || die "the screens with the factory edition: $(cat "$W/out")"
expect "公开目录"
wait edition 3
DRIVE
"$CTL" rollback --root "$R" >"$W/out" 2>&1 && die "rolled back from the factory edition"
plug AGAIN "$W/5.gkp"
until_true 15 is_shown 'current 2 5' || die "not repaired: $(shown)"
cmp -s "$R/editions/2-5/content.db" "$W/5.db" || die "not repaired"
pull AGAIN && rm -r "$R/factory"
step "第 5 期损坏时显示出厂内容，不显示窃贼的；同一个更新包修好它"
build 2 7 "$W/7.gkp" "$O/office.2.key" "$O/review.2.key"
drop "$W/7.gkp"
until_true 10 is_shown 'current 2 7' || die "edition 7: $(shown) $(receipt_of 7.gkp)"
say 'hello program=probe' edition | grep -q 'back=1' || die "no way back to edition 5: $(say 'hello program=probe' edition)"
step "再发布一期（第 7 期）：可以退回的是第 5 期"
ok

# --- what the thief can still do: nothing --------------------------------------------------------------------------------
build 1 901 "$T/901.gkp" "$T/office.key" "$T/review.key"
build 2 8 "$T/8.gkp" "$T/office.key" "$T/review.key"
for n in 901 8; do
    drop "$T/$n.gkp"
    until_true 10 has_receipt $n.gkp refused key-unknown || die "the thief's $n: $(receipt_of $n.gkp)"
done
# one stolen key together with one good signature does not help either
"$PACK" build "$W/content" -o "$T/half.gkp" --edition 8 --built 2010-09-01 --key "$O/office.2.key" >/dev/null 2>&1 || die "half"
"$PACK" sign "$T/half.gkp" --key "$T/review.key" --role review >/dev/null || die "sign half"
drop "$T/half.gkp"
until_true 10 has_receipt half.gkp refused role-missing || die "one stolen key: $(receipt_of half.gkp)"
plug OLD "$W/4.gkp" "$T/900.gkp" "$T/901.gkp" "$K/trust" # old sticks from before the theft, and the thief's
until_true 10 sh -c "'$PROBE' say '$R' 'hello program=probe' stick | grep 'packages=3' | grep -q 'removable=1'" || die "old stick: $(say 'hello program=probe' stick)"
is_shown 'current 2 7' || die "an old stick changed what is shown: $(shown)"
pull OLD
sed 's/^epoch=.*/epoch=9/; s/^version=.*/version=3/' "$R/trust/root.2" >"$T/root.3" # a root of the thief's own
for f in root.3 root.3.sigs; do cp "$W/strange/trust/root.1${f#root.3}" "$T/strange.$f"; done
drop "$R/trust/root.2.sigs" root.3.sigs && drop "$T/root.3" root.3
until_true 10 test -e "$R/drop/refused/root.3" || die "a forged root.3 not refused"
[ ! -e "$R/trust/root.3" ] || die "a forged root.3 stored"
is_shown 'current 2 7' || die "shown after all"
stop && start # nothing of it depends on the daemon's memory
drop "$T/901.gkp" again.gkp
until_true 10 has_receipt again.gkp refused key-unknown || die "after a restart: $(receipt_of again.gkp)"
is_shown 'current 2 7' || die "shown after a restart"
step "窃贼再签的（901、冒充新时期的 8、伪造的 root.3）、从前的U盘，终端都不收；重启后也一样"
ok

# --- root keys change hands; two roots in one stick ----------------------------------------------------------------------------
"$PACK" rekey "$W/holder" --sign "$K/root2.key" 2>"$W/err" && die "signed when nothing waits"
cp "$K"/*.key "$K"/*.pub "$O"/*.2.* "$W/holder/" # all root keys in one place again
"$PACK" rekey "$W/holder" --replace root1,root2,root3 --no-password >"$W/out" || die "root keys: $(cat "$W/out")"
grep -q 'root.3 的签名已足数，密钥时期为 2' "$W/out" || die "root keys: $(cat "$W/out")"
"$PACK" keygen "$W/second" --no-password --channel "$CHANNEL" >/dev/null || die "keys of a second office clerk"
"$PACK" rekey "$W/holder" --office-keys "$O/office.2.pub,$W/second/office.pub" --office-threshold 2 --jump-cap 50 >"$W/out" ||
    die "two keys of the office: $(cat "$W/out")"
grep -q 'root.4 的签名已足数' "$W/out" || die "root.4: $(cat "$W/out")"
plug CHAIN "$W/holder/trust"
until_true 10 test -f "$R/trust/root.4" || die "a chain of two roots"
pull CHAIN
build 2 9 "$W/9.gkp" "$O/office.2.key" "$O/review.2.key" # one signature of the office is no longer enough
drop "$W/9.gkp"
until_true 10 has_receipt 9.gkp refused role-missing || die "one of two office keys: $(receipt_of 9.gkp)"
"$PACK" sign "$W/9.gkp" --key "$W/second/office.key" --role office >/dev/null || die "second office signature"
drop "$W/9.gkp" 9b.gkp
until_true 10 is_shown 'current 2 9' || die "two of two office keys: $(receipt_of 9b.gkp)"
build 2 60 "$W/60.gkp" "$O/office.2.key" "$O/review.2.key"
"$PACK" sign "$W/60.gkp" --key "$W/second/office.key" --role office >/dev/null || die "sign 60"
drop "$W/60.gkp"
until_true 10 has_receipt 60.gkp refused jump || die "the new jump cap: $(receipt_of 60.gkp)"
step "根密钥换人（root.3）、办公室改为两人签名（root.4），一次带来也照收；只有一人签名的不收"
ok

# --- signed settings -------------------------------------------------------------------------------------------------------------------
G=$W/hall.gks
echo 839175 >"$W/pin" && echo 123456 >"$W/weak"
"$PACK" settings "$G" --trust "$W/holder/trust" --pin-file "$W/weak" 2>"$W/err" && die "a weak PIN in the settings"
grep -q '容易被猜到' "$W/err" || die "weak PIN: sentence"
"$PACK" settings "$G" --trust "$W/holder/trust" --url http://x 2>"$W/err" && die "a bad url"
grep -q -- '--url “http://x”不对' "$W/err" || die "bad url: sentence"
"$PACK" settings "$G" --trust "$W/holder/trust" --stick-apply staff --pin-file "$W/pin" --export no >/dev/null || die "settings"
"$PACK" settings "$G" | grep -q 'pin=（已设置）' || die "settings shown"
grep -q 839175 "$G" && die "the PIN is in the file"
"$PACK" settings "$G" --trust "$W/holder/trust" >/dev/null && die "unsigned settings called good"
drop "$G" unsigned.gks
until_true 10 history_has '终端配置没有签名' || die "unsigned settings"
"$PACK" settings "$G" --key "$T/office.key" >/dev/null || die "thief signs"
drop "$G" thief.gks
until_true 10 history_has '不是由本大厅现用的办公室密钥签名' || die "the thief's settings"
[ ! -e "$R/state/settings.gks" ] || die "refused settings stored"
mv "$R/drop/refused" "$W/refused.aside" # now it cannot be moved away: it stays, and is told once all the same
told() { grep -c '不是由本大厅现用的办公室密钥签名' "$R/state/history.jsonl"; }
before=$(told)
told_anew() { [ "$(told)" -gt "$before" ]; }
drop "$G" stuck.gks
until_true 10 told_anew || die "settings that cannot be moved away are not told of"
sleep 3 # it is looked at each second
[ "$(told)" -eq $((before + 1)) ] || die "settings that cannot be moved away told of $(($(told) - before)) times"
[ -e "$R/drop/stuck.gks" ] || die "settings that cannot be moved away are gone"
mv "$W/refused.aside" "$R/drop/refused"
until_true 10 test -e "$R/drop/refused/stuck.gks" || die "settings that could not be moved away stay for ever"
rm "$G"
"$PACK" settings "$G" --trust "$W/holder/trust" --stick-apply staff --pin-file "$W/pin" --key "$O/office.2.key" >/dev/null || die "settings again"
drop "$G" one.gks
until_true 10 history_has '办公室签名还不够数' || die "one of two signatures"
"$PACK" settings "$G" --key "$W/second/office.key" >/dev/null || die "second signature"
"$PACK" settings "$G" --trust "$W/holder/trust" | grep -q '终端会采用' || die "good settings"
cp "$G" "$W/first.gks"
say 'hello program=kiosk' staff | grep -q 'pin=unset mode=auto' || die "before the settings: $(say 'hello program=kiosk' staff)"
plug SETTINGS "$G"
until_true 10 history_has '已采用办公室签名的终端配置，序号 1' || die "settings of a stick"
pull SETTINGS
say 'hello program=kiosk' staff | grep -q 'pin=set mode=staff' || die "after the settings: $(say 'hello program=kiosk' staff)"
"$PACK" settings "$G" --trust "$W/holder/trust" --max-kib-per-s 64 --key "$O/office.2.key" >/dev/null || die "second settings"
"$PACK" settings "$G" --key "$W/second/office.key" >/dev/null && drop "$G" second.gks
until_true 10 history_has '终端配置，序号 2' || die "settings 2"
drop "$W/first.gks" replay.gks
until_true 10 history_has '终端配置比本机现用的旧' || die "old settings again"
echo 702938 | "$CTL" pin --stdin --root "$R" 2>"$W/err" && die "ctl pin against the settings"
grep -q '由签名的终端配置规定' "$W/err" || die "ctl pin against the settings: sentence"
step "签名的终端配置：改为工作人员输入口令后更新；没签名的、窃贼签的、只有一人签的、旧的都不收"
ok

# --- the PIN -----------------------------------------------------------------------------------------------------------------------------
for wait in 1 2 4 8; do
    grep -q "verb=unlock ok=0 .*wait_s=$wait\b" <(talk 'unlock pin=839176') || die "wrong PIN: no wait of $wait s"
    [ $wait -eq 8 ] || sleep $wait.1
done
grep -q 'verb=unlock ok=0 .*wait_s=[1-8]' <(talk 'unlock pin=839175') || die "the right PIN too early"
sleep 3
stop && start # a restart is no way around: the whole wait again
grep -q 'verb=unlock ok=0 .*wait_s=[678]' <(talk 'unlock pin=839175') || die "the wait after a restart"
right() { talk 'unlock pin=839175' | grep -q 'verb=unlock ok=1'; } # too early it is not counted
until_true 30 right || die "the right PIN"
[ ! -e "$R/state/pin.tries" ] || die "the count is not reset"
printf 'gongkai-pin=\n' >"$R/state/pin" # with settings in force the file does not matter
grep -q 'verb=unlock ok=1' <(talk 'unlock pin=839175') || die "settings go before the file"
stop
rm "$R"/state/settings*.gks
start --quiet
say 'hello program=kiosk' staff | grep -q 'pin=set' || die "a damaged PIN counts as set"
grep -q 'verb=unlock ok=0 sentence=口令文件已损坏' <(talk 'unlock pin=839175') || die "a damaged PIN opened the door"
echo 702938 | "$CTL" pin --stdin --root "$R" >/dev/null || die "ctl pin"
grep -q 'verb=unlock ok=1' <(talk 'unlock pin=702938') || die "a new PIN while syncd runs"
rm "$R/state/pin"
grep -q 'verb=unlock ok=0' <(talk 'unlock pin=') || die "no PIN opened the door"
say 'hello program=kiosk' staff | grep -q 'pin=unset' || die "no PIN"
step "口令：输错后等待时间成倍增加，重启也不缩短；口令文件损坏不放行；gongkaictl pin 重设后立即可用"
stop
ok

# --- killed at every change on the disk while a root and settings arrive --------------------------------------------------------
cut_prepare() {
    rm -rf "$R" && mkdir -p "$R/trust" "$R/drop" && cp "$K"/trust/* "$R/trust/"
    cp "$W/holder/trust/root.2" "$W/holder/trust/root.2.sigs" "$W/cut.gks" "$R/drop/"
}
printf '%s\n' 'settle_ms = 0' >"$W/syncd.ini"
mkdir "$W/cut" && mkdir "$W/cut/trust" && cp "$W/holder/trust"/root.[12]* "$W/cut/trust/"
"$PACK" settings "$W/cut.gks" --trust "$W/cut/trust" --url none --key "$O/office.2.key" >/dev/null || die "settings of the cut"
if command -v strace >/dev/null && cut_prepare && strace -o /dev/null true 2>/dev/null; then
    CALLS=write,pwrite64,fsync,fdatasync,rename,renameat,unlink,unlinkat,mkdir
    n=0
    while :; do
        n=$((n + 1))
        cut_prepare
        (
            strace -qq -o /dev/null -e trace=$CALLS -e inject=$CALLS:signal=KILL:when=$n \
                "$SYNCD" --root "$R" --config "$W/syncd.ini" --once --quiet
            exit $?
        ) 2>/dev/null && break
        "$PACK" rekey "$R" >"$W/out" 2>&1 && grep -q '^现用的信任文件 root.[12] ' "$W/out" || die "killed at $n: $(cat "$W/out")"
        "$SYNCD" --root "$R" --config "$W/syncd.ini" --once --quiet 2>>"$W/log" || die "after the kill at $n"
        "$PACK" rekey "$R" | grep -q '^现用的信任文件 root.2 ' || die "killed at $n: the root did not arrive"
        cmp -s "$R/state/settings.gks" "$W/cut.gks" || die "killed at $n: the settings did not arrive"
        [ ! -e "$R/drop/root.2" ] && [ ! -e "$R/drop/cut.gks" ] || die "killed at $n: left in the drop folder"
        [ $n -lt 400 ] || die "it never ends"
    done
    [ $n -gt 20 ] || die "only $n points"
    step "信任文件和终端配置到达时守护程序在 $((n - 1)) 个系统调用前被杀掉：每次都是完整的旧的或新的，重启后自己接着做完"
    ok
else
    echo "note: strace cannot be used here; nothing was killed"
fi
echo "keys.sh: $PASSED groups passed"
