#!/bin/bash
# What the staff have to see at a glance needs no scrolling, on every panel that halls have; where letters are so large that it does, there is
# a bar, and the end can be reached. CONTENT: the demonstration edition, BIN: folder of the programs.
# shellcheck source=tests/e2e/screen.sh
. "${0%/*}/screen.sh"
ENTRIES='更新情况 更新历史 退回上一期 运行计数 导出记录到U盘'

# states STEP [menu]: commands that lead to the menu, an answer below its head, a refused package; a tree after each
states() {
    local step
    for ((step = 0; step < $1; step++)); do echo 'tap "字号"'; done
    cat <<'S'
staff staff pin=set mode=staff
staff stick state=reading label=KINGSTON packages=0 removable=0 sentence=
tap "检测到U盘 · 工作人员"
type "123456"
tap "确定"
staff answer verb=unlock ok=1 sentence= wait_s=0
staff edition epoch=1 edition=13 kind=current back=1
staff stick state=done label=KINGSTON packages=3 chosen=1 removable=1 sentence=
tap "更多"
wait idle
tree
S
    [ "${2:-all}" = all ] || return 0
    cat <<'S'
staff edition epoch=2 edition=13 kind=current back=0
staff stick state=none
wait idle
tree
staff edition epoch=1 edition=13 kind=current back=1
staff stick state=done label=KINGSTON packages=3 chosen=1 removable=1 sentence=
wait idle
tap "退回上一期"
wait idle
tap "退回"
staff answer verb=rollback ok=1 sentence=已退回上一期内容。
wait idle
tree
tap "导出记录到U盘"
staff answer verb=export ok=1 sentence=已导出到U盘的文件夹“公开终端导出-20261122-0941”，可以拔出U盘。
wait idle
tree
tap "更新情况"
staff stick state=none
staff stick state=reading label=KINGSTON packages=1 chosen=1 removable=0 sentence=
staff job state=auth file=forged.gkp epoch=0 edition=0 done=0 total=0 source=stick
staff done file=forged.gkp result=refused reason=signature sentence=更新包的签名与内容不符，内容可能被改动；请不要使用，并向办公室核实后重新取得。 epoch=0 edition=0
staff job state=idle
staff stick state=done label=KINGSTON packages=1 chosen=1 removable=1 sentence=
wait idle
tree
S
}
bars() { jq -c 'select(.command == "tree") | [.nodes[] | select(.role == "scrollbar")] | length' "$W/out" | tr -d '\n'; }
# entries_seen N: in the Nth tree every entry of the menu is there, above the key at the foot
entries_seen() {
    local entry
    for entry in $ENTRIES; do
        jq -se --arg e "$entry" --argjson n "$1" '[.[] | select(.command == "tree")][$n].nodes |
            (map(select(.label == "退出")) | first | .y) as $foot |
            map(select(.label == $e)) | length == 1 and first.h > 40 and first.y + first.h <= $foot' "$W/out" >/dev/null || return 1
    done
}

# --- every state, on panels that lie and stand, in usual letters --------------------------------------------------------
for panel in '1280x800 597x336' '1280x800 217x136' '1920x1080 597x336' '1366x768 344x193' '1024x600 154x86' '1280x1024 338x270' '1080x1920 336x597' \
    '2160x3840 685x1218'; do
    drive 0 --size "${panel% *}" --panel-mm "${panel#* }" < <(states 0)
    [ "$(bars)" = 00000 ] || die "something scrolls on $panel: $(bars)"
    for n in 0 1 2 3; do
        entries_seen $n || die "an entry of the menu is not in view on $panel, state $n"
    done
    ok
done

# --- the menu in larger letters ---------------------------------------------------------------------------------------------
for panel in '1280x800 597x336' '1280x800 217x136' '1920x1080 597x336' '1366x768 344x193' '1024x600 154x86' '1024x768 304x228'; do
    for step in 1 2; do
        drive 0 --size "${panel% *}" --panel-mm "${panel#* }" < <(states $step menu)
        if [ "$(bars)" != 0 ] || ! entries_seen 0; then
            die "the menu scrolls on $panel, letters $step"
        fi
        ok
    done
done

# --- where it cannot fit, a bar says so and the last entry is reached ---------------------------------------------------------
drive 0 --size 1024x768 --panel-mm 304x228 < <(
    states 3 menu
    printf 'key End\nwait idle\nexpect "导出记录到U盘"\ntree\n'
)
[ "$(bars)" = 11 ] || die "letters too large for the panel, and no bar: $(bars)"
ok
echo "$PASSED passed, 0 failed"
