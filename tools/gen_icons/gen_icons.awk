# assets/icons/*.svg → icons.h and icons.c. The subset of SVG is that of assets/icons/README.md; anything else ends the build.
#   awk -v header=icons.h -v source=icons.c -f gen_icons.awk assets/icons/*.svg
function fail(why) { print FILENAME ": " why > "/dev/stderr"; bad = 1; exit 1 }
function attr(tag, name,    re, at, rest) {
    re = "[ \t\n]" name "=\""
    if (match(tag, re) == 0) return ""
    rest = substr(tag, RSTART + RLENGTH)
    at = index(rest, "\"")
    return substr(rest, 1, at - 1)
}
function circle(cx, cy, r) {
    return sprintf("M%g %gA%g %g 0 1 1 %g %gA%g %g 0 1 1 %g %gZ", cx - r, cy, r, r, cx + r, cy, r, r, cx - r, cy)
}
function box(x, y, w, h, r) {
    if (r <= 0) return sprintf("M%g %gH%gV%gH%gZ", x, y, x + w, y + h, x)
    return sprintf("M%g %gH%gA%g %g 0 0 1 %g %gV%gA%g %g 0 0 1 %g %gH%gA%g %g 0 0 1 %g %gV%gA%g %g 0 0 1 %g %gZ", \
        x + r, y, x + w - r, r, r, x + w, y + r, y + h - r, r, r, x + w - r, y + h, x + r, r, r, x, y + h - r, y + r, r, r, x + r, y)
}
function element(tag,    d, name) {
    if (tag ~ /^<\//) return
    name = tag; sub(/^</, "", name); sub(/[ \t\n\/>].*/, "", name)
    if (name == "svg") return
    if (name == "path") d = attr(tag, "d")
    else if (name == "circle") d = circle(attr(tag, "cx") + 0, attr(tag, "cy") + 0, attr(tag, "r") + 0)
    else if (name == "rect") d = box(attr(tag, "x") + 0, attr(tag, "y") + 0, attr(tag, "width") + 0, attr(tag, "height") + 0, attr(tag, "rx") + 0)
    else if (name == "line") d = sprintf("M%g %gL%g %g", attr(tag, "x1"), attr(tag, "y1"), attr(tag, "x2"), attr(tag, "y2"))
    else fail("element <" name "> is not of the subset")
    if (d == "") fail("<" name "> draws nothing")
    paths[icon] = paths[icon] sprintf("    {\"%s\", %d},\n", d, attr(tag, "fill") == "currentColor")
    count[icon]++
}
function flush_file(    rest, open, close_at) {
    rest = text
    while ((open = index(rest, "<")) > 0) {
        rest = substr(rest, open)
        close_at = index(rest, ">")
        if (close_at == 0) fail("unclosed element")
        element(substr(rest, 1, close_at))
        rest = substr(rest, close_at + 1)
    }
}
FNR == 1 {
    if (icon != "") flush_file()
    icon = FILENAME; sub(/.*\//, "", icon); sub(/\.svg$/, "", icon)
    order[++icons] = icon; text = ""
}
{ text = text $0 "\n" }
END {
    if (bad) exit 1
    flush_file()
    printf "#pragma once\n\n#include <stddef.h>\n\n/* Generated from assets/icons by tools/gen_icons. */\nenum icon {\n" > header
    for (i = 1; i <= icons; i++) { name = toupper(order[i]); gsub(/-/, "_", name); printf "    ICON_%s,\n", name > header }
    printf "    ICON_COUNT\n};\n\n/* One path of an icon, in a square of 24: SVG path data, stroked; and filled too when `filled`. */\n" > header
    printf "struct icon_path {\n    const char *d;\n    int filled;\n};\nstruct icon_paths {\n    const char *name;\n    const struct icon_path *at;\n    size_t n;\n};\n" > header
    printf "extern const struct icon_paths icon_table[ICON_COUNT];\n" > header
    printf "/* Generated from assets/icons by tools/gen_icons. */\n#include \"icons.h\"\n\n" > source
    for (i = 1; i <= icons; i++) printf "static const struct icon_path paths_%d[] = {\n%s};\n", i, paths[order[i]] > source
    printf "\nconst struct icon_paths icon_table[ICON_COUNT] = {\n" > source
    for (i = 1; i <= icons; i++) printf "    {\"%s\", paths_%d, %d},\n", order[i], i, count[order[i]] > source
    printf "};\n" > source
}
