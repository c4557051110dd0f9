text_SRC := break.c display.c face.c fill.c font.c glyph_cache.c justify.c mark.c outline.c paragraph.c \
            scratch.c shape.c svg_path.c word.c
text_GEN := break_table.c

# --- the bundled fonts: subsets of Debian's Noto CJK and Hanazono (fonts/README.md) -----------------
NOTO_DIR ?= /usr/share/fonts/opentype/noto
HANA_DIR ?= /usr/share/fonts/truetype/hanazono
FONT_DIR := $(B)/fonts
MAIN_FONTS := $(addprefix $(FONT_DIR)/,sans.otf sans-bold.otf serif.otf serif-bold.otf)
FONTS := $(MAIN_FONTS) $(FONT_DIR)/fallback-a.ttf $(FONT_DIR)/fallback-b.ttf

$(FONT_DIR)/sans.otf: $(NOTO_DIR)/NotoSansCJK-Regular.ttc
$(FONT_DIR)/sans-bold.otf: $(NOTO_DIR)/NotoSansCJK-Bold.ttc
$(FONT_DIR)/serif.otf: $(NOTO_DIR)/NotoSerifCJK-Regular.ttc
$(FONT_DIR)/serif-bold.otf: $(NOTO_DIR)/NotoSerifCJK-Bold.ttc
$(MAIN_FONTS): fonts/coverage.txt
	@mkdir -p $(@D)
	@echo "  FONT $@"
	@hb-subset $(filter %.ttc,$^) --face-index=2 --unicodes-file=fonts/coverage.txt --no-hinting --desubroutinize --name-IDs='*' \
	    --layout-features=halt,palt,kern,tnum,pwid,fwid,ccmp,mark,mkmk \
	    --drop-tables=vhea,vmtx,VORG -o $@

$(B)/host/font_lack: fonts/font_lack.c
	@mkdir -p $(@D)
	@$(HOSTCC) -std=c11 -O1 -Wall -Wextra $$(pkg-config --cflags harfbuzz) -o $@ $< $$(pkg-config --libs harfbuzz)

HB_FALLBACK := --no-hinting --name-IDs='*' --drop-tables=vhea,vmtx,VORG,GSUB,GPOS,GDEF
$(FONT_DIR)/fallback-a.ttf: $(HANA_DIR)/HanaMinA.ttf $(B)/host/font_lack fonts/coverage.txt \
                            $(FONT_DIR)/sans.otf $(FONT_DIR)/serif.otf
	@echo "  FONT $@"
	@$(B)/host/font_lack fonts/coverage.txt $< $(FONT_DIR)/sans.otf $(FONT_DIR)/serif.otf >$@.txt
	@hb-subset $< --unicodes-file=$@.txt $(HB_FALLBACK) -o $@
	@rm $@.txt

# Nearly all of extension B and above is lacking in Noto: the whole planes are taken.
$(FONT_DIR)/fallback-b.ttf: $(HANA_DIR)/HanaMinB.ttf
	@mkdir -p $(@D)
	@echo "  FONT $@"
	@hb-subset $< --unicodes=20000-3FFFF $(HB_FALLBACK) -o $@

.PHONY: fonts
fonts: $(FONTS)
