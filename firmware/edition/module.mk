edition_SRC := catalogue.c check.c document.c edition.c fold.c image.c lookup.c report.c search.c sql.c
edition_GEN := edition_schema.c

$(GEN)/edition_schema.c: firmware/edition/schema.sql firmware/edition/schema.awk
	@mkdir -p $(@D)
	@awk -f firmware/edition/schema.awk $< >$@
