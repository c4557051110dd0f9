# gongkai-pack, the office's tool: import of a content folder, the edition writer, packages and keys.
pack_IMPORT := blocks.c catalogue.c content.c csv.c documents.c edition_writer.c encoding.c figures.c folder.c html.c \
               html_drop.c html_entity.c html_finish.c html_table.c html_text.c html_token.c image.c \
               image_jpeg.c image_png.c image_scale.c image_store.c index.c index_lists.c index_orders.c lint.c \
               lint_glyphs.c lint_numbers.c lint_report.c lint_text.c list.c markdown.c pinyin.c problem.c \
               relations.c residue.c \
               sheet.c site.c textdoc.c
pack_RELEASE := keygen.c keys.c rekey.c release.c release_compress.c release_file.c release_progress.c release_read.c \
                release_show.c sentence.c settings.c
PROGRAMS += gongkai-pack
gongkai-pack_DIR := tools/pack
gongkai-pack_SRC := main.c command.c cmd_build.c cmd_check.c cmd_diff.c cmd_keys.c cmd_new.c cmd_release.c diff.c publish.c publish_plan.c \
                    publish_write.c sample.c stick.c \
                    $(pack_IMPORT) $(pack_RELEASE)
gongkai-pack_LAYER := pack
gongkai-pack_LDLIBS := -pthread

# What the bundled fonts can show, for the check of texts: from the fonts themselves.
$(B)/host/font_ranges: fonts/font_ranges.c
	@mkdir -p $(@D)
	@$(HOSTCC) -std=c11 -O1 -Wall -Wextra $$(pkg-config --cflags harfbuzz) -o $@ $< $$(pkg-config --libs harfbuzz)
$(GEN)/font_ranges.h: $(B)/host/font_ranges $(FONTS)
	@mkdir -p $(@D)
	@$(B)/host/font_ranges $(FONTS) >$@
$(O)/tools/pack/lint_glyphs.o: | $(GEN)/font_ranges.h
