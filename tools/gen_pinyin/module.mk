# The pinyin of characters and words, for the titles of an edition: made at build time by a program of
# the building machine, of rime-data-pinyin-simp and, for what that lacks, Unihan's kMandarin.
RIME_DATA ?= /usr/share/rime-data
UCD ?= /usr/share/unicode

$(B)/host/gen_pinyin: tools/gen_pinyin/gen_pinyin.c
	@mkdir -p $(@D)
	@$(HOSTCC) -std=c11 -O1 -Wall -Wextra $(if $(WERROR),-Werror) -D_GNU_SOURCE -o $@ $<

$(GEN)/pinyin_data.h: $(B)/host/gen_pinyin tools/pack/pinyin_overrides.txt $(RIME_DATA)/pinyin_simp.dict.yaml \
                      $(UCD)/Unihan_Readings.txt.bz2
	@mkdir -p $(@D)
	@bzcat $(UCD)/Unihan_Readings.txt.bz2 >$(GEN)/Unihan_Readings.txt
	@$(B)/host/gen_pinyin $(RIME_DATA)/pinyin_simp.dict.yaml $(GEN)/Unihan_Readings.txt \
	    tools/pack/pinyin_overrides.txt >$@

$(O)/tools/pack/pinyin.o: $(GEN)/pinyin_data.h
