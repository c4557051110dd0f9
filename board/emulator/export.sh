# shellcheck shell=bash disable=SC2154 # the variables of `run`
# Steps of `run`: records onto sticks as staff's are, with a partition table, other people's files, FAT32 and exFAT. Sourced by it.
# What is on a stick afterwards is looked at here, without the terminal: mtools and fsck.fat, exfat-fuse and fsck.exfat.
sector=2048 # where the partition begins
loop=       # a loop device in use

# say COMMAND: one line to the screens that the tester drives; the answer must be ok and is left in $answer
say() {
    echo "$1" >&8
    IFS= read -r -t 200 answer <&9 || fail "the screens do not answer: $1"
    grep -q '"ok":true' <<<"$answer" && return
    local why=$answer
    echo tree >&8
    IFS= read -r -t 60 answer <&9 || true
    fail "$why; on the screen: $(jq -r '[.nodes[].label | select(. != "")] | join(" | ")' <<<"$answer")"
}

# others FOLDER: what people have on their sticks
others() {
    mkdir -p "$1/照片 2026/现场" "$1/gongkai"
    head -c 300000 /dev/urandom >"$1/关于印发办事指南的通知（定稿）.docx"
    head -c 70001 /dev/urandom >"$1/照片 2026/现场/IMG_0001.JPG"
    printf '[autorun]\r\n' >"$1/autorun.inf"
    : >"$1/empty.txt"
    cp "$work/13.gkp" "$1/gongkai/"
}

# disk NAME: partition $work/NAME.part behind a partition table becomes the stick NAME; part NAME: the other way
disk() {
    rm -f "$work/$1.img"
    truncate -s $(($(stat -c %s "$work/$1.part") + sector * 512)) "$work/$1.img"
    echo "$sector,,$2" | sfdisk -q -X dos --wipe-partitions never "$work/$1.img"
    dd if="$work/$1.part" of="$work/$1.img" bs=1M seek=1 conv=notrunc,sparse status=none
}
part() { dd if="$work/$1.img" of="$work/$1.part" bs=1M skip=1 conv=sparse status=none; }

