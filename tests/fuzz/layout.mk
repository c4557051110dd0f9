# Setting paragraphs; tests/fuzz/corpus/layout holds difficult lines.
fuzz_TARGETS += fuzz_layout
fuzz_layout_LIBS := text
$(O)/tests/fuzz/fuzz_layout: | $(FONTS)
