# The handwriting templates. assets/strokes/strokes.bin is in the repository; `make strokes` makes it
# anew, to the same bytes, from the npm package named in assets/strokes/README.md.
strokes_SRC := build.c discriminant.c distort.c model.c plain.c skeleton.c source.c
strokes_OBJ := $(patsubst %.c,$(O)/tools/strokes/%.o,$(strokes_SRC))
STROKES_FONT ?= /usr/share/fonts/opentype/noto/NotoSansCJK-Thin.ttc

$(strokes_OBJ): PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags freetype2)
$(O)/strokes-build: $(strokes_OBJ) $(O)/libinput.a $(O)/libbase.a
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs freetype2) $(LDLIBS)

.PHONY: strokes
strokes: $(O)/strokes-build
	@tools/strokes/make_strokes $(O)/strokes-build $(B)/strokes $(STROKES_FONT)
