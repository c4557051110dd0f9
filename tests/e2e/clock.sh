#!/bin/bash
# Boards without a battery: clocks that are twenty years early or late. Packages are installed all the same, the screens show
# them, records are never dated before what is known, and only a clock that can be trusted calls content out of date. BIN: programs.
# shellcheck source=tests/e2e/hall.sh
. "${0%/*}/hall.sh"
LOGS+=(kiosk.log answers)

office
for n in 1 2 3; do make_edition $n keys --built "$(date +%Y-%m-%d)"; done
YEAR=$(date +%Y)

new_root
config 'settle_ms = 0' 'trial_confirm = auto'
syncd_at() { # OFFSET EDITION: the daemon on a board whose clock is that wrong takes this edition
    cp "$W/$2.gkp" "$R/drop/"
    NO_FAKE_STAT=1 timeout 60 faketime --exclude-monotonic -f "$1" "$SYNCD" --root "$R" --config "$W/syncd.ini" --once 2>>"$W/log" || die "syncd at $1: $?"
    test -e "$R/editions/1-$2/content.db" || die "edition $2 was not installed at $1"
    ok
}
year_of_receipt() { sed 's/.*"time":"\([0-9]*\)-.*/\1/' "$R/outbox/$1.gkp".*.json; }

# The first start of a new board, in the past: the program is younger than its clock says.
syncd_at -20y 1
[ "$(year_of_receipt 1)" -ge 2026 ] || die "a receipt of $(year_of_receipt 1)"
# Once an edition is confirmed, never before the day it was made.
syncd_at -20y 2
[ "$(year_of_receipt 2)" -ge "$YEAR" ] || die "a receipt of $(year_of_receipt 2), made in $YEAR"
# Twenty years late: nothing is refused for its age.
syncd_at +20y 3
grep -q '"edition":3' "$R/outbox/status.json" || die "status: $(cat "$R/outbox/status.json")"
ok

screens() { # WHAT NOW LINES…: over the store, with that clock
    local what=$1 now=$2
    shift 2
    printf '%s\n' 'wait idle' "$@" 'tap "公开目录"' 'wait idle' 'tap "为民服务大厅办事须知"' 'tap "阅读全文"' 'wait idle' 'expect "办事须知"' >"$W/clock.drv"
    "$KIOSK" --store "$R" --headless --now "$now" --drive "$W/clock.drv" >"$W/answers" 2>"$W/kiosk.log" || die "$what: $(grep -v '"ok":true' "$W/answers")"
    ok
}
screens "now" "$(date '+%Y-%m-%d 10:00')" 'expect-not "可能已过期"'
screens "late and synchronised" "$((YEAR + 20))-06-01 10:00" 'expect "可能已过期"'
screens "early" "$((YEAR - 20))-06-01 10:00" 'expect-not "可能已过期"' "expect \"${YEAR}年\"" "expect-not \"$((YEAR - 20))年\""
echo "$PASSED passed, 0 failed"
