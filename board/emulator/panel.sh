# shellcheck shell=bash disable=SC2034,SC2154
# The panel of the emulated terminal (sourced by run): what is really on it (QEMU's screendump) against the picture that the
# driver makes of the same edition in memory, and fingers on it. The guest's side is guest/usr/lib/gongkai/panel.

# Before QEMU is started: its arguments, and the pipes behind them.
panel_open() {
    rm -f "$work/panel.in" "$work/panel.out"
    mkfifo "$work/panel.in" "$work/panel.out"
    exec 5<>"$work/panel.in" 6<>"$work/panel.out"
    panel_args=(-device virtio-serial-pci -chardev "pipe,id=panel,path=$work/panel" -device "virtserialport,chardev=panel,name=panel")
}

# hand COMMAND;…: what fingers do (hand.c). Fails when the terminal did not answer within a minute.
hand() {
    local code
    echo "hand $1" >&5
    read -r -t 60 code <&6 && [[ $code == 0 ]]
}

# panel_dump FILE: what is on the panel
panel_dump() {
    rm -f "$1"
    monitor "screendump $1"
    for _ in {1..50}; do
        sleep 0.2
        ! identify "$1" >/dev/null 2>&1 || return 0
    done
    return 1
}

# pixels_off FILE FILE: how many differ (ImageMagick writes a million as 1e+06)
pixels_off() {
    { compare -metric AE -fuzz 1% "$1" "$2" null: 2>&1 || :; } | awk '{ printf "%d", /^[0-9.e+]+$/ ? $1 : 999999999 }'
}

# panel_expect EDITION COMMANDS WHAT: the panel shows what the driver draws after its COMMANDS, pixel by pixel (99.5 % of them;
# the minute may turn between the two, so there are five tries).
panel_expect() {
    local size bytes off all
    for _ in {1..5}; do
        sleep 2
        panel_dump "$work/panel.ppm" || fail "$3 (no screendump)"
        size=$(identify -format '%wx%h' "$work/panel.ppm")
        echo "shot $1 $size $2" >&5
        read -r -t 60 bytes <&6 || fail "$3 (no answer)"
        head -c "$bytes" <&6 >"$work/drawn.png"
        off=$(pixels_off "$work/panel.ppm" "$work/drawn.png")
        all=$((${size%x*} * ${size#*x}))
        if [[ $((off * 200)) -le $all ]]; then
            echo "  PASS $3: $off of $all pixels differ from the driver's picture"
            return
        fi
    done
    cp "$work/panel.ppm" "$work/drawn.png" "$image/"
    fail "$3 ($off of $all pixels differ: $image/panel.ppm, drawn.png)"
}

# Home, a tap, another terminal and back. $1: the edition's folder
panel_steps() {
    hand "down 0 9000 9250;wait 80;up 0" || fail "the panel is touched" # 返回 on the result of the update; wakes the standby picture
    panel_expect "$1" "" "the panel shows the home screen"
    cp "$work/panel.ppm" "$image/screen.ppm"
    hand "down 0 7500 4700;wait 80;up 0" || fail "the panel is touched"
    panel_expect "$1" 'tap "公开目录"' "a tap on a multi-touch panel opens the catalogue"
    hand "vt 2" || fail "another terminal is asked for"
    panel_dump "$work/other.ppm" || fail "no screendump"
    [[ $(pixels_off "$work/other.ppm" "$work/panel.ppm") -gt 100000 ]] || fail "another terminal is shown"
    hand "vt 1" || fail "the screens' terminal is asked for"
    panel_expect "$1" 'tap "公开目录"' "another terminal, and the catalogue again"
}
