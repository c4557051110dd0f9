#!/bin/bash
# The whole line: new → build → sign → drop → switch while the screens run → the new document is read on screen → rollback → the old one is back.
# A resident who is reading is not thrown out: the new edition waits until the document is left. BIN: folder of the programs.
# shellcheck source=tests/e2e/panel.sh
. "${0%/*}/panel.sh"

# --- the office: a content folder, two editions of it ---------------------------------------------------------
office
DOC=$W/content/docs/A01-2026-000002.txt
printf '为民服务大厅办事须知\n一、窗口\n旧版须知：每周一至周五办理。\n' >"$DOC"
make_edition 1
printf '为民服务大厅办事须知\n一、窗口\n新版须知：周六上午也办理，泃河边的鳤鱼标本同时展出。\n' >"$DOC"
make_edition 2
for n in 1 2; do
    "$PACK" verify "$W/$n.gkp" --trust "$W/keys/trust" >/dev/null || die "verify $n"
done
ok

# --- the terminal ------------------------------------------------------------------------------------------
new_root
config 'poll_s = 1' 'settle_ms = 50'
start
is_installed() { test -e "$R/editions/1-$1/content.db"; }
is_good() { status | grep -q '"phase":"ok"'; }
drop "$W/1.gkp"
await 10 is_installed 1
panel_start
open_document() {
    panel 'tap "公开目录"'
    panel 'tap "为民服务大厅办事须知"'
    panel 'tap "阅读全文"'
    panel 'wait idle'
}
panel 'expect "示例街道"'
panel 'wait edition 1'
await 10 is_good
panel 'tap "第1期"'
panel 'expect "保密审查"'
panel 'expect "办公室"'
panel 'expect-not "没有签名记录"'
panel 'tap "首页"'
open_document
panel 'expect "旧版须知"'

# A new edition arrives while somebody reads: the document stays.
drop "$W/2.gkp"
await 10 is_installed 2
sleep 0.3
panel 'wait 1000'
panel 'expect "旧版须知"'
panel 'tap "返回"'
panel 'wait edition 2'
panel 'expect-not "旧版须知"'
panel 'tap "首页"'
open_document
panel 'expect "新版须知"'
panel 'expect "鳤"'
panel 'text'
grep -q '新版须知：周六上午也办理' <<<"$ANSWER" || die "text is not the source"
await 10 is_good

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
    "$KIOSK" --store "$folder" --headless --drive "$W/see.drv" >"$W/answers" 2>"$W/kiosk.log" || die "over $folder: $(grep -v '"ok":true' "$W/answers")"
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
panel 'tap "首页"'
"$CTL" rollback --root "$R" >"$W/rollback" 2>&1 || die "rollback: $(cat "$W/rollback")"
panel 'wait edition 1'
open_document
panel 'expect "旧版须知"'
panel 'expect-not "新版须知"'

panel_stop
grep -q '"result":"applied"' "$R"/outbox/*.json || die "no receipt"
echo "$PASSED passed, 0 failed"
