draw_SRC := blend.c box.c damage.c list.c mask_cache.c painter.c picture.c png.c qr.c trace.c vector.c
draw_GEN := icons.c

# Everything that includes draw.h needs the generated names first.
$(GEN)/icons.h $(GEN)/icons.c &: tools/gen_icons/gen_icons.awk $(sort $(wildcard assets/icons/*.svg))
	@mkdir -p $(@D)
	@awk -v header=$(GEN)/icons.h -v source=$(GEN)/icons.c -f tools/gen_icons/gen_icons.awk $(sort $(wildcard assets/icons/*.svg))

# The span loops are worth vectorising.
ifeq ($(cfg),release)
$(O)/firmware/draw/blend.o $(O)/firmware/draw/box.o: CFLAGS += -O3
endif
