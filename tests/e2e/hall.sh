# shellcheck shell=bash
# Sourced: an office and a terminal with the real daemon. Its configuration is $W/syncd.ini, its messages go to $W/log.
# shellcheck source=tests/e2e/lib.sh
. "${BASH_SOURCE%/*}/lib.sh"
R=$W/data
PID= # the daemon
NS=  # "ip netns exec …" before programs of the terminal
ended() { stop; }

# --- the office ---
office() { # [OTHER-KEYS…]: a content folder, the hall's keys in $W/keys, others for the same hall
    local keys
    "$PACK" new "$W/content" >/dev/null || die "gongkai-pack new"
    CHANNEL=$(sed -n 's/^channel *= *\([a-z0-9-]*\).*/\1/p' "$W/content/site.ini")
    for keys in keys "$@"; do
        "$PACK" keygen "$W/$keys" --no-password --channel "$CHANNEL" >/dev/null || die "keygen $keys"
    done
}
make_edition() { # NUMBER [KEYS [OPTION…]]: $W/NUMBER.gkp, signed by both
    local keys=$W/${2:-keys}
    "$PACK" build "$W/content" -o "$W/$1.gkp" --edition "$1" --key "$keys/office.key" "${@:3}" >"$W/build.log" 2>&1 || die "build $1: $(cat "$W/build.log")"
    "$PACK" sign "$W/$1.gkp" --key "$keys/review.key" --role review >/dev/null || die "sign $1"
}

# --- the terminal ---
config() { printf '%s\n' "$@" >"$W/syncd.ini"; }
new_root() { # an empty data folder with the hall's trust root
    mountpoint -q "$R" || rm -rf "$R"
    mkdir -p "$R/trust" "$R/drop"
    cp "$W"/keys/trust/* "$R/trust/"
}
daemon() { # [OPTION…]
    rm -f "$R/run.sock" 2>/dev/null
    $NS "$SYNCD" --root "$R" --config "$W/syncd.ini" "$@" 2>>"$W/log" &
    PID=$!
}
start() { # [OPTION…]: and waits until it listens
    daemon "$@"
    until_true 5 test -S "$R/run.sock" || die "syncd does not start"
}
stop() { # the daemon's exit code
    local pid=$PID
    [ -n "$pid" ] || return 0
    PID=
    kill "$pid" 2>/dev/null
    wait "$pid"
}
once() { $NS "$SYNCD" --root "$R" --config "$W/syncd.ini" --once 2>>"$W/log"; }
drop() { cp "$1" "$R/drop/.in" && mv "$R/drop/.in" "$R/drop/${2:-${1##*/}}"; } # FILE [NAME]: as a remote job does it
status() { "$CTL" status --root "$R" --json; }
shown() { "$PROBE" choose "$R"; }
is_shown() { [ "$(shown)" = "$1" ]; }
receipt_of() { cat "$R"/outbox/"$1".*.json 2>/dev/null; }
has_receipt() { receipt_of "$1" | grep -q "\"result\":\"$2\",\"reason\":\"$3\""; }