# fat_out NAME FOLDER, exfat_out NAME FOLDER: everything on a partition; ro: nothing is written by looking
fat_out() { mkdir "$2" && mcopy -s -p -m -n -i "$work/$1.part" '::/*' "$2/"; }
exfat_out() { mkdir "$2" && exfat_copy "$1" ro "$work/look" "$2"; }
# exfat_copy NAME ro|rw FROM TO: with the partition's files at $work/look
exfat_copy() {
    mkdir -p "$work/look"
    loop=$(losetup -f --show "$work/$1.part")
    mount.exfat-fuse -o "$2" "$loop" "$work/look" >"$work/exfat.log" 2>&1
    cp -r --preserve=timestamps "$3/." "$4/"
    umount "$work/look"
    losetup -d "$loop"
    loop=
}
new_fat() { # NAME LABEL FOLDER
    truncate -s 280M "$work/$1.part"
    mkfs.vfat -F 32 -n "$2" "$work/$1.part" >/dev/null
    mcopy -s -m -i "$work/$1.part" "$3"/* ::
    disk "$1" c
}
new_exfat() {
    truncate -s 280M "$work/$1.part"
    mkfs.exfat -L "$2" "$work/$1.part" >/dev/null
    exfat_copy "$1" rw "$3" "$work/look"
    disk "$1" 7
}
clean_fat() { fsck.fat -n "$work/$1.part" >"$work/fsck.log" 2>&1 || { cat "$work/fsck.log" >&2; fail "$2"; }; }
clean_exfat() {
    { fsck.exfat -n "$work/$1.part" >"$work/fsck.log" 2>&1 && grep -q clean "$work/fsck.log"; } || { cat "$work/fsck.log" >&2; fail "$2"; }
}
list() { (cd "$1" && find . -path './公开终端导出-*' -prune -o -type f -printf '%P %T@\n' -exec sha256sum {} + | sort); }

# untouched NAME fat|exfat WHAT: all but exports is as it was before, to the second of its files
untouched() {
    part "$1"
    rm -rf "$work/after"
    "$2_out" "$1" "$work/after"
    diff <(list "$work/before.$1") <(list "$work/after") >&2 || fail "$3"
    echo "  PASS $3"
}

# rested LABEL WHAT: the stick is there, nothing of it is read, and the driven screens know
rested() {
    wait_for 120 "@ STATUS .*\"stick\": ?\{\"state\": ?\"(failed|empty|done)\", ?\"label\": ?\"$1\".*\"removable\": ?true" "$2"
    say 'wait text "写入U盘上的一个文件夹" 60000'
}

# exported NAME fat|exfat LABEL: the whole way; pulled the moment it is said
exported() {
    local folder
    plug "$1" "" rw
    wait_for 90 "@ STICKS /run/gongkai/sticks/$3 v?$2 ro,nosuid,nodev,noexec" "$2: the stick is mounted read-only"
    rested "$3" "$2: and looked at"
    say 'tap "导出记录到U盘"'
    say 'wait text "已导出到U盘的文件夹" 240000'
    say tree
    pull "$1"
    folder=$(grep -o '公开终端导出-[-a-z0-9]*' <<<"$answer" | head -n 1)
    grep -q '可以拔出U盘' <<<"$answer" || fail "$2: exported, but not that it may be pulled"
    echo "  PASS $2: exported, 可以拔出"
    gone "$1"
    untouched "$1" "$2" "$2: other people's files are as they were"
    "clean_$2" "$1" "$2: the file system is not clean"
    diff - <(cd "$work/after" && find . -mindepth 1 -path './公开终端导出-*' -printf '%P\n' | sed 's|receipts/.*|receipts/…|' | sort -u) >&2 <<LIST || fail "$2: the folder"
$folder
$folder/history.jsonl
$folder/journal.txt
$folder/metrics.prom
$folder/receipts
$folder/receipts/…
$folder/status.json
$folder/status.json.minisig
$folder/terminal.pub
LIST
    grep -q '第15期内容已装入' "$work/after/$folder/history.jsonl" || fail "$2: the history"
    grep -q 'gongkai-syncd' "$work/after/$folder/journal.txt" || fail "$2: the journal"
    minisign -V -q -p "$work/after/$folder/terminal.pub" -m "$work/after/$folder/status.json" || fail "$2: the signature of the status"
    echo "  PASS $2: one folder with the documented files, file system clean"
}
gone() {
    wait_for 60 '@ STICKS *\s*$' "the mount goes with the stick"
    monitor "drive_del $1"
    sleep 1
    say 'wait text "请先插入U盘" 60000'
}

export_steps() {
    local rest end
    others "$work/others"
    echo "6. records to a stick"
    say 'wait idle'
    say 'hold 88 66 3100'
    say 'wait text "工作人员口令"'
    say 'wait text "确定" 120000' # its keys come with the connection
    say 'type "246813"'
    say 'tap "确定"'
    say 'wait text "导出记录到U盘"'
    new_fat fat HUAWEI "$work/others"
    fat_out fat "$work/before.fat"
    exported fat fat HUAWEI
    new_exfat exfat SANDISK64 "$work/others"
    exfat_out exfat "$work/before.exfat"
    exported exfat exfat SANDISK64

    echo "7. sticks that records cannot go to"
    new_fat protected LOCKED "$work/others"
    cp "$work/protected.img" "$work/protected.before"
    plug protected
    rested LOCKED "a write-protected stick"
    say 'tap "导出记录到U盘"'
    say 'wait text "请检查写保护开关" 60000'
    say 'wait text "可以拔出" 20000'
    pull protected
    gone protected
    cmp "$work/protected.img" "$work/protected.before" || fail "a write-protected stick was written to"
    echo "  PASS one sentence, nothing written"

    truncate -s 40M "$work/foreign.img"
    mke2fs -q -t ext4 -L FOREIGN "$work/foreign.img"
    plug foreign
    rested FOREIGN "a stick of another file system"
    grep -a '@ STATUS' "$serial" | tail -n 1 | grep -q '格式读不出' || fail "it is not said that the format cannot be read"
    say 'tap "导出记录到U盘"'
    say 'wait text "格式读不出，不能导出" 60000'
    pull foreign
    wait_for 60 '@ STATUS .*"stick": ?\{"state": ?"none"' "told; gone"
    monitor "drive_del foreign"
    say 'wait text "请先插入U盘" 60000'

    new_fat full FULL "$work/others"
    rest=$(mdir -i "$work/full.part" :: | sed -n 's/^ *\([0-9 ]*\) bytes free.*/\1/p' | tr -d ' ')
    head -c $((rest - 20480)) /dev/zero >"$work/filler"
    mcopy -i "$work/full.part" "$work/filler" ::/filler.bin
    disk full c
    fat_out full "$work/before.full"
    plug full "" rw
    rested FULL "a stick with 20 KiB free"
    say 'tap "导出记录到U盘"'
    say 'wait text "U盘已满" 60000'
    say 'wait text "可以拔出" 20000'
    pull full
    gone full
    untouched full fat "one sentence, other people's files are as they were"
    clean_fat full "the full stick's file system is not clean"
    [[ -z $(find "$work/after" -path '*公开终端导出*') ]] || fail "half an export is left on the full stick"

    echo "8. pulled while records are written"
    new_fat torn TORN "$work/others"
    fat_out torn "$work/before.torn"
    plug torn write=20000 rw
    rested TORN "a slow stick"
    rest=$(stat -c %y "$work/torn.img")
    say 'tap "导出记录到U盘"'
    say 'wait text "正在写入U盘，请勿拔出"' # the driver says what it was told to with its next command
    end=$((SECONDS + 60))
    until [[ $(stat -c %y "$work/torn.img") != "$rest" ]]; do
        [[ $SECONDS -lt $end ]] || fail "nothing is written to the slow stick"
        sleep 0.1
    done
    sleep 0.5
    pull torn
    gone torn
    say 'wait text "在导出完成之前被拔出" 60000'
    wait_for 30 '@ EXPORTS *\s*$' "told; nothing of it stays mounted"
    wait_for 30 '@ KIOSK active .*"edition": ?15,' "the terminal stays up"
    untouched torn fat "other people's files are as they were"
    cp "$work/torn.img" "$work/again.img"
    plug again "" rw
    rested TORN "put back: looked at"
    say 'tap "导出记录到U盘"'
    say 'wait text "已导出到U盘的文件夹" 240000'
    pull again
    gone again
    cp -a "$work/before.torn" "$work/before.again"
    untouched again fat "exported at last, other people's files are as they were"
}
