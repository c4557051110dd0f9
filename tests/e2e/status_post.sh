#!/bin/bash
# Reports to a server: what arrives is what the outbox holds and minisign verifies it; receipts one by one, once; a server that
# is down, misbehaves or redirects; TLS as for fetching. A terminal each, all at once: the first report takes some seconds.
# BIN: folder of the programs. Uses only a folder, the loopback and processes of its own.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
SERVER=$BIN/tests/e2e/post_http GOT=$W/got
chmod 755 "$W" # nginx gives root away

ended() {
    [ ! -f "$W/nginx.pid" ] || kill "$(cat "$W/nginx.pid")" 2>/dev/null
}
die() {
    echo "FAIL: $*" >&2
    ls "$GOT" >&2
    for l in "$W"/*.log; do echo "$l"; tail -n 5 "$l"; done >&2
    exit 1
}
serve() { # serve NAME [PORT]
    "$SERVER" "$GOT" "$W/$1" "${@:2}" &
    PIDS+=($!)
    until_true 5 test -s "$W/$1" || die "the server does not start"
}
# terminal NAME URL LINE…: with receipts of two packages in its outbox
terminal() {
    local r=$W/$1
    mkdir -p "$r/drop"
    echo "第一个" >"$r/drop/one.gkp"
    echo "第二个" >"$r/drop/two \"2\".gkp"
    printf '%s\n' 'settle_ms = 0' 'poll_s = 1' 'url_retry_s = 1' 'status_post_s = 1' "status_post = $2" "${@:3}" >"$W/$1.ini"
    start "$1"
}
start() {
    "$SYNCD" --root "$W/$1" --config "$W/$1.ini" 2>>"$W/$1.log" &
    PIDS+=($!)
    eval "PID_$1=$!"
}
stop() {
    local pid=PID_$1
    kill "${!pid}"
    wait "${!pid}"
}
arrived() { test -e "$GOT/$1.$2.head"; }
said() { grep -q "$2" "$W/$1.log"; }
receipts() { find "$W/$1/outbox" -name '*.json' ! -name status.json | wc -l; }

# --- servers and terminals ------------------------------------------------------------------------------------------
mkdir "$GOT" "$W/tmp"
serve port
PORT=$(cat "$W/port")
serve later # a port that is free again
LATER=$(cat "$W/later")
kill "${PIDS[-1]}"
wait "${PIDS[-1]}" 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$W/tls.key" -out "$W/tls.pem" 2>/dev/null || die "openssl"
TLS=$((PORT % 20000 + 12000)) # below the ports that the system gives away
cat >"$W/nginx.conf" <<END
worker_processes 1;
pid $W/nginx.pid;
error_log $W/nginx.log;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path $W/tmp; proxy_temp_path $W/tmp; fastcgi_temp_path $W/tmp; uwsgi_temp_path $W/tmp; scgi_temp_path $W/tmp;
    server {
        listen 127.0.0.1:$TLS ssl;
        ssl_certificate $W/tls.pem;
        ssl_certificate_key $W/tls.key;
        location / { proxy_pass http://127.0.0.1:$PORT; }
    }
}
END
nginx -c "$W/nginx.conf" 2>>"$W/nginx.log" || die "nginx"

HTTP=http://127.0.0.1:$PORT
begin=$(date +%s%N)
terminal good "$HTTP/ok/good"
terminal down "http://127.0.0.1:$LATER/none/down"
for m in next garbage endless headers error redirect norec silent; do terminal $m "$HTTP/$m/$m"; done
terminal closed "$HTTP/ok/closed" "window = $(TZ=UTC-8 date -d '+3 hours' +%H:%M)-$(TZ=UTC-8 date -d '+4 hours' +%H:%M)"
terminal alone "$HTTP/ok/alone" 'receipts_post = no'
terminal tls "https://127.0.0.1:$TLS/ok/tls" "tls_ca = $W/tls.pem"
terminal nobody "https://127.0.0.1:$TLS/ok/nobody"

# --- taken: the status first, then a receipt each, every byte as in the outbox ---------------------------------------------
until_true 12 arrived good 3 || die "the report and two receipts do not arrive"
O=$W/good/outbox
grep -q '^Content-Type: multipart/form-data; boundary=gongkai-[0-9a-f]*.$' "$GOT/good.1.head" || die "type: $(cat "$GOT/good.1.head")"
[ ! -e "$GOT/good.1.receipt" ] || die "a receipt comes before the status"
for i in 1 2 3; do
    cmp -s "$GOT/good.$i.status" "$O/status.json" && cmp -s "$GOT/good.$i.signature" "$O/status.json.minisig" || die "report $i is not the outbox"
    cp "$GOT/good.$i.status" "$W/status.json"
    cp "$GOT/good.$i.signature" "$W/status.json.minisig"
    minisign -V -q -p "$O/terminal.pub" -m "$W/status.json" || die "the signature that arrived does not verify"
done
[ "$(receipts good)" -eq 2 ] || die "two packages, $(receipts good) receipts"
sums=$(cat "$O"/one*.json "$O"/two*.json | sort | md5sum)
[ "$(cat "$GOT"/good.[23].receipt | sort | md5sum)" = "$sums" ] || die "the receipts that arrived are not those of the outbox"
until_true 2 test -s "$W/good/state/receipt_sent" || die "what was sent is not remembered"
said good 没有送到 && die "a sentence about a failure that was none"
ok
# --- the same over TLS; without its certificate not a byte --------------------------------------------------------------------
until_true 5 arrived tls 3 || die "nothing arrives over TLS"
cmp -s "$GOT/tls.3.status" "$W/tls/outbox/status.json" || die "TLS: the report is not the outbox"
until_true 5 said nobody '没有送到：服务器的证书不能通过核验' || die "no sentence about the certificate"
arrived nobody 1 && die "sent to a server with a certificate of nobody"
ok
# --- answers of every kind ---------------------------------------------------------------------------------------------------
for m in garbage endless; do # taken as it is 2xx, and nothing else in it counts
    until_true 8 arrived $m 3 || die "$m: the receipts do not follow"
    said $m 没有送到 && die "$m: a failure"
done
until_true 5 arrived next 1 || die "next"
until_true 5 said redirect '没有送到：服务器转向了别处' || die "redirect: no sentence"
until_true 5 said headers '没有送到：服务器的应答头太大' || die "headers: no sentence"
until_true 5 said error '没有送到：服务器暂时出错' || die "error: no sentence"
until_true 5 arrived error 2 || die "error: not tried again"
[ "$(grep -c 没有送到 "$W/error.log")" -eq 1 ] || die "error: the same trouble is told again and again"
until_true 5 arrived norec 3 || die "norec: a receipt that is not taken stops the others"
said norec 没有送到 && die "norec: a failure"
until_true 5 arrived alone 1 || die "alone"
arrived alone 2 && die "receipts_post = no, and yet a receipt was sent"
arrived next 2 && die "next=60 was not heard"
arrived closed 1 && die "sent outside of the window"
arrived followed 1 && die "a redirect was followed"
until_true 5 arrived silent 1 || die "silent"
asked=$(date +%s%N)
timeout 10 "$CTL" status --root "$W/silent" >/dev/null
[ $(($(date +%s%N) - asked)) -lt 5000000000 ] || die "the daemon waits for a server that says nothing"
cp "$W/silent.ini" "$W/silent/drop/three.gkp"
until_true 3 compgen -G "$W/silent/outbox/three*.json" ||
    die "the daemon does no work while a server says nothing"
ok
# --- down, then up ------------------------------------------------------------------------------------------------------------
until_true 5 said down '没有送到：连不上服务器' || die "down: no sentence"
serve later "$LATER"
until_true 12 arrived down 1 || die "not sent when the server is up again"
cmp -s "$GOT/down.1.status" "$W/down/outbox/status.json" || [ -s "$GOT/down.1.status" ] || die "down: the report"
ok
# --- after a restart: a new status, no receipt twice -----------------------------------------------------------------------------
before=$(ls "$GOT" | grep -c '^good\..*head')
stop good
rm "$W"/good/drop/*.gkp # or they would be looked at again, and get new receipts
start good
until_true 12 arrived good $((before + 1)) || die "no report after a restart"
sleep 0.5
compgen -G "$GOT/good.$((before + 1)).receipt" >/dev/null && die "a receipt was sent twice"
arrived good $((before + 2)) && die "a receipt was sent twice"
cmp -s "$GOT/good.$((before + 1)).status" "$O/status.json" || die "not the new status"
ok
echo "status_post.sh: $PASSED groups passed in $((($(date +%s%N) - begin) / 1000000)) ms"
