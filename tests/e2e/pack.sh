#!/bin/bash
# gongkai-pack from an empty folder to a verified package, as an office works: new → check → build twice → cmp → sign →
# verify → minisign verifies too → show → diff → unpack. Usage: tests/e2e/pack.sh PATH-OF-gongkai-pack [CONTENT-FOLDER]
set -u
pack=$(realpath "$1")
demo=${2:+$(realpath "$2")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
steps=0

fail() { echo "FAIL: $*" >&2; exit 1; }
# run STATUS COMMAND…: the command must end with STATUS; what it wrote is in ./out
run() {
    local want=$1 got; shift
    "$@" >out 2>&1; got=$?
    [ $got -eq "$want" ] || { cat out >&2; fail "status $got, not $want: $*"; }
    steps=$((steps + 1))
}
says() { grep -qF -- "$1" out || { cat out >&2; fail "not said: $1"; }; }

for c in "" new check build sign verify show diff keygen unpack; do
    run 0 "$pack" $c --help; says 用法
done
run 0 "$pack" --version; says gongkai-pack
run 2 "$pack"; run 2 "$pack" nonsense; says 没有命令; run 2 "$pack" check; run 2 "$pack" check a --nonsense
run 2 "$pack" build a; run 2 "$pack" build a -o b --edition x; run 2 "$pack" build a -o b --built 2026-02-30
run 2 "$pack" sign a; run 2 "$pack" sign a --key k --role boss; run 2 "$pack" verify a; run 2 "$pack" diff a
run 1 "$pack" check nowhere; says 无法打开内容文件夹

run 0 "$pack" new site; run 1 "$pack" new site; says 已有内容
run 0 "$pack" check site; says "错误 0 处，提醒 0 处"; says 未收入：B01-2026-000001
run 0 "$pack" check site --json; says '"errors":0'; says '"code":"kept-out"'
run 0 "$pack" keygen keys --channel example-hall --no-password

# twice the same bytes: another path, other times, a perturbed heap, another locale
cp -r site elsewhere; find elsewhere -exec touch -d 2001-01-01 {} +
run 0 "$pack" build site -o a.gkp --key keys/office.key; says 办公室已签名
run 0 env MALLOC_PERTURB_=165 LC_ALL=C TZ=America/New_York "$pack" build elsewhere/ -o b.gkp --key keys/office.key
cmp a.gkp b.gkp || fail "two builds differ"
[ -e a.gkp.db ] && fail "temporary database left"

run 1 "$pack" verify a.gkp --trust keys/trust; says 保密审查
run 1 "$pack" unpack a.gkp --trust keys/trust -o no.db; [ -e no.db ] && fail "unpacked without both signatures"
run 0 "$pack" sign a.gkp --key keys/review.key --role review
run 0 "$pack" verify a.gkp --trust keys/trust
run 0 "$pack" verify a.gkp --trust keys/trust --json
run 0 "$pack" show a.gkp --extract parts; says example-hall
run 0 "$pack" show a.gkp --json
for role in office review; do
    run 0 minisign -Vm parts/manifest -x parts/manifest.$role.*.minisig -p keys/$role.pub
done
{ head -c -50 a.gkp; tail -c 50 a.gkp | LC_ALL=C tr '\000-\377' '\001-\377\000'; } >damaged.gkp
run 1 "$pack" verify damaged.gkp --trust keys/trust

run 0 "$pack" unpack a.gkp --trust keys/trust -o content.db
head -c 15 content.db | grep -q 'SQLite format 3' || fail "no database"
grep -q 尚在审查的制度 content.db && fail "an unreviewed item entered"

# the next edition, and what changed
sed -i 's/phone = 010-00000000/phone = 010-11111111/' site/site.ini
echo '（三）领取结果' >>site/docs/A01-2026-000002.txt
run 0 "$pack" build site -o c.gkp --edition 2 --built 2026-02-01 --key keys/office.key
run 0 "$pack" diff a.gkp c.gkp
says '第 1 期 → 第 2 期'; says '修改 信息：A01-2026-000002 为民服务大厅办事须知（全文'; says 010-11111111; says '新增 0 处，修改 2 处，撤下 0 处'
run 0 "$pack" diff a.gkp c.gkp --json; says '"change":"changed"'
run 0 "$pack" build site -o d.gkp --edition 2 --built 2026-02-01 --key keys/office.key --base a.gkp
run 0 "$pack" sign d.gkp --key keys/review.key --role review
run 0 "$pack" verify d.gkp --trust keys/trust --base a.gkp

# an error blocks, and leaves nothing behind
sed -i 's/A01-2026-000002,/A01-2026-000001,/' site/catalogue.csv
run 1 "$pack" check site; says "错误 catalogue.csv:3：索引号“A01-2026-000001”与第2行重复"
run 1 "$pack" build site -o e.gkp; says 没有制作更新包
[ -e e.gkp ] && fail "a package was made in spite of errors"

if [ -n "$demo" ]; then
    run 0 "$pack" check "$demo"
    says "提醒 reports/2009.txt:3:190：出现其他单位的名称“安定门”"
    says "国家机密"
    says "说明 reports/2009.txt：第3行第1列：去除[bookmark: _GoBack]"
    run 0 "$pack" build "$demo" -o f.gkp; run 0 "$pack" build "$demo" -o g.gkp
    cmp f.gkp g.gkp || fail "two builds of the demonstration differ"
fi
echo "pack.sh: $steps steps"
