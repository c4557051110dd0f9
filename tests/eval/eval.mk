# `make eval-handwriting`: recognition rates on drawings that the templates were not made from. They are
# fetched when asked for (npm) and kept in $(B); INK="name=file.ink …" measures further sets.
eval_OBJ := $(addprefix $(O)/tests/eval/,eval_handwriting.o distortion.o kanjivg.o)

$(O)/eval_handwriting: $(eval_OBJ) $(O)/libinput.a $(O)/libbase.a
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: eval-handwriting
eval-handwriting: $(O)/eval_handwriting
	@tests/eval/eval_handwriting $(O) $(B)/eval $(INK)
