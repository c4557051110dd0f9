# Makes firmware/edition/fold_table.h of Unihan's kSimplifiedVariant (Unicode 15.0, Debian package unicode-data):
#   bzcat /usr/share/unicode/Unihan_Variants.txt.bz2 |
#       gawk -f tools/gen_fold/gen_fold.awk -v standard=tools/strokes/tongyong-8105.txt - >firmware/edition/fold_table.h
# The table is kept in the repository and not made while building: editions are written and read with the
# same folding, whatever Unicode data the two machines have.
# A character of the standard table (通用规范汉字表) is never folded: 乾 and 著 are characters of their own.
BEGIN {
    first = strtonum("0x3400"); last = strtonum("0x9FFF")
    while ((getline line <standard) > 0) {
        n = split(line, parts, "")
        for (i = 1; i <= n; i++) keep[parts[i]] = 1
    }
}
function utf8(cp) {
    return sprintf("%c", cp)
}
$2 == "kSimplifiedVariant" {
    from = strtonum("0x" substr($1, 3))
    if (from < first || from > last || utf8(from) in keep) next
    for (i = 3; i <= NF; i++) {
        t = strtonum("0x" substr($i, 3))
        if (t != from && t >= first && t <= last) { to[from] = t; break }
    }
}
function put(name, a, n,    i, line) {
    printf "\nstatic const char16_t %s[] =\n", name
    for (i = 0; i < n; i++) {
        line = line utf8(a[i])
        if (i % 44 == 43 || i == n - 1) { printf "    u\"%s\"%s\n", line, i == n - 1 ? ";" : ""; line = "" }
    }
}
END {
    n = 0
    page = 0
    for (cp = first; cp <= last; cp++) {
        if ((cp - first) % 64 == 0) start[page++] = n
        if (!(cp in to)) continue
        t = to[cp]
        for (hops = 0; (t in to) && hops < 4; hops++) t = to[t]
        if (t == cp) continue
        a[n] = cp
        b[n] = t
        n++
    }
    start[page++] = n
    print "#pragma once\n"
    print "#include <stdint.h>\n#include <uchar.h>\n"
    print "/* Traditional characters and what each folds to, in order (private to fold.c). Made by tools/gen_fold of"
    print " * Unihan's kSimplifiedVariant, Unicode 15.0 (© Unicode, Inc., Unicode licence). fold_page: the first pair at or"
    print " * after U+3400 + 64 × page. */"
    printf "#define FOLD_PAIRS %d\n", n
    put("fold_from", a, n)
    put("fold_to", b, n)
    printf "\nstatic const uint16_t fold_page[] = {\n"
    for (i = 0; i < page; i++) printf "%s%d,%s", i % 16 ? " " : "    ", start[i], i % 16 == 15 || i == page - 1 ? "\n" : ""
    print "};"
}
