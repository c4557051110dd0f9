draw_SRC := blend.c box.c damage.c list.c painter.c png.c qr.c vector.c
draw_GEN := icons.c

# Everything that includes draw.h needs the generated names first.
$(GEN)/icons.h $(GEN)/icons.c &: tools/gen_icons/gen_icons.awk $(sort $(wildcard assets/icons/*.svg))
	@mkdir -p $(@D)
	@awk -v header=$(GEN)/icons.h -v source=$(GEN)/icons.c -f tools/gen_icons/gen_icons.awk $(sort $(wildcard assets/icons/*.svg))
