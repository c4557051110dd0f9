#!/bin/bash
# Editions over HTTPS: nginx in a network namespace of its own behind a slow, lossy link that is cut; TLS; half from a stick and
# the rest from the server with a kill between; keys and settings from the server; a server that misbehaves in every way.
#   https.sh          the short form
#   https.sh long     64 kbit/s, 5 % loss, a cut every 30 s, and what takes minutes to be given up
# BIN: folder of the programs. Uses only a folder, namespaces and processes of its own. Where namespaces are not permitted the
# same is done on the loopback, without loss and cuts of the link, and that is said.
# shellcheck source=tests/e2e/hall.sh
. "${0%/*}/hall.sh"
LONG=${1:-}
LOGS+=(nginx.log)
HOSTILE=
chmod 755 "$W" # nginx gives root away
SERVER_NS=gks$$ CLIENT_NS=gkc$$ SERVER_IF=gks$$ CLIENT_IF=gkc$$
HOST=127.0.0.1

ended() {
    stop
    [ -z "$HOSTILE" ] || kill "$HOSTILE" 2>/dev/null
    [ ! -f "$W/nginx.pid" ] || kill "$(cat "$W/nginx.pid")" 2>/dev/null
    ip netns del "$SERVER_NS" 2>/dev/null
    ip netns del "$CLIENT_NS" 2>/dev/null
}
config() { printf '%s\n' 'settle_ms = 0' 'poll_s = 1' 'retry_s = 1' 'trial_confirm = auto' 'url_retry_s = 1' "$@" >"$W/syncd.ini"; }
new_terminal() { # new_terminal [PACKAGE]: with this edition installed
    stop
    rm -rf "$R"
    : >"$W/log"
    mkdir -p "$R/trust" "$R/drop"
    cp "$W"/keys/trust/root.1* "$R/trust/"
    [ $# -eq 0 ] || { cp "$1" "$R/drop/" && (NS='' config && NS='' once) || die "installing $1"; }
    : >"$W/log"
}

# --- the office: documents of noise, so that a delta has some size ------------------------------------------------
office
noise() { head -c "$1" /dev/urandom | base64 -w 400 | sed 's/$/\n/' >>"$W/content/docs/A01-2026-000002.txt"; }
sign() { for r in office review; do "$PACK" sign "$1" --key "$W/keys/$r.key" --role $r >/dev/null || die "sign $1"; done; }
build() { # build EDITION OUT [OPTION…]
    "$PACK" build "$W/content" -o "$2" --edition "$1" --built 2026-02-0"$1" "${@:3}" >"$W/build.log" 2>&1 || { cat "$W/build.log"; die "build $1"; }
    sign "$2"
}
NOISE=90000
[ -z "$LONG" ] || NOISE=120000
mkdir "$W/editions"
noise 1000000; build 1 "$W/editions/1.gkp"
noise "$NOISE"; build 2 "$W/editions/2.gkp"; build 2 "$W/editions/2-from-1.gkp" --base "$W/editions/1.gkp"
noise 20000; build 3 "$W/3.gkp"; build 3 "$W/3-from-2.gkp" --base "$W/editions/2.gkp"
"$PACK" publish "$W/editions" --to "$W/www" --trust "$W/keys/trust" >"$W/out" || die "publish"
grep -q '增量包 1 个' "$W/out" || die "publish: $(cat "$W/out")"
grep -q '缺少' "$W/out" && die "publish names a delta that is there"
before=$(cd "$W/www" && stat -c '%n %i %Y' -- *)
"$PACK" publish "$W/editions" --to "$W/www" --trust "$W/keys/trust" >"$W/out" || die "publish again"
[ "$before" = "$(cd "$W/www" && stat -c '%n %i %Y' -- *)" ] || die "publishing twice changed something"
ok
# what must not be published
mkdir "$W/bad" && cp "$W/editions/1.gkp" "$W/bad/"
"$PACK" build "$W/content" -o "$W/bad/9.gkp" --edition 9 --built 2026-02-09 >/dev/null 2>&1
"$PACK" publish "$W/bad" --to "$W/www" >/dev/null 2>"$W/err" && die "unsigned published"
grep -q '缺少“办公室”的签名' "$W/err" || die "unsigned: $(cat "$W/err")"
cp "$W/editions/2.gkp" "$W/bad/9.gkp" && "$PROBE" flip "$W/bad/9.gkp" -100
"$PACK" publish "$W/bad" --to "$W/www" >/dev/null 2>"$W/err" && die "damaged published"
rm "$W/bad/9.gkp"
echo '别的内容' >>"$W/content/docs/A01-2026-000002.txt"; build 2 "$W/bad/9.gkp"
"$PACK" publish "$W/bad" --to "$W/www" >/dev/null 2>"$W/err" && die "another edition 2 published"
grep -q '发布过' "$W/err" || die "another edition 2: $(cat "$W/err")"
[ "$before" = "$(cd "$W/www" && stat -c '%n %i %Y' -- *)" ] || die "a refused publishing changed something"
ok
# a stick by gongkai-pack
mkdir "$W/usb"
"$PACK" stick "$W/3.gkp" "$W/keys/trust/root.1" "$W/keys/trust/root.1.sigs" "$W/usb" --folder --trust "$W/keys/trust" >"$W/out" || die "stick"
grep -q '可以拔出' "$W/out" && cmp -s "$W/3.gkp" "$W/usb/3.gkp" || die "stick: $(cat "$W/out")"
"$PACK" stick "$W/3.gkp" "$W/usb" >/dev/null 2>"$W/err" && die "a plain folder taken for a stick"
"$PACK" stick "$W/3-from-2.gkp" "$W/3.gkp" "$W/nothing" >/dev/null 2>"$W/err" && die "stick that is not there"
grep -q '找不到U盘' "$W/err" || die "stick: $(cat "$W/err")"
ok

# --- the link -----------------------------------------------------------------------------------------------------
if ip netns add "$SERVER_NS" 2>/dev/null && ip netns add "$CLIENT_NS" 2>/dev/null &&
    ip -n "$SERVER_NS" link add "$SERVER_IF" type veth peer name "$CLIENT_IF" netns "$CLIENT_NS" 2>/dev/null; then
    for ns in "$SERVER_NS" "$CLIENT_NS"; do ip -n "$ns" link set lo up; done
    ip -n "$SERVER_NS" addr add 10.99.0.1/24 dev "$SERVER_IF" && ip -n "$SERVER_NS" link set "$SERVER_IF" up
    ip -n "$CLIENT_NS" addr add 10.99.0.2/24 dev "$CLIENT_IF" && ip -n "$CLIENT_NS" link set "$CLIENT_IF" up
    HOST=10.99.0.1
    NS="ip netns exec $CLIENT_NS"
    AT_SERVER="ip netns exec $SERVER_NS"
else
    ip netns del "$SERVER_NS" 2>/dev/null
    AT_SERVER=
    echo "note: no permission for network namespaces; nginx is on the loopback, without loss and cuts of the link"
fi
rate() { # rate KBIT: of what the server sends; none: full speed
    [ -n "$NS" ] || return 0
    $AT_SERVER tc qdisc del dev "$SERVER_IF" root 2>/dev/null
    [ $# -eq 0 ] || $AT_SERVER tc qdisc add dev "$SERVER_IF" root tbf rate "$1"kbit burst 4kb limit 6000 || die "tbf"
}
loss() { # loss PROBABILITY: of what the server sends
    [ -n "$NS" ] || return 0
    $AT_SERVER iptables -F OUTPUT
    [ $# -eq 0 ] || $AT_SERVER iptables -A OUTPUT -m statistic --mode random --probability "$1" -j DROP || die "iptables"
}
# cuts EVERY_S: by turns the cable is out for a second, the terminal's connection is reset, and (long form) the server's end is
# gone without a word
cuts() {
    local word=(-p tcp --dport 8080 -j REJECT --reject-with tcp-reset) silent=(-p tcp --sport 8080 -j REJECT --reject-with tcp-reset)
    while sleep "$1"; do
        ip -n "$SERVER_NS" link set "$SERVER_IF" down; sleep 1; ip -n "$SERVER_NS" link set "$SERVER_IF" up
        echo cable >>"$W/cuts"
        sleep "$1"
        $AT_SERVER iptables -I INPUT "${word[@]}"; sleep 0.5; $AT_SERVER iptables -D INPUT "${word[@]}"
        echo reset >>"$W/cuts"
        [ -n "$LONG" ] || continue
        sleep "$1"
        $AT_SERVER iptables -I OUTPUT "${silent[@]}"; sleep 0.5; $AT_SERVER iptables -D OUTPUT "${silent[@]}"
        echo silence >>"$W/cuts"
    done
}
# bytes of TCP payload that reached the terminal: what the interface counted, less 66 bytes of headers a packet
payload() {
    local b p
    b=$($NS cat /sys/class/net/"$CLIENT_IF"/statistics/rx_bytes)
    p=$($NS cat /sys/class/net/"$CLIENT_IF"/statistics/rx_packets)
    echo $((b - 66 * p))
}

mkdir "$W/tmp"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$HOST" -addext "subjectAltName=IP:$HOST" \
    -keyout "$W/tls.key" -out "$W/tls.pem" 2>/dev/null || die "openssl"
ln -s "$W/www" "$W/served"
cat >"$W/nginx.conf" <<EOF
worker_processes 1;
pid $W/nginx.pid;
error_log $W/nginx.err;
events { worker_connections 64; }
http {
    log_format plain '\$request_uri \$status \$body_bytes_sent "\$http_range"';
    access_log $W/nginx.log plain;
    client_body_temp_path $W/tmp; proxy_temp_path $W/tmp; fastcgi_temp_path $W/tmp; uwsgi_temp_path $W/tmp; scgi_temp_path $W/tmp;
    server {
        listen $HOST:8080 sndbuf=16k;
        listen $HOST:8443 ssl;
        ssl_certificate $W/tls.pem;
        ssl_certificate_key $W/tls.key;
        root $W/served;
        location /moved/ { return 302 /; }
        location ~ ^/moved/(.*)\$ { return 302 /\$1; }
    }
}
EOF
$AT_SERVER nginx -c "$W/nginx.conf" 2>>"$W/nginx.err" || { cat "$W/nginx.err" >&2; die "nginx"; }
URL=http://$HOST:8080/
requests() { [ ! -f "$W/nginx.log" ] && echo 0 || grep -c -- "$1" "$W/nginx.log"; }

# --- full package, nothing new, delta ----------------------------------------------------------------------------------
new_terminal
config "url = $URL" 'url_poll_s = 1'
once || die "first edition"
is_shown 'current 1 2' || die "full package not applied: $(shown)"
: >"$W/nginx.log"
start
until_true 20 eval '[ "$(requests "/latest.gkh 304")" -ge 2 ]' && [ "$(requests '/latest.gkh 200')" -eq 1 ] || die "ETags are not used"
[ "$(requests .gkp)" -eq 0 ] || die "nothing new, and yet a package was fetched"
cp "$W/3.gkp" "$W/3-from-2.gkp" "$W/editions/"
"$PACK" publish "$W/editions" --to "$W/www" --trust "$W/keys/trust" >/dev/null || die "publish 3"
until_true 10 is_shown 'current 1 3' || die "delta not applied"
[ "$(requests full-1-3)" -eq 0 ] && [ "$(requests delta-1-3-from-2.gkp)" -ge 1 ] || die "not by the delta"
stop
ok

# --- TLS, redirect, window -------------------------------------------------------------------------------------------------
new_terminal "$W/editions/2.gkp"
config "url = https://$HOST:8443" 'url_poll_s = 60'
once
is_shown 'current 1 2' || die "a certificate of nobody was accepted"
grep -q '证书不能通过核验' "$W/log" || die "no sentence about the certificate"
config "url = https://$HOST:8443" 'url_poll_s = 60' "tls_ca = $W/none.pem"
once; is_shown 'current 1 2' || die "fell back from the named certificates"
config "url = https://$HOST:8443" 'url_poll_s = 60' "tls_ca = $W/tls.pem"
once; is_shown 'current 1 3' || die "TLS with the named certificate"
new_terminal "$W/editions/2.gkp"
config "url = https://$HOST:8443" 'url_poll_s = 60' 'tls = unverified'
http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9 once
is_shown 'current 1 3' || die "TLS unverified"
new_terminal "$W/editions/2.gkp"
config "url = http://$HOST:8080/moved/" 'url_poll_s = 60'
once; is_shown 'current 1 3' || die "redirected"
new_terminal "$W/editions/2.gkp"
later=$(TZ=UTC-8 date -d '+3 hours' +%H:%M) end=$(TZ=UTC-8 date -d '+4 hours' +%H:%M)
config "url = $URL" 'url_poll_s = 60' "window = $later-$end"
: >"$W/nginx.log"
once
[ ! -s "$W/nginx.log" ] || die "asked outside of the window"
ok

# --- a delta whose base is another: the full package --------------------------------------------------------------------------
new_terminal "$W/editions/2.gkp"
sed 's/^delta=1 3 2/delta=1 3 1/' "$W/www/index" >"$W/index" && cp "$W/index" "$W/www/index" # the delta is not where it says
config "url = $URL" 'url_poll_s = 60'
once; is_shown 'current 1 3' || die "no full package instead of a delta that is not there"
"$PACK" publish "$W/editions" --to "$W/www" >/dev/null
new_terminal "$W/editions/2.gkp"
cp "$W/www/delta-1-3-from-2.gkp" "$W/delta" && "$PROBE" flip "$W/www/delta-1-3-from-2.gkp" -100
config "url = $URL" 'url_poll_s = 60'
once; is_shown 'current 1 3' || die "no full package instead of a damaged delta"
grep -hq '"sentence":"增量包不能使用.*正在自动改用完整包，不用处理。"' "$R"/outbox/delta-*.json || die "a refused delta: $(cat "$R"/outbox/*.json)"
cp "$W/delta" "$W/www/delta-1-3-from-2.gkp"
ok

# --- half from a stick, the rest from the server, a kill between ------------------------------------------------------------------
new_terminal
mkdir -p "$W/sticks/K"
cp "$W/editions/3.gkp" "$W/sticks/K/" && mv "$W/editions/2-from-1.gkp" "$W/editions/3-from-2.gkp" "$W/tmp/"
config "sticks = $W/sticks" 'stick_apply = auto'
"$PACK" unpack "$W/editions/3.gkp" --trust "$W/keys/trust" -o "$W/plain.db" >/dev/null || die "unpack"
staged() { # frames of the part that are as they should be
    local n=0 i
    for ((i = 0; i * 1048576 < $(stat -c %s "$W/plain.db"); i++)); do
        cmp -s <(dd if="$R/stage/1-3.part" bs=1M skip=$i count=1 2>/dev/null) <(dd if="$W/plain.db" bs=1M skip=$i count=1 2>/dev/null) && n=$((n + 1))
    done
    echo $n
}
has_staged() { [ "$(staged)" -ge "$1" ]; }
# every read takes a while, so that the kill comes in the middle
strace -f -qq -o /dev/null -e trace=pread64 -e inject=pread64:delay_enter=80000 \
    "$SYNCD" --root "$R" --config "$W/syncd.ini" 2>>"$W/log" &
TRACER=$!
until_true 20 has_staged 2 || die "the stick is not read"
pkill -KILL -P "$TRACER"
{ wait "$TRACER"; } 2>/dev/null
kept=$(staged)
is_shown none || die "applied before the kill"
rm -rf "$W/sticks/K"
config "url = $URL" 'url_poll_s = 60'
: >"$W/nginx.log"
once; is_shown 'current 1 3' || die "not completed over HTTPS"
total=$(stat -c %s "$W/www/full-1-3.gkp")
fetched=$(awk '/full-1-3.gkp/ { n += $3 } END { print n + 0 }' "$W/nginx.log")
echo "https_after_stick: $kept frames kept, $fetched of $total bytes fetched"
[ "$fetched" -lt $((total - (kept - 1) * 600000)) ] || die "fetched again what the stick had brought"
mv "$W/tmp/2-from-1.gkp" "$W/tmp/3-from-2.gkp" "$W/editions/"
ok

# --- a download makes room for a dropped file, and goes on after -------------------------------------------------------------------
new_terminal
config "url = $URL" 'url_poll_s = 60' 'max_kib_per_s = 250'
: >"$W/nginx.log"
start
until_true 20 test -e "$R/stage/1-3.part" || die "the slow download does not begin"
cp "$W/editions/2.gkp" "$R/drop/"
until_true 10 is_shown 'current 1 2' || die "a dropped file waits for a slow download"
grep -q "full-1-3.gkp：共 .* 字节，本次下载" "$W/log" || die "no word about the download that made room"
grep -q '第3期的下载让位给U盘或收到的文件' "$R/state/history.jsonl" || die "history does not say that the download made room"
until_true 20 grep -q '第3期的下载继续进行' "$R/state/history.jsonl" || die "history does not say that the download goes on"
sed -i '/max_kib/d' "$W/syncd.ini"
stop; start
until_true 30 is_shown 'current 1 3' || die "the download does not go on" # the first look is spread over 20 s
stop
ok

# --- keys and settings from the server ----------------------------------------------------------------------------------------------
new_terminal "$W/editions/2.gkp"
cp -r "$W/keys" "$W/keys2"
"$PACK" rekey "$W/keys2" --replace root3 --no-password >/dev/null 2>"$W/err" || die "rekey: $(cat "$W/err")"
"$PACK" settings "$W/editions/hall.gks" --trust "$W/keys/trust" --key "$W/keys/office.key" --window always >/dev/null 2>"$W/err" || die "settings: $(cat "$W/err")"
"$PACK" publish "$W/editions" --to "$W/www" --trust "$W/keys2/trust" >/dev/null || die "publish with keys"
config "url = $URL" 'url_poll_s = 60'
once; is_shown 'current 1 3' || die "edition beside keys"
cmp -s "$W/keys2/trust/root.2" "$R/trust/root.2" || die "root.2 was not taken"
[ -s "$R/state/settings.gks" ] || die "settings were not taken"
rm "$W/editions/hall.gks"
"$PACK" publish "$W/editions" --to "$W/www" --trust "$W/keys/trust" >/dev/null
ok

# --- a server that misbehaves ---------------------------------------------------------------------------------------------------------
"$BIN/tests/e2e/hostile_http" "$W/www" "$W/port" &
HOSTILE=$!
until_true 5 test -s "$W/port" || die "hostile_http"
NS_WAS=$NS
NS=
new_terminal "$W/editions/2.gkp"
before=$(find "$R/editions" "$R/trust" -type f -exec b2sum {} + | sort)
hostile() { # hostile MANNER SENTENCE: of the log
    config "url = http://127.0.0.1:$(cat "$W/port")/$1/" 'url_poll_s = 60'
    : >"$W/log"
    timeout "${3:-20}" "$SYNCD" --root "$R" --config "$W/syncd.ini" --once 2>>"$W/log"
    [ $? -ne 124 ] || die "$1: does not end"
    is_shown 'current 1 2' || die "$1: changed what is shown"
    [ "$before" = "$(find "$R/editions" "$R/trust" -type f -exec b2sum {} + | sort)" ] || die "$1: changed files"
    grep -q "$2" "$W/log" || die "$1: no sentence “$2”"
    MANNERS=$((${MANNERS:-0} + 1))
}
rm -f "$W/www/"delta-1-3-from-2.* # the full package, in several ranges
hostile endless '比应有的长'
hostile endless-range '比应有的长'
hostile lies '数据范围不对'
hostile size '数据范围不对'
hostile more '数据范围不对'
hostile whole '不支持断点续传'
hostile flipped '更新包'
hostile loop '转向'
hostile away '转向'
hostile headers '应答头'
hostile header '应答头'
hostile nohttp '服务器暂时出错'
hostile error '服务器暂时出错'
hostile denied '拒绝访问'
hostile stale '服务器暂时出错'
hostile garbage '不能使用'
hostile truncated '不能使用'
if [ -n "$LONG" ]; then
    hostile loris '太慢' 120
    hostile drip '太慢' 120
    hostile nothing '断开' 300
fi
# an index that is none: said, and the full package comes all the same
config "url = http://127.0.0.1:$(cat "$W/port")/index-garbage/" 'url_poll_s = 60'
once; is_shown 'current 1 3' || die "index-garbage: no full package"
grep -q 'index 不合规定' "$W/log" || die "index-garbage: no sentence"
# a server that cuts every connection after 20,000 bytes: all arrives, nothing twice
new_terminal "$W/editions/2.gkp"
config "url = http://127.0.0.1:$(cat "$W/port")/cut/" 'url_poll_s = 60' 'auto_apply = yes'
if [ -n "$LONG" ]; then
    once; is_shown 'current 1 3' || die "cut: not completed"
fi
# an old latest: nothing new, and no complaint
mkdir "$W/old" && cp "$W/editions/1.gkp" "$W/old/" && "$PACK" publish "$W/old" --to "$W/www-old" >/dev/null
kill "$HOSTILE"; rm "$W/port"
"$BIN/tests/e2e/hostile_http" "$W/www-old" "$W/port" &
HOSTILE=$!
until_true 5 test -s "$W/port" || die "hostile_http"
new_terminal "$W/editions/2.gkp"
config "url = http://127.0.0.1:$(cat "$W/port")/ok/" 'url_poll_s = 60'
once; is_shown 'current 1 2' || die "an old edition on the server was applied"
[ ! -s "$W/log" ] || die "an old edition on the server is no trouble: $(cat "$W/log")"
kill "$HOSTILE"; HOSTILE=
echo "https_hostile_manners: $MANNERS refused or passed over, each with its sentence"
"$PACK" publish "$W/editions" --to "$W/www" --trust "$W/keys/trust" >/dev/null
ok
NS=$NS_WAS

# --- a slow link that loses and is cut ---------------------------------------------------------------------------------------------------
KBIT=512 EVERY=2 MORE=15 # percent: a cut every two seconds loses what is in the queue each time
[ -z "$LONG" ] || { KBIT=64 EVERY=30 MORE=5; }
rm "$W/editions/"3* && "$PACK" publish "$W/editions" --to "$W/www-slow" >/dev/null
ln -sfn "$W/www-slow" "$W/served"
new_terminal "$W/editions/1.gkp"
config "url = $URL" 'url_poll_s = 3600'
delta=$(stat -c %s "$W/www-slow/delta-1-2-from-1.gkp")
needed=$((delta + $(stat -c %s "$W/www-slow/index") + $(stat -c %s "$W/www-slow/latest.gkh")))
: >"$W/nginx.log" >"$W/cuts"
rate $KBIT; loss 0.05
[ -z "$NS" ] || was=$(payload)
begin=$(date +%s)
$NS "$SYNCD" --root "$R" --config "$W/syncd.ini" 2>>"$W/log" &
PID=$!
CUTTER=
if [ -n "$NS" ]; then
    cuts $EVERY &
    CUTTER=$!
fi
until_true 600 is_shown 'current 1 2' || die "the slow link: not completed"
[ -z "$CUTTER" ] || { kill "$CUTTER"; wait "$CUTTER" 2>/dev/null; }
seconds=$(($(date +%s) - begin))
if [ -n "$NS" ]; then
    came=$(($(payload) - was))
    echo "https_slow_link: $delta bytes of delta at $KBIT kbit/s with 5 % loss in $seconds s, $(wc -l <"$W/cuts") cuts, $(requests delta-1-2-from-1.gkp) requests"
    echo "https_fetched_twice_percent $(awk "BEGIN { printf \"%.1f\", ($came - $needed) * 100 / $needed }")"
    [ $((came * 100)) -le $((needed * (100 + MORE))) ] || die "more than $MORE % fetched twice: $came bytes came for $needed"
fi
[ "$(requests full-1-2)" -eq 0 ] || die "the slow link: not by the delta"
stop
ok
echo "https.sh: $PASSED groups passed"
