# shellcheck shell=bash
# Sourced by the scripts beside it: the programs, a folder of their own, how they fail, wait and end. BIN: folder of the programs.
# What a script may set of it: LOGS, files in $W that are shown when it fails; PIDS, processes that end with it; ended, a function
# that is called before the folder is removed.
set -u
BIN=$(cd "${BIN:-build/release}" && pwd) || exit 2
export PACK=$BIN/gongkai-pack SYNCD=$BIN/gongkai-syncd CTL=$BIN/gongkaictl KIOSK=$BIN/gongkai-kiosk PROBE=$BIN/tests/e2e/sync_probe
W=$(mktemp -d) || exit 2
LOGS=(log)
PIDS=()
PASSED=0

ended() { :; }
cleanup() {
    [ "$BASHPID" = "$$" ] || return # a child that was killed before it had become its program
    [ ${#PIDS[@]} -eq 0 ] || kill "${PIDS[@]}" 2>/dev/null
    ended
    wait 2>/dev/null
    rm -rf "$W"
}
trap cleanup EXIT
die() {
    local log
    echo "FAIL: $*" >&2
    for log in "${LOGS[@]}"; do
        [ ! -f "$W/$log" ] || { echo "--- $log" >&2; tail -n 15 "$W/$log" >&2; }
    done
    exit 1
}
ok() { PASSED=$((PASSED + 1)); [ -z "${VERBOSE:-}" ] || echo "group $PASSED at $SECONDS s"; }
# until_true SECONDS COMMAND…: true as soon as the command succeeds
until_true() {
    local n=$(($1 * 20))
    shift
    while ! "$@" >/dev/null 2>&1; do
        n=$((n - 1))
        [ $n -gt 0 ] || return 1
        sleep 0.05
    done
}
# flip FILE OFFSET: that byte becomes another one, whatever it was
flip() {
    local byte
    byte=$(od -An -tu1 -j "$2" -N 1 "$1") && [ -n "$byte" ] || die "flip: no byte at $2 of $1"
    # shellcheck disable=SC2059
    printf "\\$(printf %03o $((byte ^ 85)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
await() { until_true "$@" || die "never true: ${*:2}"; ok; } # SECONDS COMMAND…
