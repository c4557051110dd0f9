text_TESTS := test_text_break test_text_font test_text_paragraph test_text_random test_text_alloc test_text_display \
              test_text_outline
unit_TESTS += $(text_TESTS)
$(foreach t,$(text_TESTS),$(eval $(t)_LIBS := text))
$(addprefix $(O)/tests/unit/,$(text_TESTS)): | $(FONTS)

# The independent oracle for widths.
test_text_font_PKGS := SDL2_ttf
# Every allocation of ours can be made to fail.
test_text_alloc_LDLIBS := -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc
