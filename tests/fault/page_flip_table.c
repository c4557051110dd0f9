/* What is damaged, and the editions that it is damaged in. */
#include "tests/fault/page_flip.h"

const char *verdict_name(enum verdict v)
{
    static const char *const names[VERDICT_COUNT] = {
        "the current edition", "another whole edition", "a crash", "something of no edition",
        "too slow"};
    return names[v];
}

/* Every document's text differs between the editions, and fills some leaves. */
const char prepare_script[] =
    "C=\"$W/content\"; P=\"$B/gongkai-pack\"\n"
    "\"$P\" new \"$C\" >/dev/null\n"
    "\"$P\" keygen \"$W/keys\" --channel example-hall --no-password >/dev/null\n"
    "for d in 3 4 5 6; do\n"
    "  sed -n 3p \"$C/catalogue.csv\" | sed \"s/A01-2026-000002/A01-2026-00000$d/g;"
    "s/为民服务大厅办事须知/第$d号办事须知/\" >>\"$C/rows\"\n"
    "done\n"
    "cat \"$C/rows\" >>\"$C/catalogue.csv\"; rm \"$C/rows\"\n"
    "mkdir -p \"$W/data/trust\" \"$W/data/drop\" \"$W/factory\"\n"
    "cp \"$W\"/keys/trust/* \"$W/data/trust/\"\n"
    "printf 'settle_ms = 0\\ntrial_confirm = auto\\n' >\"$W/syncd.ini\"\n"
    "for e in 1 2 3; do\n"
    "  for d in 2 3 4 5 6; do\n"
    "    { echo \"第$d号办事须知\"; for i in $(seq 200); do\n"
    "      echo \"第$e期第$d号第$i条：办理时间、窗口、材料和依据都写在这里，第$((e * i * d % 97))项。\"\n"
    "    done; } >\"$C/docs/A01-2026-00000$d.txt\"\n"
    "  done\n"
    "  \"$P\" build \"$C\" -o \"$W/$e.gkp\" --edition $e --key \"$W/keys/office.key\" "
    ">\"$W/pack.log\" 2>&1\n"
    "  \"$P\" sign \"$W/$e.gkp\" --key \"$W/keys/review.key\" --role review >/dev/null\n"
    "done\n"
    "\"$P\" unpack \"$W/1.gkp\" --trust \"$W/keys/trust\" -o \"$W/factory/content.db\" >/dev/null\n"
    "for e in 2 3; do\n"
    "  cp \"$W/$e.gkp\" \"$W/data/drop/\"\n"
    "  \"$B/gongkai-syncd\" --quiet --root \"$W/data\" --factory \"$W/factory\" --config "
    "\"$W/syncd.ini\" --once\n"
    "done\n"
    "rm -f \"$W\"/data/drop/done/*\n"
    "test -e \"$W/data/editions/1-3/content.db\"; test -e \"$W/data/editions/1-2/content.db\"\n"
    "{ printf 'wait idle\\ntree\\n'\n"
    "  for t in 为民服务大厅办事须知 第3号办事须知 第4号办事须知 第5号办事须知 第6号办事须知; do\n"
    "    printf 'tap \"首页\"\\ntap \"公开目录\"\\nwait idle\\ntree\\ntap \"%s\"\\nwait idle\\n"
    "tap \"阅读全文\"\\nwait idle\\ntext\\ntree\\n' $t\n"
    "  done\n"
    "  printf 'tap \"首页\"\\ntap \"公开指南\"\\nwait idle\\ntree\\n'\n"
    "  printf 'tap \"首页\"\\ntap \"年度报告\"\\nwait idle\\ntree\\ntap \"首页\"\\nwait idle\\ntree\\n'\n"
    "} >\"$W/walk.drv\"\n";

#define RUBBISH "head -c 9000 /dev/urandom >"

const struct damage damages[] = {
    {"nothing", "true", VERDICT_CURRENT, false},
    {"select.bin of zeros", "head -c 8192 /dev/zero >select.bin", VERDICT_FALLBACK, true},
    {"select.bin of rubbish", RUBBISH "select.bin", VERDICT_FALLBACK, true},
    {"select.bin cut short", "truncate -s 100 select.bin", VERDICT_FALLBACK, true},
    {"select.bin gone", "rm select.bin", VERDICT_FALLBACK, true},
    {"select.bin a folder", "rm select.bin; mkdir select.bin", VERDICT_FALLBACK, true},
    {"select.bin a FIFO", "rm select.bin; mkfifo select.bin", VERDICT_FALLBACK, true},
    {"select.bak of rubbish", RUBBISH "select.bak", VERDICT_CURRENT, false},
    {"both records of rubbish", RUBBISH "select.bin; " RUBBISH "select.bak", VERDICT_FALLBACK,
     true},
    {"one slot torn", "head -c 2000 /dev/urandom | dd of=select.bin conv=notrunc status=none",
     VERDICT_CURRENT, true},
    {"manifest of rubbish", RUBBISH "editions/1-3/manifest", VERDICT_FALLBACK, false},
    {"manifest gone", "rm editions/1-3/manifest", VERDICT_FALLBACK, false},
    {"manifest of another edition", "cp editions/1-2/manifest editions/1-3/manifest",
     VERDICT_FALLBACK, false},
    {"manifest a FIFO", "rm editions/1-3/manifest; mkfifo editions/1-3/manifest", VERDICT_FALLBACK,
     false},
    {"signatures changed by a bit", "sed -i '2s/A/B/' editions/1-3/sigs; sed -i '2s/a/b/' editions/1-3/sigs",
     VERDICT_FALLBACK, false},
    {"signatures empty", ": >editions/1-3/sigs", VERDICT_FALLBACK, false},
    {"table of rubbish", RUBBISH "editions/1-3/table", VERDICT_FALLBACK, false},
    {"table gone", "rm editions/1-3/table", VERDICT_FALLBACK, false},
    {"head of another edition",
     "for f in manifest sigs table; do cp editions/1-2/$f editions/1-3/$f; done", VERDICT_FALLBACK,
     false},
    {"database of another edition", "cp editions/1-2/content.db editions/1-3/content.db",
     VERDICT_FALLBACK, false},
    {"database empty", ": >editions/1-3/content.db", VERDICT_FALLBACK, false},
    {"database longer", "echo x >>editions/1-3/content.db", VERDICT_FALLBACK, false},
    {"database shorter", "truncate -s -1 editions/1-3/content.db", VERDICT_FALLBACK, false},
    {"database of zeros",
     "n=$(stat -c %s editions/1-3/content.db); head -c $n /dev/zero >editions/1-3/content.db",
     VERDICT_FALLBACK, false},
    {"database a FIFO", "rm editions/1-3/content.db; mkfifo editions/1-3/content.db",
     VERDICT_FALLBACK, false},
    {"database a folder", "rm editions/1-3/content.db; mkdir editions/1-3/content.db",
     VERDICT_FALLBACK, false},
    {"database a link to itself",
     "rm editions/1-3/content.db; ln -s content.db editions/1-3/content.db", VERDICT_FALLBACK,
     false},
    {"edition a file", "rm -r editions/1-3; echo x >editions/1-3", VERDICT_FALLBACK, false},
    {"both editions damaged", RUBBISH "editions/1-3/content.db; " RUBBISH "editions/1-2/manifest",
     VERDICT_FALLBACK, false},
    {"editions gone", "rm -r editions", VERDICT_FALLBACK, false},
    {"editions a file", "rm -r editions; echo x >editions", VERDICT_FALLBACK, false},
    {"root certificate of rubbish", RUBBISH "trust/root.1", VERDICT_FALLBACK, false},
    {"root signatures gone", "rm trust/root.1.sigs", VERDICT_FALLBACK, false},
    {"root certificate a FIFO", "rm trust/root.1; mkfifo trust/root.1", VERDICT_FALLBACK, false},
    {"trust gone", "rm -r trust", VERDICT_FALLBACK, false},
    {"state of rubbish",
     "for f in history.jsonl counters time_floor terminal.key; do " RUBBISH "state/$f; done",
     VERDICT_CURRENT, false},
    {"state gone", "rm -r state", VERDICT_CURRENT, false},
    {"state a file", "rm -r state; echo x >state", VERDICT_CURRENT, false},
    {"a time floor of the far future", "echo 7000000000 >state/time_floor", VERDICT_CURRENT, false},
    {"a stale socket",
     "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"run.sock\")' 2>/dev/null || "
     "echo x >run.sock",
     VERDICT_CURRENT, false},
    {"the socket a folder", "rm -f run.sock; mkdir run.sock", VERDICT_CURRENT, false},
    {"stage of rubbish", "mkdir -p stage/1-4.part; " RUBBISH "stage/1-3.part; mkfifo stage/x",
     VERDICT_CURRENT, false},
    {"outbox gone", "rm -r outbox", VERDICT_CURRENT, false},
    {"drop gone", "rm -r drop", VERDICT_CURRENT, false},
    {"rubbish beside the editions", "mkdir editions/1-9 editions/2-x; " RUBBISH "editions/1-8",
     VERDICT_CURRENT, false},
    {"everything gone", "rm -rf ./*", VERDICT_FALLBACK, false},
    {NULL, NULL, VERDICT_CURRENT, false},
};
