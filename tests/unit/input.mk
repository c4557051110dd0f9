input_TESTS := test_input_ink test_input_handwriting test_input_memory test_input_pinyin
unit_TESTS += $(input_TESTS)
$(foreach t,$(input_TESTS),$(eval $(t)_LIBS := input))
test_input_handwriting_EXTRA := tests/eval/distortion.o
# Every allocation of ours can be made to fail.
test_input_memory_LDLIBS := -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc
$(O)/tests/unit/test_input_pinyin $(O)/tests/unit/test_input_memory: | $(B)/rime/gongkai.prism.bin
$(O)/tests/unit/test_input_pinyin.o $(O)/tests/unit/test_input_memory.o: CPPFLAGS += -DRIME_DATA='"$(B)/rime"'
