input_SRC := feature.c handwriting.c ink.c pinyin.c

# The pinyin dictionary, compiled for our schema: the words are Debian's rime-data-pinyin-simp, the
# compiler librime-bin. Everything the engine reads at run time ends up in $(B)/rime.
RIME_WORDS ?= /usr/share/rime-data/pinyin_simp.dict.yaml
RIME_FILES := $(addprefix $(B)/rime/,default.yaml gongkai.schema.yaml)

.PHONY: pinyin-data
pinyin-data: $(B)/rime/gongkai.prism.bin
all unit: $(B)/rime/gongkai.prism.bin

$(B)/rime/%.yaml: firmware/input/rime/%.yaml
	@mkdir -p $(@D)
	@cp $< $@

$(B)/rime/gongkai.prism.bin: $(RIME_FILES)
	@echo "  WORDS $@"
	@test -r $(RIME_WORDS) || { echo '缺少拼音词库，请先安装 rime-data-pinyin-simp 和 librime-bin。' >&2; exit 1; }
	@rm -rf $(B)/rime-work && mkdir -p $(B)/rime-work/user $(B)/rime-work/out
	@cp $(RIME_FILES) $(RIME_WORDS) $(B)/rime-work/
	@cd $(B)/rime-work && rime_deployer --compile gongkai.schema.yaml user . out >log 2>&1 || { cat log >&2; exit 1; }
	@cp $(B)/rime-work/out/pinyin_simp.*.bin $(B)/rime-work/out/gongkai.schema.yaml $(B)/rime/
	@cp $(B)/rime-work/out/gongkai.prism.bin $@
	@rm -rf $(B)/rime-work
