# Reading HTML; tests/fuzz/corpus/html holds the pages of tests/golden/html and pages once found.
fuzz_TARGETS += fuzz_html
fuzz_html_LIBS := base
fuzz_html_EXTRA := $(addprefix tools/pack/,blocks.o encoding.o html.o html_drop.o html_entity.o html_finish.o html_table.o \
                     html_text.o html_token.o list.o residue.o)
