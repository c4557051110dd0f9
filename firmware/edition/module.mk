edition_SRC := catalogue.c changes.c check.c document.c edition.c facet.c fold.c image.c lookup.c report.c search.c search_index.c \
               search_match.c search_snippet.c search_suggest.c search_tally.c sql.c stream.c title_index.c \
               verify_vfs.c
edition_GEN := edition_schema.c

$(GEN)/edition_schema.c: firmware/edition/schema.sql firmware/edition/schema.awk
	@mkdir -p $(@D)
	@awk -f firmware/edition/schema.awk $< >$@
