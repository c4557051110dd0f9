# shellcheck shell=bash
# Sourced: a hall whose screens run without a panel and are driven line by line while the daemon works.
# shellcheck source=tests/e2e/hall.sh
. "${BASH_SOURCE%/*}/hall.sh"
PANEL_PID=
LOGS+=(kiosk.log)
ended() {
    [ -z "$PANEL_PID" ] || kill "$PANEL_PID" 2>/dev/null
    stop
}
panel_start() {
    rm -f "$W/commands" "$W/replies"
    mkfifo "$W/commands" "$W/replies"
    "$KIOSK" --store "$R" --headless --drive - <"$W/commands" >"$W/replies" 2>>"$W/kiosk.log" &
    PANEL_PID=$!
    exec 3>"$W/commands" 4<"$W/replies"
}
panel_stop() {
    exec 3>&-
    wait "$PANEL_PID" || die "the screens ended with $?"
    PANEL_PID=
    exec 4<&-
}
# panel COMMAND: its answer must be ok and is left in $ANSWER
panel() {
    echo "$1" >&3
    IFS= read -r -t 60 ANSWER <&4 || die "the screens do not answer: $1"
    [[ $ANSWER != *'"ok":true'* ]] || return 0
    local why=$ANSWER
    echo tree >&3
    IFS= read -r -t 60 ANSWER <&4
    die "$1: $why; on the screen: $(jq -r '[.nodes[].label | select(. != "")] | join(" | ")' <<<"$ANSWER")"
}
