#!/bin/bash
# Boards without a battery: clocks that are twenty years early or late. Packages are installed all the same, the screens show
# them, records are never dated before what is known, and only a clock that can be trusted calls content out of date. BIN: programs.
set -u
BIN=$(cd "${BIN:-build/release}" && pwd) || exit 2
W=$(mktemp -d) || exit 2
trap 'rm -rf "$W"' EXIT
PASSED=0
die() {
    echo "FAIL: $*" >&2
    for log in syncd.log kiosk.log answers; do
        [ ! -f "$W/$log" ] || { echo "--- $log" >&2; tail -n 8 "$W/$log" >&2; }
    done
    exit 1
}
ok() { PASSED=$((PASSED + 1)); }

C=$W/content
"$BIN/gongkai-pack" new "$C" >/dev/null || die "new"
"$BIN/gongkai-pack" keygen "$W/keys" --channel example-hall --no-password >/dev/null || die "keygen"
for n in 1 2 3; do
    "$BIN/gongkai-pack" build "$C" -o "$W/$n.gkp" --edition $n --built "$(date +%Y-%m-%d)" --key "$W/keys/office.key" >"$W/build.log" 2>&1 || die "build: $(cat "$W/build.log")"
    "$BIN/gongkai-pack" sign "$W/$n.gkp" --key "$W/keys/review.key" --role review >/dev/null || die "sign"
done
YEAR=$(date +%Y)

R=$W/data
mkdir -p "$R/trust" "$R/drop"
cp "$W"/keys/trust/* "$R/trust/"
printf 'settle_ms = 0\ntrial_confirm = auto\n' >"$W/syncd.ini"
syncd_at() { # OFFSET EDITION: the daemon on a board whose clock is that wrong takes this edition
    cp "$W/$2.gkp" "$R/drop/"
    NO_FAKE_STAT=1 timeout 60 faketime --exclude-monotonic -f "$1" "$BIN/gongkai-syncd" --root "$R" --config "$W/syncd.ini" --once 2>"$W/syncd.log" || die "syncd at $1: $?"
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
    "$BIN/gongkai-kiosk" --store "$R" --headless --now "$now" --drive "$W/clock.drv" >"$W/answers" 2>"$W/kiosk.log" || die "$what: $(grep -v '"ok":true' "$W/answers")"
    ok
}
screens "now" "$(date '+%Y-%m-%d 10:00')" 'expect-not "可能已过期"'
screens "late and synchronised" "$((YEAR + 20))-06-01 10:00" 'expect "可能已过期"'
screens "early" "$((YEAR - 20))-06-01 10:00" 'expect-not "可能已过期"' "expect \"${YEAR}年\"" "expect-not \"$((YEAR - 20))年\""
echo "$PASSED passed, 0 failed"
