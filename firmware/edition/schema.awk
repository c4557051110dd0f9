# Turns schema.sql into C: one string literal a statement, comment lines left out.
BEGIN {
    print "/* Made from schema.sql. */"
    print "#include \"edition/schema.h\"\n"
    print "const char *const edition_schema[] = {"
}
/^[ \t]*(--|$)/ { next }
{
    line = $0
    gsub(/\\/, "\\\\", line)
    gsub(/"/, "\\\"", line)
    last = line ~ /;[ \t]*$/
    printf "    \"%s%s\"%s\n", line, last ? "" : "\\n", last ? "," : ""
}
END { print "    0,\n};" }
