# shellcheck shell=bash
# Sourced: the screens over one edition, by their scripted driver. CONTENT: the edition, by default the demonstration.
# shellcheck source=tests/e2e/lib.sh
. "${BASH_SOURCE%/*}/lib.sh"
CONTENT=$(realpath "${CONTENT:-build/demo/content.db}") || exit 2
# drive CODE [OPTIONS…] <script: runs it and expects the exit code; answers in $W/out, messages in $W/err
drive() {
    local want=$1
    shift
    "$KIOSK" --edition "$CONTENT" --headless --drive - "$@" >"$W/out" 2>"$W/err"
    local got=$?
    [ $got -eq "$want" ] || die "exit $got, not $want: $(grep -v '"ok":true' "$W/out" | head -3) $(tail -2 "$W/err")"
    ok
}
